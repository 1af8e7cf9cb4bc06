import type { Ground } from '../ground/ground.ts'
import { readKeySet } from './endpoint-input.ts'
import { selectPublishedKeySets } from './provider-store.server.ts'
import { registerKeys } from './register-keys.ts'
import { undoing } from './undone.ts'

/**
 * By the clock: reads the key sets that providers publish. A set that was read takes the place of the one before; one that
 * could not be read, or that names somebody else's key, changes nothing. Answers how many were taken over.
 */
export async function refreshKeySets(ground: Ground, options: { limit: number } = { limit: 500 }): Promise<number> {
  let taken = 0
  for (const { id, orgId, jwksUri } of await selectPublishedKeySets(ground.db.read, options.limit)) {
    if (jwksUri === null) continue
    const set = await readKeySet(ground, jwksUri)
    if (!set.ok) {
      ground.log.warn('key-set.unavailable', { endpointId: id, orgId, code: set.error.code })
      continue
    }
    const done = await undoing(() => ground.db.transaction((tx) => registerKeys(tx, { id, orgId }, set.keys, ['sig'])))
    if (done.result !== 'registered') ground.log.warn('key-set.refused', { endpointId: id, orgId, code: done.result })
    else if (done.changed) taken += 1
  }
  return taken
}
