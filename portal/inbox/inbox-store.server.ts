import { type Insertable, type Kysely, sql, type Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'

type NewRow = Insertable<DB['inboxRows']>

/** The rows of some items as they are now, in the place of what they were, every column of them. */
export async function remakeRows(db: Transaction<DB>, itemIds: readonly string[], rows: readonly NewRow[]) {
  await db.deleteFrom('inboxRows').where('itemId', '=', sql<string>`any(${itemIds}::text[])`).execute()
  if (rows.length > 0)
    await db
      .insertInto('inboxRows')
      .values([...rows])
      .execute()
}

/**
 * The same, where little has changed: a row that is there is changed in its place, in what may move about it. Most moves
 * touch no column that an index is on, and cost a tenth of taking the row out and putting another in.
 */
export async function replaceRows(db: Transaction<DB>, itemIds: readonly string[], rows: readonly NewRow[]) {
  if (itemIds.length === 0) return
  const of = <K extends keyof NewRow>(column: K) => rows.map((row) => row[column] ?? null)
  const { rows: there } = await sql<Key>`
    with fresh as (
      select * from unnest(
        ${of('itemId')}::text[], ${of('orgId')}::text[], ${of('side')}::text[], ${of('providerOrgId')}::text[],
        ${of('role')}::text[], ${of('accountable')}::boolean[], ${of('delivery')}::text[], ${of('handling')}::text[],
        ${of('observation')}::text[], ${of('clock')}::text[], ${of('headline')}::text[],
        ${of('receivedAt')}::timestamptz[], ${of('dueAt')}::timestamptz[], ${of('endedAt')}::timestamptz[],
        ${of('updatedAt')}::timestamptz[])
      as f (item_id, org_id, side, provider_org_id, role, accountable, delivery, handling, observation, clock, headline,
            received_at, due_at, ended_at, updated_at)
    ),
    gone as (
      delete from inbox_rows as old
      where old.item_id = any(${itemIds}::text[])
        and (old.item_id, old.org_id, old.side) not in (select item_id, org_id, side from fresh)
    )
    update inbox_rows as r
    set provider_org_id = f.provider_org_id, role = f.role, accountable = f.accountable, delivery = f.delivery,
        handling = f.handling, observation = f.observation, clock = f.clock, headline = f.headline,
        received_at = f.received_at, due_at = f.due_at, ended_at = f.ended_at, updated_at = f.updated_at
    -- By the item alone an index is asked: one on the reader would find all that this reader has.
    from fresh as f
    where r.item_id = f.item_id and r.org_id is not distinct from f.org_id and r.side is not distinct from f.side
    returning r.item_id, r.org_id, r.side`.execute(db)
  if (there.length === rows.length) return
  const known = new Set(there.map(nameOf))
  await db
    .insertInto('inboxRows')
    .values(rows.filter((row) => !known.has(nameOf(row))))
    .execute()
}

type Key = Pick<NewRow, 'itemId' | 'orgId' | 'side'>

function nameOf({ itemId, orgId, side }: Key): string {
  return `${itemId} ${orgId} ${side}`
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
