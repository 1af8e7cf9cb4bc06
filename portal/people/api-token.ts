import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { allScopes, type ProgramActor, type Scope } from './may.ts'
import { insertApiToken, selectApiToken, setApiTokenRevoked, setApiTokenUsed } from './people-store.server.ts'
import type { OrgKind } from './person.ts'

const usedEvery = 60_000

export interface NewApiToken {
  orgId: string
  name: string
  scopes: Scope[]
  /** A token that is not live opens the sandbox: it reads, and changes nothing. */
  live: boolean
  expiresAt?: Date
}

/** Issues a token for an organisation's programs. It is shown here and never again: only its digest is kept. */
export function issueApiToken(
  ground: Ground,
  input: NewApiToken,
): Promise<{ result: 'issued'; token: string; id: string }> {
  return ground.db.transaction(async (tx) => {
    const prefix = input.live ? 'nl_live_' : 'nl_test_'
    const token = `${prefix}${randomBytes(32).toString('base64url')}`
    const id = newId('tok')
    await insertApiToken(tx.db, {
      id,
      orgId: input.orgId,
      name: input.name,
      tokenHash: digestOf(token),
      hint: `${prefix}…${token.slice(-4)}`,
      live: input.live,
      scopes: [...new Set(input.scopes)],
      createdAt: tx.now,
      expiresAt: input.expiresAt ?? null,
    })
    await record(tx, input.orgId, 'api-token.issued', { orgId: input.orgId, apiTokenId: id })
    return { result: 'issued', token, id }
  })
}

/** Whose program this is, or null. */
export async function findProgram(ground: Ground, bearer: string): Promise<ProgramActor | null> {
  if (!/^nl_(live|test)_[A-Za-z0-9_-]{43}$/.test(bearer)) return null
  const now = ground.clock.now()
  const tokenHash = digestOf(bearer)
  const token = await selectApiToken(ground.db.read, tokenHash, now)
  if (!token || !timingSafeEqual(token.tokenHash, tokenHash)) return null
  if (!token.lastUsedAt || now.getTime() - token.lastUsedAt.getTime() >= usedEvery) {
    await setApiTokenUsed(ground.db.read, token.id, now)
  }
  return {
    kind: 'program',
    apiTokenId: token.id,
    orgId: token.orgId,
    orgKind: token.orgKind as OrgKind,
    scopes: allScopes.filter((scope) => token.scopes.includes(scope)),
    live: token.live,
  }
}

/** Takes a token back, at once. */
export function revokeApiToken(
  ground: Ground,
  orgId: string,
  apiTokenId: string,
): Promise<{ result: 'revoked' | 'unknown-token' }> {
  return ground.db.transaction(async (tx) => {
    if (!(await setApiTokenRevoked(tx.db, orgId, apiTokenId, tx.now))) return { result: 'unknown-token' }
    await record(tx, orgId, 'api-token.revoked', { orgId, apiTokenId })
    return { result: 'revoked' }
  })
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest()
}
