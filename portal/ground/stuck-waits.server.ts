import { sql } from 'kysely'
import type { Ground } from './ground.ts'

/** As far as a clock is corrected in the course of things. */
const aheadMs = 60_000

/**
 * Ends what waits for a lock since a time to come: its clock has been set back meanwhile, and with it everything by which
 * the database itself would end such a wait, such as finding that two wait for each other. Whoever waited tries again.
 * Answers how many.
 */
export async function endStuckWaits({ db, log }: Pick<Ground, 'db' | 'log'>, ahead = aheadMs): Promise<number> {
  const { rows } = await sql<{ ended: boolean }>`
    select pg_cancel_backend(pid) as ended from pg_stat_activity
    where datname = current_database() and usename = current_user and wait_event_type = 'Lock'
      and query_start > clock_timestamp() + ${ahead} * interval '1 millisecond'
  `.execute(db.read)
  const count = rows.filter(({ ended }) => ended).length
  if (count > 0) log.warn('database.waits-ended', { count })
  return count
}
