import { type Selectable, sql, type Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'
import type { StandsIn } from '../providers/choose-endpoint.ts'
import type { DeliveryRow } from './delivery-store.server.ts'
import { isDue as due, waitingOrganisations, waysOf } from './way-store.server.ts'

export interface Claim {
  workerId: string
  now: Date
  leasedUntil: Date
  /** A lease beyond this was taken by a clock that has been set back since: it counts as run out. */
  longestLease: Date
  /** What began between these, and has no result yet, is in flight: the same lease, seen from its attempt. */
  begunAfter: Date
  begunUntil: Date
  /** A try planned beyond this as well: it counts as due. */
  furthestTry: Date
  limit: number
  /** Attempts that were taken in and are not written down yet: they are in flight no more. */
  taken: readonly string[]
}

/** An endpoint as it is now, not as it was when the delivery was queued; locked until the transaction ends. */
export interface OpenEndpoint {
  id: string
  orgId: string
  url: string
  mediaType: string
  failures: number
  rests: number
  allowedRate: number | null
  pacedUntil: Date | null
  /** How many may be in flight there, those that are included. */
  most: number
  /** What it serves of what is due; null: everything. */
  standsIn: readonly StandsIn[] | null
  sealingKey: { kid: string; publicJwk: JsonWebKey } | null
}

export interface Claimed {
  /** As it is now: leased, its attempt counted. */
  delivery: DeliveryRow
  endpointId: string
  /** How many places were free there, this one's included. */
  places: number
  token: Pick<Selectable<DB['tokens']>, 'jti' | 'itemIds'> & { dataKey: Buffer; sealed: Buffer }
}

type Leased = DeliveryRow & { places: number; itemIds: string[] | null; dataKey: Buffer; sealed: Buffer }

/** How many at once: one after a failure, else what its owner set, else what its own rate asks for, else two. */
const most = sql<number>`case when e.failures > 0 then 1
  else coalesce(e.in_flight, least(32, greatest(2, ceil(e.allowed_rate / 60.0)::int)), 2) end`

/**
 * For this transaction: every statement finds its rows by an index. A batch names a few rows of large tables, and a plan
 * that reads a table because it was small when somebody last counted costs more with every notice.
 */
export async function findByIndex(db: Transaction<DB>): Promise<void> {
  await sql`
    select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
           set_config('enable_mergejoin', 'off', true), set_config('enable_bitmapscan', 'off', true),
           set_config('jit', 'off', true)`.execute(db)
}

/** An endpoint that is read, with the key that tokens to it are sealed with. */
type Read = Omit<OpenEndpoint, 'sealingKey' | 'standsIn'> & { kid: string | null; jwk: unknown }

const read = sql`e.id, e.org_id, e.url, e.media_type, e.failures, e.rests, e.allowed_rate, e.paced_until,
  ${most} as most, key.thumbprint as kid, key.jwk`

const keyOf = (now: Date) => sql`left join lateral (
  select k.thumbprint, k.jwk from provider_keys as k
  where k.endpoint_id = e.id and k.use = 'enc' and k.revoked_at is null and (k.retired_at is null or k.retired_at > ${now})
  order by k.registered_at desc limit 1
) as key on true`

/**
 * What is in flight at an endpoint: attempts that have begun, and no longer ago than a lease lasts. Counted by attempts,
 * since a delivery whose lease stands in no index is leased without a word to any index.
 */
const running = ({ begunAfter, begunUntil, taken }: Claim) =>
  sql`a.result is null and a.started_at > ${begunAfter} and a.started_at <= ${begunUntil} and a.id <> all(${taken}::text[])`

const busyAt = (claim: Claim) => sql`left join lateral (
  select count(*)::int as number from attempts as a where a.endpoint_id = e.id and ${running(claim)}
) as busy on true`

const open = (claim: Claim) => sql`busy.number < ${most}
  and ${notBefore('e.rests_until', claim)} and ${notBefore('e.paced_until', claim)}`

/**
 * Endpoints that something is due for and that have room, the one with the oldest deadline first. It hops from one
 * organisation that waits to the next along an index, and reads the beginning of what each waits for: what it costs
 * follows how many are waiting, not how much they wait for. The row of an organisation's oldest endpoint that works is
 * locked, which serves everything where none is bound to networks; one that another worker is looking at is left to it.
 */
export async function lockOpenEndpoints(db: Transaction<DB>, claim: Claim): Promise<OpenEndpoint[]> {
  const { now, limit } = claim
  const { rows } = await sql<Read & { sorted: boolean }>`
    with recursive ${waitingOrganisations}
    select ${read}, sorted.sorted
    from waiting
    -- Before its admission, and while it is suspended, nothing is pushed to anybody.
    join organisations as o on o.id = waiting.org_id and o.admitted_at is not null and o.suspended_at is null
    join endpoints as e on e.org_id = o.id and e.state = 'active' and e.url is not null and not exists (
      select from endpoints as older
      where older.org_id = e.org_id and older.state = 'active' and older.url is not null and older.id < e.id)
    cross join lateral (
      select exists (select from endpoints as b where b.org_id = e.org_id and b.state = 'active' and b.bound) as sorted
    ) as sorted
    ${busyAt(claim)}
    cross join lateral (
      select d.deadline_at from deliveries as d where d.org_id = e.org_id and ${due(claim)}
      order by d.deadline_at, d.id limit 1
    ) as first
    ${keyOf(now)}
    where sorted.sorted or (${open(claim)})
    order by first.deadline_at, e.id limit ${limit}
    for no key update of e skip locked`.execute(db)
  const found: OpenEndpoint[] = []
  for (const { sorted, ...row } of rows) {
    if (sorted) found.push(...(await openWays(db, row.orgId, claim)))
    else found.push(endpointOf(row, null))
  }
  return found
}

/** Of an organisation whose endpoints are bound to networks: each that has room, with what it serves. */
async function openWays(db: Transaction<DB>, orgId: string, claim: Claim): Promise<OpenEndpoint[]> {
  const ways = await waysOf(db, orgId, claim)
  if (ways.size === 0) return []
  const { rows } = await sql<Read>`
    select ${read} from endpoints as e ${busyAt(claim)} ${keyOf(claim.now)}
    where e.id = any(${[...ways.keys()]}::text[]) and e.url is not null and ${open(claim)} order by e.id`.execute(db)
  return rows.map((row) => endpointOf(row, ways.get(row.id) ?? []))
}

function endpointOf({ kid, jwk, ...endpoint }: Read, standsIn: readonly StandsIn[] | null): OpenEndpoint {
  return { ...endpoint, standsIn, sealingKey: kid === null ? null : { kid, publicJwk: jwk as JsonWebKey } }
}

/** Several ways as one text, to be searched for `|way|`: no way holds a bar, and the one that is null is empty. */
const waysAsText = (standsIn: readonly StandsIn[] | null) =>
  standsIn === null ? null : `|${standsIn.map((way) => way ?? '').join('|')}|`

/**
 * Leases what is due there, oldest deadline first and every endpoint's first before any endpoint's second. The endpoints
 * are locked, and this is a statement of its own: what another worker leased and committed meanwhile is counted.
 */
export async function leaseDue(
  db: Transaction<DB>,
  endpoints: readonly Pick<OpenEndpoint, 'id' | 'orgId' | 'most' | 'standsIn'>[],
  claim: Claim,
): Promise<Claimed[]> {
  const { workerId, leasedUntil, limit } = claim
  const of = <K extends 'id' | 'orgId' | 'most'>(column: K) => endpoints.map((endpoint) => endpoint[column])
  const ways = endpoints.map(({ standsIn }) => waysAsText(standsIn))
  const { rows } = await sql<Leased>`
    with room as (
      select r.id, r.org_id, r.ways, r.most - count(a.id)::int as most
      from unnest(${of('id')}::text[], ${of('orgId')}::text[], ${of('most')}::int[], ${ways}::text[])
        as r (id, org_id, most, ways)
      left join attempts as a on a.endpoint_id = r.id and ${running(claim)}
      group by r.id, r.org_id, r.most, r.ways
    ),
    picked as (
      select due.id, due.deadline_at, room.id as at_endpoint, room.most as places, t.item_ids, t.data_key, t.sealed,
        t.data_key is null or t.sealed is null as erased
      from room
      cross join lateral (
        select d.id, d.jti, d.deadline_at from deliveries as d where d.org_id = room.org_id and ${due(claim)}
          and (room.ways is null or position('|' || coalesce(d.stands_in, '') || '|' in room.ways) > 0)
        order by d.deadline_at, d.id limit greatest(room.most, 0)
        for no key update skip locked
      ) as due
      join tokens as t on t.jti = due.jti
      order by row_number() over (partition by room.id order by due.deadline_at, due.id), due.deadline_at, due.id
      limit ${limit}
    ),
    -- The token was erased with its last item: there is nothing left to send.
    forgotten as (
      update deliveries as d
      set next_attempt_at = null, leased_by = null, leased_until = null, last_code = 'erased'
      from picked where d.id = picked.id and picked.erased
    )
    update deliveries as d
    set endpoint_id = picked.at_endpoint, leased_by = ${workerId}, leased_until = ${leasedUntil},
        attempts = d.attempts + 1
    from picked where d.id = picked.id and not picked.erased
    returning d.*, picked.places, picked.item_ids, picked.data_key, picked.sealed`.execute(db)
  return rows.map(({ places, itemIds, dataKey, sealed, ...delivery }) => ({
    delivery,
    endpointId: delivery.endpointId ?? '',
    places,
    token: { jti: delivery.jti, itemIds, dataKey, sealed },
  }))
}

/** What a clock that has been set back since put further away than anything is ever put counts for nothing. */
function notBefore(column: string, { now, furthestTry }: Claim) {
  const instant = sql.ref(column)
  return sql`(${instant} is null or ${instant} <= ${now} or ${instant} > ${furthestTry})`
}

/** From when on each of these endpoints may be sent the next, at the pace it asked for. */
export async function setPaces(db: Transaction<DB>, paces: readonly { id: string; pacedUntil: Date }[]) {
  if (paces.length === 0) return
  await sql`
    update endpoints as e set paced_until = p.paced_until
    from unnest(${paces.map(({ id }) => id)}::text[], ${paces.map(({ pacedUntil }) => pacedUntil)}::timestamptz[])
      as p (id, paced_until)
    where e.id = p.id`.execute(db)
}

/** Gives back what this worker still holds, so that nobody has to wait for its leases. Answers which deliveries these were. */
export async function releaseLeases(db: Transaction<DB>, workerId: string, ids: readonly string[]): Promise<string[]> {
  const rows = await db
    .updateTable('deliveries')
    .set({ leasedBy: null, leasedUntil: null })
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .where('leasedBy', '=', workerId)
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}
