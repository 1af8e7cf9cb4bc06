import type { Kysely, Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'

/** Items whose network's holder is sought from now on. Asked at once by what follows from the fact; `nextAt` guards it. */
export async function insertSearches(db: Transaction<DB>, itemIds: readonly string[], beganAt: Date, nextAt: Date) {
  if (itemIds.length === 0) return
  await db
    .insertInto('holderSearches')
    .values(itemIds.map((itemId) => ({ itemId, beganAt, nextAt })))
    .onConflict((conflict) => conflict.column('itemId').doUpdateSet({ beganAt, nextAt, tries: 0, lastCode: null }))
    .execute()
}

/** Searches that are due, oldest first, with the notice each belongs to. */
export function selectDueSearches(db: Kysely<DB>, now: Date, limit: number) {
  return db
    .selectFrom('holderSearches')
    .innerJoin('items', 'items.id', 'holderSearches.itemId')
    .select(['holderSearches.itemId', 'items.noticeId'])
    .where('holderSearches.nextAt', '<=', now)
    .orderBy('holderSearches.nextAt')
    .limit(limit)
    .execute()
}

export function lockSearch(db: Transaction<DB>, itemId: string) {
  return db.selectFrom('holderSearches').selectAll().where('itemId', '=', itemId).forNoKeyUpdate().executeTakeFirst()
}

export async function updateSearch(
  db: Transaction<DB>,
  itemId: string,
  change: { nextAt: Date; tries: number; lastCode: string },
) {
  await db.updateTable('holderSearches').set(change).where('itemId', '=', itemId).execute()
}

export async function endSearch(db: Transaction<DB>, itemId: string) {
  await db.updateTable('holderSearches').set({ nextAt: null }).where('itemId', '=', itemId).execute()
}
