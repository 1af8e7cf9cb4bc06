import { sql } from 'kysely'
import type { Ground } from '../ground/ground.ts'

/** When the job that has been due the longest became so; null where none is. */
export async function selectOldestDueJob(db: Ground['db']['read'], now: Date): Promise<Date | null> {
  const { rows } = await sql<{ startAfter: Date | null }>`
    select min(start_after) as start_after from queue.job
    where state in ('created', 'retry') and start_after <= ${now} and name <> 'dead-letters'
  `.execute(db)
  return rows[0]?.startAfter ?? null
}
