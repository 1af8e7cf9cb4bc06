import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import { describeEndpoint, type Endpoint } from './endpoint.ts'
import { selectBindings } from './endpoint-network-store.server.ts'
import { selectEndpoint, selectEndpoints, selectKeys } from './provider-store.server.ts'

/** The actor's own endpoints, or for the platform those of a provider. */
export async function findEndpoints(
  ground: Ground,
  actor: Actor,
  of: { orgId?: string } = {},
): Promise<{ result: 'found'; endpoints: Endpoint[] } | { result: 'forbidden' }> {
  if (actor.kind === 'nobody') return { result: 'forbidden' }
  const orgId = of.orgId ?? actor.orgId
  if (!may(actor, 'endpoints.read', { orgId })) return { result: 'forbidden' }
  const rows = await selectEndpoints(ground.db.read, orgId)
  const ids = rows.map((row) => row.id)
  const keys = await selectKeys(ground.db.read, ids)
  const bindings = await selectBindings(ground.db.read, ids)
  return { result: 'found', endpoints: rows.map((row) => describeEndpoint(row, keys, bindings, ground.config.origin)) }
}

/** One endpoint; somebody else's is unknown. */
export async function findEndpoint(
  ground: Ground,
  actor: Actor,
  endpointId: string,
): Promise<{ result: 'found'; endpoint: Endpoint } | { result: 'unknown-endpoint' | 'forbidden' }> {
  if (!may(actor, 'endpoints.read')) return { result: 'forbidden' }
  const row = await selectEndpoint(ground.db.read, endpointId)
  if (!row || !may(actor, 'endpoints.read', { orgId: row.orgId })) return { result: 'unknown-endpoint' }
  const keys = await selectKeys(ground.db.read, [endpointId])
  const bindings = await selectBindings(ground.db.read, [endpointId])
  return { result: 'found', endpoint: describeEndpoint(row, keys, bindings, ground.config.origin) }
}
