import { sql, type Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'
import type { Addressee, Notice } from './notice.ts'
import { addresseeOf } from './notice-store.server.ts'

interface Named {
  noticeId: string
  orgId: string
  itemIds?: readonly string[] | null
}

/** One row for each item that is named, and one without an item where all are meant. */
function spread<T extends Named>(
  words: readonly T[],
): { noticeIds: string[]; orgIds: string[]; itemIds: (string | null)[]; of: T[] } {
  const rows = words.flatMap((word) => (word.itemIds ?? [null]).map((itemId) => ({ word, itemId })))
  return {
    noticeIds: rows.map(({ word }) => word.noticeId),
    orgIds: rows.map(({ word }) => word.orgId),
    itemIds: rows.map(({ itemId }) => itemId),
    of: rows.map(({ word }) => word),
  }
}

export async function setOffered(db: Transaction<DB>, offered: readonly (Named & { at: Date })[]) {
  const { noticeIds, orgIds, itemIds, of } = spread(offered)
  if (of.length === 0) return
  const at = of.map((one) => one.at)
  await sql`
    update addressees as a set offered_at = o.at
    from unnest(${noticeIds}::text[], ${orgIds}::text[], ${itemIds}::text[], ${at}::timestamptz[])
      as o (notice_id, org_id, item_id, at)
    where a.notice_id = o.notice_id and a.org_id = o.org_id and (o.item_id is null or a.item_id = o.item_id)
      and a.offered_at is null`.execute(db)
}

/** Of each notice, what its clocks are reckoned by. */
export async function selectNorms(db: Transaction<DB>, noticeIds: readonly string[]) {
  const rows = await db
    .selectFrom('notices')
    .select(['id', 'deadlineWithin', 'onObstacle', 'deemedReceipt'])
    .where('id', '=', sql<string>`any(${noticeIds}::text[])`)
    .execute()
  return new Map(rows.map(({ id, ...norm }) => [id, norm as Pick<Notice, keyof typeof norm>]))
}

/** The addressees that these words reached, each once, in the order of their items. */
export async function lockReceiving(db: Transaction<DB>, received: readonly Named[]): Promise<Addressee[]> {
  const { noticeIds, orgIds, itemIds, of } = spread(received)
  if (of.length === 0) return []
  const { rows } = await sql<Parameters<typeof addresseeOf>[0]>`
    select a.* from unnest(${noticeIds}::text[], ${orgIds}::text[], ${itemIds}::text[]) as r (notice_id, org_id, item_id)
    join addressees as a
      on a.notice_id = r.notice_id and a.org_id = r.org_id and (r.item_id is null or a.item_id = r.item_id)
    order by a.item_id, a.org_id
    for no key update of a`.execute(db)
  const once = new Map(rows.map((row) => [`${row.itemId} ${row.orgId}`, row]))
  return [...once.values()].map(addresseeOf)
}

export async function setClocks(
  db: Transaction<DB>,
  clocks: readonly Pick<Addressee, 'itemId' | 'orgId' | 'offeredAt' | 'receivedAt' | 'dueAt'>[],
) {
  if (clocks.length === 0) return
  const of = <K extends 'itemId' | 'orgId' | 'offeredAt' | 'receivedAt' | 'dueAt'>(column: K) =>
    clocks.map((clock) => clock[column])
  await sql`
    update addressees as a set offered_at = c.offered_at, received_at = c.received_at, due_at = c.due_at
    from unnest(${of('itemId')}::text[], ${of('orgId')}::text[], ${of('offeredAt')}::timestamptz[],
      ${of('receivedAt')}::timestamptz[], ${of('dueAt')}::timestamptz[])
      as c (item_id, org_id, offered_at, received_at, due_at)
    where a.item_id = c.item_id and a.org_id = c.org_id`.execute(db)
}

export async function setSecondOffered(
  db: Transaction<DB>,
  { noticeId, orgId, at, itemIds }: { noticeId: string; orgId: string; at: Date; itemIds?: readonly string[] | null },
) {
  await sql`
    update addressees as a set second_offered_at = ${at}
    from notices as n
    where n.id = a.notice_id and n.deemed_receipt is not null and a.second_offered_at is null
      and a.notice_id = ${noticeId} and a.org_id = ${orgId}
      and (${itemIds ?? null}::text[] is null or a.item_id = any(${itemIds ?? null}::text[]))`.execute(db)
}

/** Silence counts as receipt by now, and nobody has said so; another worker's are left to it. In the order of their chains. */
export async function lockDeemed(db: Transaction<DB>, now: Date, limit: number): Promise<Addressee[]> {
  const { rows } = await sql<Parameters<typeof addresseeOf>[0]>`
    select a.* from addressees as a join notices as n on n.id = a.notice_id
    where a.second_offered_at is not null and a.received_at is null and a.ended_at is null and a.due_at is null
      and n.withdrawn_at is null and n.closed_at is null
      and a.second_offered_at + n.deemed_receipt::interval <= ${now}
    order by a.notice_id, a.item_id limit ${limit}
    for no key update of a skip locked`.execute(db)
  return rows.map(addresseeOf)
}
