import { timingSafeEqual } from 'node:crypto'
import type { Ground } from '../ground/ground.ts'
import { allScopes, type ProgramActor } from './may.ts'
import { selectApiToken, setApiTokenUsed } from './people-store.server.ts'
import type { OrgKind } from './person.ts'
import { digestOfSecret } from './secret.ts'

/** Every call would be a write otherwise. */
const usedEvery = 60_000

/** Whose program this is, or null. */
export async function findProgram(ground: Ground, bearer: string): Promise<ProgramActor | null> {
  if (!/^nl_(live|test)_[A-Za-z0-9_-]{43}$/.test(bearer)) return null
  const now = ground.clock.now()
  const tokenHash = digestOfSecret(bearer)
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
