import { type Selectable, sql, type Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'
import type { DeliveryRow } from './delivery-store.server.ts'

/** The rows of these deliveries, locked in one order, so that two workers never wait for each other. */
export function lockDeliveries(db: Transaction<DB>, ids: readonly string[]): Promise<DeliveryRow[]> {
  return db
    .selectFrom('deliveries')
    .selectAll()
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
}

/** Whatever the result of an attempt moves, for many at once. */
export async function writeDeliveries(db: Transaction<DB>, rows: readonly DeliveryRow[]) {
  if (rows.length === 0) return
  const of = <K extends keyof DeliveryRow>(column: K) => rows.map((row) => row[column])
  await sql`
    update deliveries as d
    set state = w.state, offered_at = w.offered_at, received_at = w.received_at, received_how = w.received_how,
        next_attempt_at = w.next_attempt_at, last_code = w.last_code, leased_by = w.leased_by,
        leased_until = w.leased_until
    from unnest(${of('id')}::text[], ${of('state')}::text[], ${of('offeredAt')}::timestamptz[],
      ${of('receivedAt')}::timestamptz[], ${of('receivedHow')}::text[], ${of('nextAttemptAt')}::timestamptz[],
      ${of('lastCode')}::text[], ${of('leasedBy')}::text[], ${of('leasedUntil')}::timestamptz[])
      as w (id, state, offered_at, received_at, received_how, next_attempt_at, last_code, leased_by, leased_until)
    where d.id = w.id`.execute(db)
}

/** What waited for an endpoint that answers again, and not because it was refused for what it is, is due since then. */
export async function bringForward(db: Transaction<DB>, endpointId: string, slow: readonly string[], since: Date) {
  await sql`
    update deliveries set next_attempt_at = ${since}
    where next_attempt_at > ${since} and endpoint_id = ${endpointId} and leased_until is null
      and state in ('queued', 'offered', 'failed') and not (last_code = any(${slow}::text[])) and last_code not like 'poll.%'`.execute(
    db,
  )
}

type Ended = Pick<Selectable<DB['attempts']>, 'id' | 'result' | 'status' | 'code' | 'ms' | 'sealed' | 'finishedAt'>

export async function finishAttemptRows(db: Transaction<DB>, attempts: readonly Ended[]) {
  const of = <K extends keyof Ended>(column: K) => attempts.map((attempt) => attempt[column])
  await sql`
    update attempts as a
    set result = e.result, status = e.status, code = e.code, ms = e.ms, finished_at = e.finished_at, sealed = e.sealed
    from unnest(${of('id')}::text[], ${of('result')}::text[], ${of('status')}::int[], ${of('code')}::text[],
      ${of('ms')}::int[], ${of('finishedAt')}::timestamptz[], ${of('sealed')}::bytea[])
      as e (id, result, status, code, ms, finished_at, sealed)
    where a.id = e.id`.execute(db)
}

export interface EndpointHealth {
  id: string
  failures: number
  rests: number
  restsUntil: Date | null
  allowedRate: number | null
}

/** In one order, so that two workers never wait for each other. */
export function lockHealth(db: Transaction<DB>, ids: readonly string[]): Promise<EndpointHealth[]> {
  return db
    .selectFrom('endpoints')
    .select(['id', 'failures', 'rests', 'restsUntil', 'allowedRate'])
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
}

export async function updateHealth(db: Transaction<DB>, endpoints: readonly EndpointHealth[]) {
  const of = <K extends keyof EndpointHealth>(column: K) => endpoints.map((endpoint) => endpoint[column])
  await sql`
    update endpoints as e
    set failures = h.failures, rests = h.rests, rests_until = h.rests_until, allowed_rate = h.allowed_rate
    from unnest(${of('id')}::text[], ${of('failures')}::int[], ${of('rests')}::int[],
      ${of('restsUntil')}::timestamptz[], ${of('allowedRate')}::int[]) as h (id, failures, rests, rests_until, allowed_rate)
    where e.id = h.id`.execute(db)
}
