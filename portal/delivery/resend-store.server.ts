import { type Kysely, sql, type Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'

/** Whether the bytes of a delivery's token are still there: they go with its last item. */
export async function isErased(db: Kysely<DB>, jti: string): Promise<boolean> {
  const token = await db.selectFrom('tokens').select('sealed').where('jti', '=', jti).executeTakeFirst()
  return !token?.sealed
}

/** Due now, on a timetable that begins anew. What is due already stays as it is, so asking twice sends once. */
export async function makeDueAgain(db: Transaction<DB>, deliveryId: string, now: Date): Promise<void> {
  await db
    .updateTable('deliveries')
    .set((of) => ({ nextAttemptAt: now, resentAt: now, resentAfter: of.ref('attempts') }))
    .where('id', '=', deliveryId)
    .where(notDue(now))
    .execute()
}

/** The same for everything an organisation was sent since then whose token is still there. Answers how many these are. */
export async function makeAllDueAgain(db: Transaction<DB>, orgId: string, since: Date, now: Date): Promise<number> {
  const there = sql<boolean>`exists (select 1 from tokens where tokens.jti = deliveries.jti and tokens.sealed is not null)`
  const { count } = await db
    .selectFrom('deliveries')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('orgId', '=', orgId)
    .where('createdAt', '>=', since)
    .where(there)
    .executeTakeFirstOrThrow()
  await db
    .updateTable('deliveries')
    .set((of) => ({ nextAttemptAt: now, resentAt: now, resentAfter: of.ref('attempts') }))
    .where('orgId', '=', orgId)
    .where('createdAt', '>=', since)
    .where(there)
    .where(notDue(now))
    .execute()
  return Number(count)
}

function notDue(now: Date) {
  return sql<boolean>`(next_attempt_at is null or next_attempt_at > ${now})`
}
