import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'

export type DeliveryRow = Selectable<DB['deliveries']>
export type TokenRow = Selectable<DB['tokens']>

export function selectTokensOfNotice(db: Kysely<DB>, noticeId: string, event: string): Promise<TokenRow[]> {
  return db
    .selectFrom('tokens')
    .selectAll()
    .where('noticeId', '=', noticeId)
    .where('event', '=', event)
    .orderBy('seq')
    .execute()
}

export function selectToken(db: Kysely<DB>, jti: string): Promise<TokenRow | undefined> {
  return db.selectFrom('tokens').selectAll().where('jti', '=', jti).executeTakeFirst()
}

/** False where the same revision was signed for the same addressee before: those bytes win, these are forgotten. */
export async function insertToken(db: Transaction<DB>, row: TokenRow): Promise<boolean> {
  const done = await db
    .insertInto('tokens')
    .values(row)
    .onConflict((conflict) => conflict.columns(['noticeId', 'orgId', 'seq', 'event']).doNothing())
    .executeTakeFirst()
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function insertDelivery(
  db: Transaction<DB>,
  row: Pick<
    DeliveryRow,
    | 'id'
    | 'orgId'
    | 'noticeId'
    | 'jti'
    | 'event'
    | 'seq'
    | 'state'
    | 'nextAttemptAt'
    | 'deadlineAt'
    | 'createdAt'
    | 'lastCode'
    | 'standsIn'
  > &
    Partial<Pick<DeliveryRow, 'firstQueuedAt' | 'offeredAt' | 'escalated'>>,
) {
  await db.insertInto('deliveries').values(row).execute()
}

export function selectDelivery(db: Kysely<DB>, id: string): Promise<DeliveryRow | undefined> {
  return db.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirst()
}

export function lockDelivery(db: Transaction<DB>, id: string): Promise<DeliveryRow | undefined> {
  return db.selectFrom('deliveries').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst()
}

export function lockDeliveryByToken(db: Transaction<DB>, jti: string): Promise<DeliveryRow | undefined> {
  return db.selectFrom('deliveries').selectAll().where('jti', '=', jti).forNoKeyUpdate().executeTakeFirst()
}

/** The delivery of the notice itself to one addressee: the newest revision that went out. */
function newestIssued(db: Kysely<DB>, noticeId: string, orgId: string, event: string) {
  return db
    .selectFrom('deliveries')
    .selectAll()
    .where('noticeId', '=', noticeId)
    .where('orgId', '=', orgId)
    .where('event', '=', event)
    .orderBy('seq', 'desc')
    .limit(1)
}

export function selectIssuedDelivery(db: Kysely<DB>, noticeId: string, orgId: string, event: string) {
  return newestIssued(db, noticeId, orgId, event).executeTakeFirst()
}

export function lockIssuedDelivery(db: Transaction<DB>, noticeId: string, orgId: string, event: string) {
  return newestIssued(db, noticeId, orgId, event).forNoKeyUpdate().executeTakeFirst()
}

/** Whether the same event arrived in another token: one that was signed again after it had gone out. */
export async function hasArrivedOtherwise(
  db: Transaction<DB>,
  { id, noticeId, orgId, event }: Pick<DeliveryRow, 'id' | 'noticeId' | 'orgId' | 'event'>,
): Promise<boolean> {
  const other = await db
    .selectFrom('deliveries')
    .select('id')
    .where('noticeId', '=', noticeId)
    .where('orgId', '=', orgId)
    .where('event', '=', event)
    .where('id', '<>', id)
    .where('receivedAt', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return other !== undefined
}

export async function updateDelivery(
  db: Transaction<DB>,
  id: string,
  change: Partial<Omit<DeliveryRow, 'id' | 'orgId' | 'noticeId' | 'jti'>>,
) {
  await db.updateTable('deliveries').set(change).where('id', '=', id).execute()
}

/** What had failed for want of a channel is queued again and due now: at most so many, so that no transaction is long. */
export async function queueFailed(db: Transaction<DB>, orgId: string, now: Date, limit: number) {
  const failed = await db
    .selectFrom('deliveries')
    .innerJoin('tokens', 'tokens.jti', 'deliveries.jti')
    .selectAll('deliveries')
    .select('tokens.setSha256')
    .where('deliveries.orgId', '=', orgId)
    .where('deliveries.state', '=', 'failed')
    .where('deliveries.nextAttemptAt', 'is not', null)
    .orderBy('deliveries.deadlineAt')
    .orderBy('deliveries.id')
    .limit(limit)
    .forNoKeyUpdate('deliveries')
    .execute()
  const ids = failed.map(({ id }) => id)
  await db
    .updateTable('deliveries')
    .set({ nextAttemptAt: now, state: sql`case when offered_at is null then 'queued' else 'offered' end` })
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .execute()
  return failed
}

/** What waited for a channel is due now. */
export async function makeDue(db: Transaction<DB>, orgId: string, now: Date): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({ nextAttemptAt: now })
    .where('orgId', '=', orgId)
    .where('state', 'in', ['queued', 'offered'])
    .where('nextAttemptAt', '>', now)
    .execute()
}

/** Nothing about a closed notice is tried any longer but the word that it is closed. */
export async function stopTrying(db: Transaction<DB>, noticeId: string, exceptEvent: string) {
  await db
    .updateTable('deliveries')
    .set({ nextAttemptAt: null })
    .where('noticeId', '=', noticeId)
    .where('event', '<>', exceptEvent)
    .where('nextAttemptAt', 'is not', null)
    .execute()
}

/** The ways that deliveries to an organisation go which have not arrived. */
export async function selectWaitingWays(db: Kysely<DB>, orgId: string): Promise<(string | null)[]> {
  const rows = await db
    .selectFrom('deliveries')
    .select('standsIn')
    .distinct()
    .where('orgId', '=', orgId)
    .where('nextAttemptAt', 'is not', null)
    .limit(200)
    .execute()
  return rows.map(({ standsIn }) => standsIn)
}

export interface PollOffer {
  orgId: string
  now: Date
  /** Push has this long; with no endpoint to push to, none at all. */
  pushUntil: Date
  /** What no endpoint serves waits for none. */
  unserved: readonly (string | null)[]
  limit: number
}

/** Oldest deadline first; one more than asked for, to know whether there is more. Locked, so that two polls at once mark once. */
export function lockForPoll(db: Transaction<DB>, offer: PollOffer): Promise<DeliveryRow[]> {
  return db
    .selectFrom('deliveries')
    .selectAll()
    .where('orgId', '=', offer.orgId)
    .where((where) =>
      where.or([where('state', 'in', ['queued', 'offered', 'failed']), where('resentAt', 'is not', null)]),
    )
    .where('nextAttemptAt', 'is not', null)
    .where((where) =>
      where.or([
        where('lastCode', 'is', null),
        where('lastCode', 'not like', 'poll.%'),
        where('nextAttemptAt', '<=', offer.now),
      ]),
    )
    .where((where) =>
      where.or([
        where('createdAt', '<=', offer.pushUntil),
        ...offer.unserved.map((standsIn) => where('standsIn', 'is not distinct from', standsIn)),
        // Written by a clock that has been set back since: whatever it is, it is not younger than a minute for a year.
        where('createdAt', '>', new Date(offer.now.getTime() + 600_000)),
        where.not(
          where.exists(
            where
              .selectFrom('endpoints')
              .select('endpoints.id')
              .where('endpoints.orgId', '=', offer.orgId)
              .where('endpoints.state', '=', 'active')
              .where('endpoints.url', 'is not', null),
          ),
        ),
      ]),
    )
    .orderBy('deadlineAt')
    .orderBy('id')
    .limit(offer.limit + 1)
    .forNoKeyUpdate()
    .execute()
}

export interface DeliveryFilter {
  /** Null: everybody's. */
  orgId: string | null
  state?: string
  noticeId?: string
  endpointId?: string
  /** Newest first, from below this id. */
  before?: string
  limit: number
}

export function selectDeliveries(db: Kysely<DB>, filter: DeliveryFilter) {
  let query = db
    .selectFrom('deliveries')
    .innerJoin('organisations', 'organisations.id', 'deliveries.orgId')
    .selectAll('deliveries')
    .select('organisations.name as orgName')
  if (filter.orgId !== null) query = query.where('deliveries.orgId', '=', filter.orgId)
  if (filter.state !== undefined) query = query.where('deliveries.state', '=', filter.state)
  if (filter.noticeId !== undefined) query = query.where('deliveries.noticeId', '=', filter.noticeId)
  if (filter.endpointId !== undefined) query = query.where('deliveries.endpointId', '=', filter.endpointId)
  if (filter.before !== undefined) query = query.where('deliveries.id', '<', filter.before)
  return query.orderBy('deliveries.id', 'desc').limit(filter.limit).execute()
}

/** Newest root over all histories, to travel as witness: the one that covers most. */
export function selectNewestRoot(db: Kysely<DB>) {
  return db
    .selectFrom('roots')
    .select(['root', 'at'])
    .orderBy('length', 'desc')
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** Which items the token of a delivery names; null for one from before that was noted. */
export async function selectNamedItems(db: Kysely<DB>, jti: string): Promise<string[] | null> {
  const token = await db.selectFrom('tokens').select('itemIds').where('jti', '=', jti).executeTakeFirst()
  return token?.itemIds ?? null
}

/** False where the same grade of evidence was recorded before. */
export async function insertReceipt(db: Transaction<DB>, row: Selectable<DB['receipts']>): Promise<boolean> {
  const done = await db
    .insertInto('receipts')
    .values(row)
    .onConflict((conflict) => conflict.columns(['deliveryId', 'grade']).doNothing())
    .executeTakeFirst()
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** False where this organisation sent this report before. */
export async function insertReport(db: Transaction<DB>, row: Selectable<DB['reports']>): Promise<boolean> {
  const done = await db
    .insertInto('reports')
    .values(row)
    .onConflict((conflict) => conflict.columns(['orgId', 'jti']).where('jti', 'is not', null).doNothing())
    .executeTakeFirst()
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export function selectReport(db: Kysely<DB>, orgId: string, jti: string) {
  return db
    .selectFrom('reports')
    .select(['id', 'setSha256', 'noticeId'])
    .where('orgId', '=', orgId)
    .where('jti', '=', jti)
    .executeTakeFirst()
}

/** The notice's row, locked: nothing is queued beside a withdrawal or a closing that is under way. */
export function lockNoticeSeq(db: Transaction<DB>, noticeId: string) {
  return db
    .selectFrom('notices')
    .select(['seq', 'withdrawnAt', 'closedAt'])
    .where('id', '=', noticeId)
    .forNoKeyUpdate()
    .executeTakeFirst()
}

export async function setNoticeSeq(db: Transaction<DB>, noticeId: string, seq: number) {
  await db.updateTable('notices').set({ seq }).where('id', '=', noticeId).execute()
}

export function selectOrganisation(db: Kysely<DB>, orgId: string) {
  return db
    .selectFrom('organisations')
    .select(['id', 'name', 'notifierKind', 'country', 'trustedFlagger', 'phone'])
    .where('id', '=', orgId)
    .executeTakeFirstOrThrow()
}

/** Ids of the items of a notice that are addressed to each organisation, in the order of the notice. */
export function selectAddressed(db: Kysely<DB>, noticeId: string) {
  return db
    .selectFrom('addressees')
    .innerJoin('items', 'items.id', 'addressees.itemId')
    .select(['addressees.orgId', 'addressees.itemId'])
    .where('addressees.noticeId', '=', noticeId)
    .orderBy('items.position')
    .execute()
}
