import type { Kysely, Selectable, Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'

export type OutageRow = Selectable<DB['outages']>

/** When this part was last there; the row is locked, so that of several processes one writes down a silence. */
export async function lockHeartbeat(db: Transaction<DB>, part: string, now: Date): Promise<Date | null> {
  const row = () =>
    db.selectFrom('heartbeats').select('at').where('part', '=', part).forNoKeyUpdate().executeTakeFirst()
  const found = await row()
  if (found) return found.at
  await db
    .insertInto('heartbeats')
    .values({ part, at: now })
    .onConflict((conflict) => conflict.column('part').doNothing())
    .execute()
  return null
}

export async function setHeartbeat(db: Transaction<DB>, part: string, at: Date): Promise<void> {
  await db.updateTable('heartbeats').set({ at }).where('part', '=', part).execute()
}

/** Whether an outage of one of these parts ended after `after`. One that ends ahead of now was written by a clock that was. */
export async function selectOutageEnded(
  db: Kysely<DB>,
  { parts, after, now }: { parts: readonly string[]; after: Date; now: Date },
): Promise<boolean> {
  const row = await db
    .selectFrom('outages')
    .select('id')
    .where('part', 'in', [...parts])
    .where('endedAt', '>', after)
    .where('endedAt', '<=', now)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

export async function insertOutage(db: Transaction<DB>, row: OutageRow): Promise<void> {
  await db.insertInto('outages').values(row).execute()
}

/** What overlaps this time, the oldest first. */
export function selectOutages(db: Kysely<DB>, from: Date, until: Date): Promise<OutageRow[]> {
  return db
    .selectFrom('outages')
    .selectAll()
    .where('endedAt', '>', from)
    .where('beganAt', '<', until)
    .orderBy('beganAt')
    .orderBy('id')
    .limit(500)
    .execute()
}
