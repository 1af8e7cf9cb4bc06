import type { Kysely } from 'kysely'
import type { DB } from '../ground/ground.ts'

/** Deliveries that arrived at an instant that has not come yet. */
export async function selectReceivedAhead(db: Kysely<DB>, ahead: Date, limit: number): Promise<string[]> {
  const rows = await db.selectFrom('deliveries').select('id').where('receivedAt', '>', ahead).limit(limit).execute()
  return rows.map(({ id }) => id)
}
