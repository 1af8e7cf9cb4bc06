import type { Ground } from '../ground/ground.ts'
import { selectApiTokens } from './api-token-store.server.ts'
import { allScopes, may, type PersonActor, type Scope } from './may.ts'
import { revokeApiToken } from './revoke-api-token.ts'

export interface ApiTokenView {
  id: string
  name: string
  /** The prefix and the last four characters. */
  hint: string
  live: boolean
  scopes: Scope[]
  createdAt: Date
  createdBy: string | null
  expiresAt: Date | null
  /** To the minute. */
  lastUsedAt: Date | null
  /** The older token that it takes the place of. */
  replaces: string | null
  state: 'good' | 'expired' | 'revoked'
}

/** How long one still sees what has ended. */
const shownFor = 30 * 86_400_000

/** The tokens of the actor's organisation, without their secrets, which nobody has any more. */
export async function findApiTokens(
  ground: Ground,
  actor: PersonActor,
): Promise<{ result: 'found'; tokens: ApiTokenView[] } | { result: 'forbidden' }> {
  if (!may(actor, 'tokens.read')) return { result: 'forbidden' }
  const now = ground.clock.now()
  const rows = await selectApiTokens(ground.db.read, actor.orgId, new Date(now.getTime() - shownFor))
  const tokens = rows.map(({ revokedAt, ...row }): ApiTokenView => {
    const expired = row.expiresAt !== null && row.expiresAt <= now
    const scopes = allScopes.filter((scope) => row.scopes.includes(scope))
    return { ...row, scopes, state: revokedAt ? 'revoked' : expired ? 'expired' : 'good' }
  })
  return { result: 'found', tokens }
}

/** Takes a token back at once; somebody else's is unknown. */
export async function withdrawApiToken(
  ground: Ground,
  actor: PersonActor,
  apiTokenId: string,
): Promise<{ result: 'revoked' | 'unknown-token' | 'forbidden' }> {
  if (!may(actor, 'tokens.write')) return { result: 'forbidden' }
  return revokeApiToken(ground, actor.orgId, apiTokenId)
}
