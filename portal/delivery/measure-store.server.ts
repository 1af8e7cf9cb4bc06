import { type Kysely, sql } from 'kysely'
import type { DB } from '../ground/ground.ts'

/** How many deliveries still have something to be tried, by state. */
export function countWaiting(db: Kysely<DB>) {
  return db
    .selectFrom('deliveries')
    .select(['state', (of) => of.fn.countAll<number>().as('count')])
    .where('nextAttemptAt', 'is not', null)
    .groupBy('state')
    .execute()
}

/**
 * Since when the delivery that has been due the longest could have been pushed, for receivers that work and for those
 * that failed last time. What has nowhere to be pushed to waits for a person, and is no backlog of ours.
 */
export function selectOldestDue(db: Kysely<DB>, now: Date) {
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

/** Notices that did not arrive although a quarter of their time, or less, is left. */
function late(db: Kysely<DB>, now: Date, issued: string) {
  return db
    .selectFrom('deliveries')
    .where('deliveries.nextAttemptAt', 'is not', null)
    .where('deliveries.state', 'in', ['queued', 'offered', 'failed'])
    .where('deliveries.event', '=', issued)
    .where(
      sql<boolean>`deliveries.deadline_at - ${now} < (deliveries.deadline_at - coalesce(deliveries.first_queued_at, deliveries.created_at)) * ${sql.lit(0.25)}`,
    )
}

export function countLate(db: Kysely<DB>, now: Date, issued: string) {
  return late(db, now, issued)
    .select([
      sql<number>`count(*) filter (where deliveries.deadline_at > ${now})`.as('atRisk'),
      sql<number>`count(*) filter (where deliveries.deadline_at <= ${now})`.as('overdue'),
    ])
    .executeTakeFirstOrThrow()
}

export function selectLate(db: Kysely<DB>, now: Date, issued: string, limit: number) {
  return late(db, now, issued)
    .innerJoin('organisations', 'organisations.id', 'deliveries.orgId')
    .select([
      'deliveries.id',
      'deliveries.noticeId',
      'deliveries.orgId',
      'organisations.name as orgName',
      'deliveries.deadlineAt',
      'deliveries.lastCode',
      'deliveries.attempts',
    ])
    .orderBy('deliveries.deadlineAt')
    .orderBy('deliveries.id')
    .limit(limit)
    .execute()
}

/** From the commit of each delivery to its 202, in milliseconds. */
export async function selectTravelled(db: Kysely<DB>, deliveryIds: readonly string[]): Promise<number[]> {
  const { rows } = await sql<{ ms: number }>`
    select extract(epoch from received_at - created_at)::float8 * 1000 as ms from deliveries
    where id = any(${[...deliveryIds]}) and received_how = 'push' and received_at >= created_at
  `.execute(db)
  return rows.map(({ ms }) => ms)
}
