import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import { describeEndpoint, type Endpoint } from './endpoint.ts'
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
  const keys = await selectKeys(
    ground.db.read,
    rows.map((row) => row.id),
  )
  return { result: 'found', endpoints: rows.map((row) => describeEndpoint(row, keys, ground.config.origin)) }
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
  return {
    result: 'found',
    endpoint: describeEndpoint(row, await selectKeys(ground.db.read, [endpointId]), ground.config.origin),
  }
}
