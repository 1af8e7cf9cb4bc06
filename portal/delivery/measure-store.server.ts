import { type Kysely, sql } from 'kysely'
import type { DB } from '../ground/ground.ts'
import { waitingOrganisations } from './way-store.server.ts'

/** So many are counted one by one; what stands in a longer line is estimated, so that looking never takes long. */
const counted = 50_000
/** Of a longer line so many rows are looked at. */
const sampled = 20_000

/** How many deliveries still have something to be tried, by state. Beyond fifty thousand an estimate, a few per cent off. */
export async function countWaiting(db: Kysely<DB>, most = counted): Promise<{ state: string; count: number }[]> {
  const { rows } = await sql<{ state: string; count: number }>`
    select state, count(*) as count
    from (select state from deliveries where next_attempt_at is not null limit ${most + 1}) as waiting
    group by state`.execute(db)
  const found = rows.reduce((sum, { count }) => sum + Number(count), 0)
  return found <= most ? rows : estimateWaiting(db)
}

async function estimateWaiting(db: Kysely<DB>): Promise<{ state: string; count: number }[]> {
  const { rows: sizes } = await sql<{ rows: number }>`
    select greatest(reltuples, 1) as rows from pg_class where oid = 'deliveries'::regclass`.execute(db)
  const percent = Math.min(100, (100 * sampled) / Number(sizes[0]?.rows ?? 1))
  const { rows } = await sql<{ state: string; count: number }>`
    select state, count(*) as count from deliveries tablesample system (${percent})
    where next_attempt_at is not null group by state`.execute(db)
  return rows.map(({ state, count }) => ({ state, count: Math.round((Number(count) * 100) / percent) }))
}

/**
 * Since when the delivery that has been due the longest could have been pushed, for receivers that work and for those
 * that failed last time. What has nowhere to be pushed to waits for a person, and is no backlog of ours.
 */
export async function selectOldestDue(db: Kysely<DB>, now: Date) {
  return db
    .selectFrom('endpoints')
    .innerJoin('organisations', 'organisations.id', 'endpoints.orgId')
    .innerJoin('deliveries', 'deliveries.orgId', 'endpoints.orgId')
    .select([
      sql<boolean>`endpoints.failures > 0`.as('failing'),
      (of) => of.fn.min('deliveries.nextAttemptAt').as('dueSince'),
    ])
    .where('endpoints.state', '=', 'active')
    .where('endpoints.url', 'is not', null)
    .where('organisations.admittedAt', 'is not', null)
    .where('organisations.suspendedAt', 'is', null)
    .where('deliveries.nextAttemptAt', '<=', now)
    .groupBy(sql`endpoints.failures > 0`)
    .execute()
}

/** A quarter of the longest time there is, seven days: what is due later than that from now is in no danger yet. */
const dangerMs = (7 * 86_400_000) / 4

/**
 * What waits and is due soon, or was: of every organisation that waits for something the oldest deadlines. It hops from one
 * to the next along the index of what waits, and reads the beginning of each, however long the lines are.
 */
const soonDue = (now: Date, ofEach: number) => sql`
  with recursive ${waitingOrganisations},
  soon as (
    select d.* from waiting cross join lateral (
      select * from deliveries as d
      where d.org_id = waiting.org_id and d.next_attempt_at is not null and d.deadline_at < ${new Date(now.getTime() + dangerMs)}
      order by d.deadline_at, d.id limit ${ofEach}
    ) as d
    limit ${sampled}
  )`

/** Notices that did not arrive although a quarter of their time, or less, is left. */
const isLate = (now: Date, issued: string) => sql<boolean>`
  soon.state in ('queued', 'offered', 'failed') and soon.event = ${issued}
  and soon.deadline_at - ${now} < (soon.deadline_at - coalesce(soon.first_queued_at, soon.created_at)) * 0.25`

/** Where more than twenty thousand are due soon, at least so many. */
export async function countLate(db: Kysely<DB>, now: Date, issued: string) {
  const { rows } = await sql<{ atRisk: number; overdue: number }>`
    ${soonDue(now, 5_000)}
    select count(*) filter (where deadline_at > ${now}) as at_risk, count(*) filter (where deadline_at <= ${now}) as overdue
    from soon where ${isLate(now, issued)}`.execute(db)
  return rows[0] ?? { atRisk: 0, overdue: 0 }
}

interface Late {
  id: string
  noticeId: string
  orgId: string
  orgName: string
  deadlineAt: Date
  lastCode: string | null
  attempts: number
}

/** The most urgent of them, of the hundred oldest deadlines of each organisation. */
export async function selectLate(db: Kysely<DB>, now: Date, issued: string, limit: number): Promise<Late[]> {
  const { rows } = await sql<Late>`
    ${soonDue(now, 100)}
    select soon.id, soon.notice_id, soon.org_id, o.name as org_name, soon.deadline_at, soon.last_code, soon.attempts
    from soon join organisations as o on o.id = soon.org_id
    where ${isLate(now, issued)} order by soon.deadline_at, soon.id limit ${limit}`.execute(db)
  return rows
}

/** From the commit of each delivery to its 202, in milliseconds. */
export async function selectTravelled(db: Kysely<DB>, deliveryIds: readonly string[]): Promise<number[]> {
  const { rows } = await sql<{ ms: number }>`
    select extract(epoch from received_at - created_at)::float8 * 1000 as ms from deliveries
    where id = any(${[...deliveryIds]}) and received_how = 'push' and received_at >= created_at
  `.execute(db)
  return rows.map(({ ms }) => ms)
}
