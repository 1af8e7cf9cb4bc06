import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import { selectServing } from './endpoint-network-store.server.ts'
import { lockEndpoint, lockEndpointsOf, selectKeys, updateEndpoint, updateKey } from './provider-store.server.ts'
import { hasWayForAll } from './second-channel.ts'

/**
 * Nothing is ever sent there again; what waits goes by the ways that are left, of which there has to be one for every
 * network. What its keys signed is accepted for 60 more days.
 */
export function removeEndpoint(
  ground: Ground,
  actor: Actor,
  endpointId: string,
): Promise<{ result: 'removed' | 'no-second-channel' | 'unknown-endpoint' | 'forbidden' }> {
  return ground.db.transaction(async (tx) => {
    if (!may(actor, 'endpoints.write')) return { result: 'forbidden' }
    const endpoint = await lockEndpoint(tx.db, endpointId)
    if (!endpoint || endpoint.state === 'retired' || !may(actor, 'endpoints.write', { orgId: endpoint.orgId }))
      return { result: 'unknown-endpoint' }
    const { orgId } = endpoint
    await lockEndpointsOf(tx.db, orgId)
    const others = (await selectServing(tx.db, orgId)).filter(({ id }) => id !== endpointId)
    // What brings nothing today takes no way away.
    const isUsed = endpoint.state === 'active'
    if (isUsed && !(await hasWayForAll(ground, tx.db, orgId, others, endpointId)))
      return { result: 'no-second-channel' }
    await updateEndpoint(tx.db, endpointId, { state: 'retired', updatedAt: tx.now })
    for (const { thumbprint, retiredAt } of await selectKeys(tx.db, [endpointId])) {
      if (retiredAt === null) await updateKey(tx.db, thumbprint, { retiredAt: tx.now })
    }
    await record(tx, orgId, 'endpoint.retired', { orgId, endpointId })
    return { result: 'removed' }
  })
}
