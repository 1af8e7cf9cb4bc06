import { type Kysely, sql, type Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'
import type { Serving } from './choose-endpoint.ts'

/** Which endpoint is bound to which networks, those that have ended included: what stood in them still goes there. */
export function selectBindings(db: Kysely<DB>, endpointIds: readonly string[]) {
  if (endpointIds.length === 0) return Promise.resolve([])
  return db
    .selectFrom('endpointNetworks')
    .select(['endpointId', 'networkId'])
    .where('endpointId', 'in', [...endpointIds])
    .orderBy('networkId')
    .execute()
}

/** An endpoint is bound to these from now on; to none: it serves what no other does. */
export async function replaceBindings(
  db: Transaction<DB>,
  endpoint: { id: string; orgId: string },
  networkIds: readonly string[],
  now: Date,
) {
  await db.deleteFrom('endpointNetworks').where('endpointId', '=', endpoint.id).execute()
  if (networkIds.length > 0) {
    const rows = networkIds.map((networkId) => ({
      endpointId: endpoint.id,
      networkId,
      orgId: endpoint.orgId,
      createdAt: now,
    }))
    await db.insertInto('endpointNetworks').values(rows).execute()
  }
  await db
    .updateTable('endpoints')
    .set({ bound: networkIds.length > 0 })
    .where('id', '=', endpoint.id)
    .execute()
}

/** Ranges and autonomous systems of an organisation that have not ended. A name is no network that notices stand in. */
export async function selectBindable(db: Kysely<DB>, orgId: string): Promise<Set<string>> {
  const rows = await db
    .selectFrom('networks')
    .select('id')
    .where('orgId', '=', orgId)
    .where('kind', 'in', ['cidr', 'asn'])
    .where('endedAt', 'is', null)
    .execute()
  return new Set(rows.map(({ id }) => id))
}

/** Endpoints that are pushed to, the oldest first, with the networks each is bound to. */
export async function selectServing(db: Kysely<DB>, orgId: string): Promise<Serving[]> {
  const endpoints = await db
    .selectFrom('endpoints')
    .select(['id', 'bound'])
    .where('orgId', '=', orgId)
    .where('state', '=', 'active')
    .where('url', 'is not', null)
    .orderBy('id')
    .execute()
  const bindings = await selectBindings(
    db,
    endpoints.filter(({ bound }) => bound).map(({ id }) => id),
  )
  return endpoints.map(({ id }) => ({
    id,
    networks: bindings.filter(({ endpointId }) => endpointId === id).map(({ networkId }) => networkId),
  }))
}

/** Whether the organisation fetches for itself. */
export async function hasStream(db: Kysely<DB>, orgId: string): Promise<boolean> {
  const row = await db
    .selectFrom('endpoints')
    .select('id')
    .where('orgId', '=', orgId)
    .where('url', 'is', null)
    .where('state', 'not in', ['paused', 'retired'])
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Networks of an organisation, each with every range of its own that holds it: itself first, then the narrowest. Those of
 * them that have ended are among the first, and not among what holds them.
 */
export async function selectRangesAround(db: Kysely<DB>, orgId: string, networkIds: readonly string[]) {
  if (networkIds.length === 0) return []
  // A case, because the other order of the two would ask for a byte behind the end.
  const { rows } = await sql<{ id: string; kind: string; network: Buffer | null; around: string }>`
    select n.id, n.kind, n.network, a.id as around
    from networks n
    join networks a on a.org_id = n.org_id and (a.id = n.id or (
      a.ended_at is null and a.kind = 'cidr' and n.kind = 'cidr'
      and a.family = n.family and a.prefix_length <= n.prefix_length
      and substring(a.network from 1 for a.prefix_length / 8) = substring(n.network from 1 for a.prefix_length / 8)
      and case when a.prefix_length % 8 = 0 then true else
        get_byte(a.network, a.prefix_length / 8) >> (8 - a.prefix_length % 8)
        = get_byte(n.network, a.prefix_length / 8) >> (8 - a.prefix_length % 8) end))
    where n.org_id = ${orgId} and n.id in (${sql.join([...networkIds])})
    order by n.id, a.id <> n.id, a.prefix_length desc nulls last, a.id`.execute(db)
  return rows
}

/** Autonomous systems of an organisation that count. */
export function selectSystems(db: Kysely<DB>, orgId: string) {
  return db
    .selectFrom('networks')
    .select(['id', 'asn'])
    .where('orgId', '=', orgId)
    .where('kind', '=', 'asn')
    .where('endedAt', 'is', null)
    .orderBy('id')
    .execute()
}
