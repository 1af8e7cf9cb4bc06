import type { Kysely, Selectable, Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'

export type ObservedRow = Selectable<DB['observedItems']>
/** `number`: in which order they were written; given by the database. */
export type OutcomeRow = Omit<Selectable<DB['outcomes']>, 'number'>
export type ObservationRow = Omit<Selectable<DB['observations']>, 'number'>
export type ReportRow = Selectable<DB['reports']>

export function selectReport(db: Kysely<DB>, orgId: string, jti: string) {
  return db
    .selectFrom('reports')
    .select(['id', 'setSha256'])
    .where('orgId', '=', orgId)
    .where('jti', '=', jti)
    .executeTakeFirst()
}

/** False where this organisation sent this report before. */
export async function insertReport(db: Transaction<DB>, row: ReportRow): Promise<boolean> {
  const done = await db
    .insertInto('reports')
    .values(row)
    .onConflict((conflict) => conflict.columns(['orgId', 'jti']).where('jti', 'is not', null).doNothing())
    .executeTakeFirst()
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function insertOutcomes(db: Transaction<DB>, rows: OutcomeRow[]) {
  if (rows.length > 0) await db.insertInto('outcomes').values(rows).execute()
}

/** Everything that was said about items, in the order in which it was received: per item and organisation the last holds. */
export function selectOutcomes(db: Kysely<DB>, itemIds: readonly string[]): Promise<OutcomeRow[]> {
  if (itemIds.length === 0) return Promise.resolve([])
  return db
    .selectFrom('outcomes')
    .selectAll()
    .where('itemId', 'in', [...itemIds])
    .orderBy('number')
    .execute()
}

/** What was seen, in the order in which it was written. */
export function selectObservations(db: Kysely<DB>, itemIds: readonly string[]): Promise<ObservationRow[]> {
  if (itemIds.length === 0) return Promise.resolve([])
  return db
    .selectFrom('observations')
    .selectAll()
    .where('itemId', 'in', [...itemIds])
    .orderBy('number')
    .execute()
}

export async function insertObservations(db: Transaction<DB>, rows: ObservationRow[]) {
  if (rows.length > 0) await db.insertInto('observations').values(rows).execute()
}

/** Begins to watch; what is watched already stays as it is. */
export async function insertObserved(db: Transaction<DB>, itemIds: readonly string[], nextLookAt: Date) {
  if (itemIds.length === 0) return
  await db
    .insertInto('observedItems')
    .values(itemIds.map((itemId) => ({ itemId, state: 'unverified', nextLookAt })))
    .onConflict((conflict) => conflict.column('itemId').doNothing())
    .execute()
}

export function lockObserved(db: Transaction<DB>, itemId: string): Promise<ObservedRow | undefined> {
  return db.selectFrom('observedItems').selectAll().where('itemId', '=', itemId).forNoKeyUpdate().executeTakeFirst()
}

export async function updateObserved(
  db: Transaction<DB>,
  itemId: string,
  change: Partial<Omit<ObservedRow, 'itemId'>>,
) {
  await db.updateTable('observedItems').set(change).where('itemId', '=', itemId).execute()
}

/** Brings the next look forward, never back. */
export async function lookBy(db: Transaction<DB>, itemIds: readonly string[], at: Date) {
  if (itemIds.length === 0) return
  await db
    .updateTable('observedItems')
    .set({ nextLookAt: at })
    .where('itemId', 'in', [...itemIds])
    .where('nextLookAt', '>', at)
    .execute()
}

/** Takes what is due to be looked at, for as long as the lease; two workers never take the same. */
export async function claimLooks(
  db: Transaction<DB>,
  { now, leasedUntil, furthestLook, limit }: { now: Date; leasedUntil: Date; furthestLook: Date; limit: number },
): Promise<string[]> {
  const due = await db
    .selectFrom('observedItems')
    .select('itemId')
    // What lies further ahead than anything is planned was written by a clock that has been set back since.
    .where((where) => where.or([where('nextLookAt', '<=', now), where('nextLookAt', '>', furthestLook)]))
    .where((where) =>
      where.or([
        where('leasedUntil', 'is', null),
        where('leasedUntil', '<=', now),
        where('leasedUntil', '>', new Date(leasedUntil.getTime() + 5_000)),
      ]),
    )
    .orderBy('nextLookAt')
    .limit(limit)
    .forNoKeyUpdate()
    .skipLocked()
    .execute()
  const itemIds = due.map((row) => row.itemId)
  if (itemIds.length > 0) {
    await db.updateTable('observedItems').set({ leasedUntil }).where('itemId', 'in', itemIds).execute()
  }
  return itemIds
}

/** Notices in which everything has an end, was taken back or is linked to another. Whether they are over is asked of the axes. */
export async function selectEndedNotices(db: Kysely<DB>, quietSince: Date, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('notices')
    .select('notices.id')
    .where('notices.closedAt', 'is', null)
    .where('notices.submittedAt', '<=', quietSince)
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('items')
            .select('items.id')
            .whereRef('items.noticeId', '=', 'notices.id')
            .where('items.closedAt', 'is', null)
            .where('items.withdrawnAt', 'is', null)
            .where('items.duplicateOf', 'is', null),
        ),
      ),
    )
    .orderBy('notices.id')
    .limit(limit)
    .execute()
  return rows.map((row) => row.id)
}

/** When one of the axes of a notice was last moved. */
export async function selectLastMove(db: Kysely<DB>, noticeId: string): Promise<Date | null> {
  const row = await db
    .selectFrom('facts')
    .select((of) => of.fn.max('at').as('at'))
    .where('chain', '=', noticeId)
    .where('kind', 'in', [
      'notice.issued',
      'notice.withdrawn',
      'item.attributed',
      'outcome.reported',
      'item.confirmed-offline',
      'item.contradicted',
      'item.reappeared',
    ])
    .executeTakeFirst()
  return row?.at ?? null
}

/** Who answers for an item, oldest first, and the notice it stands in. */
export function selectAccountable(db: Kysely<DB>, itemId: string) {
  return db
    .selectFrom('addressees')
    .innerJoin('notices', 'notices.id', 'addressees.noticeId')
    .select(['addressees.orgId', 'addressees.endedAt', 'addressees.noticeId', 'notices.regime'])
    .where('addressees.itemId', '=', itemId)
    .where('addressees.accountable', '=', true)
    .orderBy('addressees.createdAt')
    .orderBy('addressees.orgId')
    .execute()
}

/** Items of a notice that somebody is asked to remove. */
export async function selectAddressedItems(db: Kysely<DB>, noticeId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('addressees')
    .innerJoin('items', 'items.id', 'addressees.itemId')
    .select('addressees.itemId')
    .distinct()
    .where('addressees.noticeId', '=', noticeId)
    .where('items.duplicateOf', 'is', null)
    .execute()
  return rows.map((row) => row.itemId)
}

/** An item as its look begins: what was taken back or closed is not looked at any longer. */
export function selectWatched(db: Kysely<DB>, itemId: string) {
  return db
    .selectFrom('items')
    .innerJoin('notices', 'notices.id', 'items.noticeId')
    .select(['items.noticeId', 'items.withdrawnAt', 'notices.closedAt'])
    .where('items.id', '=', itemId)
    .executeTakeFirst()
}
