import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import { selectKey, updateKey } from './provider-store.server.ts'

/** A key got into wrong hands: nothing it signs is accepted from now on, and it can never be registered again. */
export function revokeProviderKey(
  ground: Ground,
  actor: Actor,
  thumbprint: string,
): Promise<{ result: 'revoked' | 'already-revoked' | 'unknown-key' | 'forbidden' }> {
  return ground.db.transaction(async (tx) => {
    if (!may(actor, 'endpoints.write')) return { result: 'forbidden' }
    const key = await selectKey(tx.db, thumbprint)
    if (!key || !may(actor, 'endpoints.write', { orgId: key.orgId })) return { result: 'unknown-key' }
    if (key.revokedAt) return { result: 'already-revoked' }
    await updateKey(tx.db, thumbprint, { revokedAt: tx.now })
    await record(tx, key.orgId, 'provider-key.revoked', { orgId: key.orgId, thumbprint })
    return { result: 'revoked' }
  })
}
