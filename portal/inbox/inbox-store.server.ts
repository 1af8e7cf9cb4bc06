import { type Insertable, type Kysely, sql, type Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'

/** The rows of some items as they are now, in the place of what they were. */
export async function replaceRows(
  db: Transaction<DB>,
  itemIds: readonly string[],
  rows: Insertable<DB['inboxRows']>[],
) {
  if (itemIds.length === 0) return
  await db
    .deleteFrom('inboxRows')
    .where('itemId', 'in', [...itemIds])
    .execute()
  if (rows.length > 0) await db.insertInto('inboxRows').values(rows).execute()
}

/** What a rebuild needs of a notice's history: when what happened to which item. */
export function selectMoves(db: Kysely<DB>, noticeId: string) {
  return db.selectFrom('facts').select(['kind', 'payload', 'at']).where('chain', '=', noticeId).orderBy('seq').execute()
}

/** Ids of notices after this one, in order. */
export async function noticeIdsAfter(db: Kysely<DB>, after: string, limit: number): Promise<string[]> {
  const rows = await db.selectFrom('notices').select('id').where('id', '>', after).orderBy('id').limit(limit).execute()
  return rows.map((row) => row.id)
}

export interface NoticeFilter {
  /** Null: everybody's, for the platform's desk. */
  orgId: string | null
  headline?: string
  regime?: string
  provider?: string
  updatedSince?: Date
  before?: string
  limit: number
}

/** Notices of which at least one item fits, newest first. */
export async function selectNoticeIds(db: Kysely<DB>, filter: NoticeFilter): Promise<string[]> {
  let query = db.selectFrom('inboxRows').select('noticeId').distinct().where('side', '=', 'notifier')
  if (filter.orgId !== null) query = query.where('orgId', '=', filter.orgId)
  if (filter.headline !== undefined) query = query.where('headline', '=', filter.headline)
  if (filter.regime !== undefined) query = query.where('regime', '=', filter.regime)
  if (filter.provider !== undefined) query = query.where('providerOrgId', '=', filter.provider)
  if (filter.updatedSince !== undefined) query = query.where('updatedAt', '>=', filter.updatedSince)
  if (filter.before !== undefined) query = query.where('noticeId', '<', filter.before)
  const rows = await query.orderBy('noticeId', 'desc').limit(filter.limit).execute()
  return rows.map((row) => row.noticeId)
}

export interface ItemFilter {
  orgId: string
  headline?: string
  regime?: string
  noticeId?: string
  open?: boolean
  updatedSince?: Date
  after?: { due: string; itemId: string }
  limit: number
}

// What is open before what has ended, and what nobody knows the end of after what is due.
const due = sql<string>`case when inbox_rows.ended_at is null then '0' else '1' end
  || coalesce(to_char(inbox_rows.due_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS'), '9')`

/** One provider's items: open ones first, and of those the one that is due first. */
export function selectItems(db: Kysely<DB>, filter: ItemFilter) {
  let query = db
    .selectFrom('inboxRows')
    .innerJoin('organisations', 'organisations.id', 'inboxRows.notifierOrgId')
    .selectAll('inboxRows')
    .select(['organisations.name as notifierName', due.as('due')])
    .where('inboxRows.side', '=', 'provider')
    .where('inboxRows.orgId', '=', filter.orgId)
  if (filter.headline !== undefined) query = query.where('headline', '=', filter.headline)
  if (filter.regime !== undefined) query = query.where('regime', '=', filter.regime)
  if (filter.noticeId !== undefined) query = query.where('noticeId', '=', filter.noticeId)
  if (filter.open !== undefined) query = query.where('endedAt', filter.open ? 'is' : 'is not', null)
  if (filter.updatedSince !== undefined) query = query.where('updatedAt', '>=', filter.updatedSince)
  if (filter.after !== undefined) {
    query = query.where(sql<boolean>`(${due}, inbox_rows.item_id) > (${filter.after.due}, ${filter.after.itemId})`)
  }
  return query.orderBy(due).orderBy('inboxRows.itemId').limit(filter.limit).execute()
}

export function selectItemPlace(db: Kysely<DB>, itemId: string) {
  return db.selectFrom('items').select(['id', 'noticeId', 'orgId']).where('id', '=', itemId).executeTakeFirst()
}
