import { sql } from 'kysely'
import type { Ground } from '../ground/ground.ts'

/** How long the job that has been due the longest has waited, by the clock the queue goes by; 0 where none is due. */
export async function selectQueueLag(db: Ground['db']['read']): Promise<number> {
  const { rows } = await sql<{ lag: number }>`
    select coalesce(extract(epoch from now() - min(start_after)) * 1000, 0)::int8 as lag from queue.job
    where state in ('created', 'retry') and start_after <= now() and name <> 'dead-letters'
  `.execute(db)
  return rows[0]?.lag ?? 0
}
