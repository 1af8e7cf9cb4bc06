import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import { healthy } from './endpoint.ts'
import { selectServing } from './endpoint-network-store.server.ts'
import { lockEndpoint, lockEndpointsOf, updateEndpoint } from './provider-store.server.ts'
import { hasWayForAll } from './second-channel.ts'

/** Nothing is pushed there for a while. It needs a second channel for every network, so that a pause is no shelter. */
export function pauseEndpoint(
  ground: Ground,
  actor: Actor,
  endpointId: string,
): Promise<{ result: 'paused' | 'already-paused' | 'no-second-channel' | 'unknown-endpoint' | 'forbidden' }> {
  return ground.db.transaction(async (tx) => {
    if (!may(actor, 'endpoints.write')) return { result: 'forbidden' }
    const endpoint = await lockEndpoint(tx.db, endpointId)
    if (!endpoint || endpoint.state === 'retired' || !may(actor, 'endpoints.write', { orgId: endpoint.orgId }))
      return { result: 'unknown-endpoint' }
    if (endpoint.state === 'paused') return { result: 'already-paused' }
    const { orgId } = endpoint
    await lockEndpointsOf(tx.db, orgId)
    const others = (await selectServing(tx.db, orgId)).filter(({ id }) => id !== endpointId)
    if (!(await hasWayForAll(ground, tx.db, orgId, others, endpointId))) return { result: 'no-second-channel' }
    await updateEndpoint(tx.db, endpointId, { state: 'paused', updatedAt: tx.now })
    await record(tx, orgId, 'endpoint.paused', { orgId, endpointId, reason: 'asked' })
    return { result: 'paused' }
  })
}

/** Back to what it was before the pause: active where it was verified, else unverified. */
export function resumeEndpoint(
  ground: Ground,
  actor: Actor,
  endpointId: string,
): Promise<{ result: 'resumed' | 'not-paused' | 'unknown-endpoint' | 'forbidden' }> {
  return ground.db.transaction(async (tx) => {
    if (!may(actor, 'endpoints.write')) return { result: 'forbidden' }
    const endpoint = await lockEndpoint(tx.db, endpointId)
    if (!endpoint || endpoint.state === 'retired' || !may(actor, 'endpoints.write', { orgId: endpoint.orgId }))
      return { result: 'unknown-endpoint' }
    if (endpoint.state !== 'paused') return { result: 'not-paused' }
    const state = endpoint.url === null || endpoint.verifiedAt !== null ? 'active' : 'unverified'
    await updateEndpoint(tx.db, endpointId, { state, stateReason: null, ...healthy, updatedAt: tx.now })
    const { orgId } = endpoint
    await record(tx, orgId, 'endpoint.resumed', { orgId, endpointId })
    return { result: 'resumed' }
  })
}
