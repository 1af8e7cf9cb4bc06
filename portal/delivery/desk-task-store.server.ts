import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'

export type DeskTaskRow = Selectable<DB['deskTasks']>

export async function insertTask(
  db: Transaction<DB>,
  task: Pick<DeskTaskRow, 'id' | 'kind' | 'orgId' | 'noticeId' | 'deliveryId' | 'personId' | 'openedAt'>,
): Promise<void> {
  await db.insertInto('deskTasks').values(task).execute()
}

/** The open task of this kind about an organisation; one at a time is enough for what is wrong with its receiver. */
export function selectOpenTask(db: Kysely<DB>, orgId: string, kind: string) {
  return db
    .selectFrom('deskTasks')
    .select('id')
    .where('orgId', '=', orgId)
    .where('kind', '=', kind)
    .where('closedAt', 'is', null)
    .limit(1)
    .executeTakeFirst()
}

/** How much everybody has in hand. */
export async function countOpenTasks(db: Kysely<DB>): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('deskTasks')
    .select(['personId', (of) => of.fn.countAll<number>().as('count')])
    .where('closedAt', 'is', null)
    .where('personId', 'is not', null)
    .groupBy('personId')
    .execute()
  return new Map(rows.map((row) => [row.personId ?? '', Number(row.count)]))
}

/** Open, and not settled by itself: what has arrived or was acknowledged since needs nobody any more. */
function open(db: Kysely<DB>) {
  return db
    .selectFrom('deskTasks as t')
    .innerJoin('deliveries as d', 'd.id', 't.deliveryId')
    .innerJoin('organisations as o', 'o.id', 't.orgId')
    .leftJoin('people as p', 'p.id', 't.personId')
    .where('t.closedAt', 'is', null)
    .where(
      sql<boolean>`case t.kind
        when 'undelivered' then d.state in ('queued', 'offered', 'failed') and d.next_attempt_at is not null
        else d.acknowledged_at is null and not exists (
          select 1 from reports r where r.notice_id = d.notice_id and r.org_id = d.org_id and r.grade = 'signed') end`,
    )
}

export function selectOpenTasks(db: Kysely<DB>, limit: number) {
  return open(db)
    .select([
      't.id',
      't.kind',
      't.orgId',
      'o.name as orgName',
      't.noticeId',
      't.deliveryId',
      't.personId',
      'p.name as personName',
      't.openedAt',
      'd.deadlineAt',
      'd.state as delivery',
      'd.lastCode',
    ])
    .orderBy('d.deadlineAt')
    .orderBy('t.id')
    .limit(limit)
    .execute()
}

/** What a person has open and was not mailed about. */
export async function countUnmailed(db: Kysely<DB>, personId: string): Promise<number> {
  const row = await open(db)
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('t.personId', '=', personId)
    .where('t.mailedAt', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

export async function wasMailedSince(db: Kysely<DB>, personId: string, since: Date): Promise<boolean> {
  const row = await db
    .selectFrom('deskTasks')
    .select('id')
    .where('personId', '=', personId)
    .where('mailedAt', '>', since)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

export async function markMailed(db: Transaction<DB>, personId: string, at: Date): Promise<void> {
  await db
    .updateTable('deskTasks')
    .set({ mailedAt: at })
    .where('personId', '=', personId)
    .where('mailedAt', 'is', null)
    .where('openedAt', '<=', at)
    .execute()
}

/** What was about one delivery is about the one that took its place. */
export async function moveTasks(db: Transaction<DB>, fromDeliveryId: string, toDeliveryId: string): Promise<void> {
  await db
    .updateTable('deskTasks')
    .set({ deliveryId: toDeliveryId })
    .where('deliveryId', '=', fromDeliveryId)
    .where('closedAt', 'is', null)
    .execute()
}

export function lockTask(db: Transaction<DB>, id: string) {
  return db.selectFrom('deskTasks').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst()
}

export async function closeTask(
  db: Transaction<DB>,
  id: string,
  change: { closedAt: Date; closedBy: string | null; note: string },
): Promise<void> {
  await db.updateTable('deskTasks').set(change).where('id', '=', id).execute()
}
