import { randomBytes } from 'node:crypto'
import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import type { Scope } from './may.ts'
import { insertApiToken } from './people-store.server.ts'
import { digestOfSecret } from './secret.ts'

export interface NewApiToken {
  orgId: string
  name: string
  scopes: Scope[]
  /** A token that is not live opens the sandbox: it reads, and changes nothing. */
  live: boolean
  expiresAt?: Date | null
  /** Who issued it. */
  createdBy?: string
  /** The older token that it takes the place of. */
  replaces?: string
}

/** Issues a token for an organisation's programs. It is shown here and never again: only its digest is kept. */
export async function issueApiToken(
  ground: Ground,
  input: NewApiToken,
): Promise<{ result: 'issued'; token: string; id: string }> {
  return { result: 'issued', ...(await ground.db.transaction((tx) => writeApiToken(tx, input))) }
}

/** The same inside the caller's transaction. */
export async function writeApiToken(tx: Tx, input: NewApiToken): Promise<{ token: string; id: string }> {
  const prefix = input.live ? 'nl_live_' : 'nl_test_'
  const token = `${prefix}${randomBytes(32).toString('base64url')}`
  const id = newId('tok')
  await insertApiToken(tx.db, {
    id,
    orgId: input.orgId,
    name: input.name,
    tokenHash: digestOfSecret(token),
    hint: `${prefix}…${token.slice(-4)}`,
    live: input.live,
    scopes: [...new Set(input.scopes)],
    createdAt: tx.now,
    expiresAt: input.expiresAt ?? null,
    createdBy: input.createdBy ?? null,
    replaces: input.replaces ?? null,
  })
  await record(tx, input.orgId, 'api-token.issued', { orgId: input.orgId, apiTokenId: id })
  return { token, id }
}
