import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { setApiTokenRevoked } from './people-store.server.ts'

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
