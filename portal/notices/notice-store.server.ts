import type { Kysely, Selectable, Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'
import type { Addressee, Item, Notice } from './notice.ts'

export async function insertNotice(
  db: Transaction<DB>,
  notice: Omit<Notice, 'seq' | 'withdrawnAt' | 'withdrawReason' | 'closedAt'>,
) {
  await db
    .insertInto('notices')
    .values({
      ...notice,
      preservation: JSON.stringify(notice.preservation),
      disclosure: JSON.stringify(notice.disclosure),
    })
    .execute()
}

export async function insertItems(
  db: Transaction<DB>,
  items: (Omit<Item, 'withdrawnAt' | 'closedAt'> & { locatorMac: Buffer })[],
) {
  await db.insertInto('items').values(items).execute()
}

export async function insertAddressees(
  db: Transaction<DB>,
  addressees: (Pick<Addressee, 'itemId' | 'orgId' | 'noticeId' | 'role' | 'accountable'> & { createdAt: Date })[],
) {
  if (addressees.length === 0) return
  await db
    .insertInto('addressees')
    .values(addressees)
    .onConflict((conflict) => conflict.columns(['itemId', 'orgId']).doNothing())
    .execute()
}

/**
 * Items at these addresses that somebody is being asked about now, oldest first: not taken back, not closed, themselves
 * no duplicate, and not ended for their addressee. What was removed and is seen again is no duplicate but news.
 */
export function selectOpenItemsAt(
  db: Transaction<DB>,
  locators: readonly Buffer[],
  like: { category: string; binding: boolean },
) {
  return (
    db
      .selectFrom('items')
      .innerJoin('notices', 'notices.id', 'items.noticeId')
      .select(['items.id', 'items.locatorMac', 'items.scope'])
      .where('items.locatorMac', 'in', locators)
      .where('items.duplicateOf', 'is', null)
      .where('items.withdrawnAt', 'is', null)
      .where('items.closedAt', 'is', null)
      // What nobody was asked about yet cannot stand for another: both wait for the desk.
      .where('items.attribution', '=', 'attributed')
      .where('notices.category', '=', like.category)
      .where('notices.binding', '=', like.binding)
      .where('notices.regime', '<>', 'test')
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('addressees')
              .select('addressees.itemId')
              .whereRef('addressees.itemId', '=', 'items.id')
              .where('addressees.endedAt', 'is not', null),
          ),
        ),
      )
      .orderBy('items.id')
      // A withdrawal waits for us, or we for it: nothing is linked to what was taken back a moment ago.
      .forShare('items')
      .execute()
  )
}

export async function selectNotice(db: Kysely<DB>, noticeId: string): Promise<Notice | null> {
  const row = await db.selectFrom('notices').selectAll().where('id', '=', noticeId).executeTakeFirst()
  return row ? noticeOf(row) : null
}

export async function lockNotice(db: Transaction<DB>, noticeId: string): Promise<Notice | null> {
  const row = await db.selectFrom('notices').selectAll().where('id', '=', noticeId).forNoKeyUpdate().executeTakeFirst()
  return row ? noticeOf(row) : null
}

export async function updateNotice(
  db: Transaction<DB>,
  noticeId: string,
  change: { seq?: number; withdrawnAt?: Date; withdrawReason?: string; closedAt?: Date },
) {
  await db.updateTable('notices').set(change).where('id', '=', noticeId).execute()
}

const itemColumns = [
  'id',
  'noticeId',
  'orgId',
  'position',
  'scope',
  'seenAt',
  'dataKey',
  'sealed',
  'duplicateOf',
  'parentItemId',
  'attribution',
  'withdrawnAt',
  'closedAt',
] as const

export async function selectItems(db: Kysely<DB>, noticeId: string): Promise<Item[]> {
  const rows = await db
    .selectFrom('items')
    .select(itemColumns)
    .where('noticeId', '=', noticeId)
    .orderBy('position')
    .execute()
  return rows as Item[]
}

export async function selectItem(db: Kysely<DB>, itemId: string): Promise<Item | null> {
  const row = await db.selectFrom('items').select(itemColumns).where('id', '=', itemId).executeTakeFirst()
  return (row as Item | undefined) ?? null
}

export async function lockItem(db: Transaction<DB>, itemId: string): Promise<Item | null> {
  const row = await db
    .selectFrom('items')
    .select(itemColumns)
    .where('id', '=', itemId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return (row as Item | undefined) ?? null
}

/** Items that wait for a person, oldest first; what is still asked about, taken back or closed waits for nobody here. */
export function selectUnattributed(db: Kysely<DB>, limit: number) {
  return db
    .selectFrom('items')
    .innerJoin('notices', 'notices.id', 'items.noticeId')
    .select([
      'items.id',
      'items.noticeId',
      'items.orgId',
      'items.position',
      'items.scope',
      'items.dataKey',
      'notices.regime',
      'notices.category',
      'notices.submittedAt',
    ])
    .where('items.attribution', '=', 'unattributed')
    .where('items.withdrawnAt', 'is', null)
    .where('items.closedAt', 'is', null)
    .where('items.duplicateOf', 'is', null)
    .orderBy('items.id')
    .limit(limit)
    .execute()
}

export async function updateItem(
  db: Transaction<DB>,
  itemId: string,
  change: { attribution?: Item['attribution']; duplicateOf?: string | null; closedAt?: Date },
) {
  await db.updateTable('items').set(change).where('id', '=', itemId).execute()
}

export async function setItemsWithdrawn(db: Transaction<DB>, noticeId: string, at: Date): Promise<string[]> {
  const rows = await db
    .updateTable('items')
    .set({ withdrawnAt: at })
    .where('noticeId', '=', noticeId)
    .where('withdrawnAt', 'is', null)
    .returning('id')
    .execute()
  return rows.map((row) => row.id)
}

export async function setItemsClosed(db: Transaction<DB>, noticeId: string, at: Date): Promise<void> {
  await db
    .updateTable('items')
    .set({ closedAt: at })
    .where('noticeId', '=', noticeId)
    .where('closedAt', 'is', null)
    .execute()
}

/** Items of other notices that were linked to one of these and that nobody took back, oldest first. */
export function lockDuplicatesOf(db: Transaction<DB>, itemIds: readonly string[]) {
  return db
    .selectFrom('items')
    .select(['id', 'noticeId', 'duplicateOf', 'attribution'])
    .where('duplicateOf', 'in', itemIds)
    .where('withdrawnAt', 'is', null)
    .where('closedAt', 'is', null)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
}

export async function selectAddressees(
  db: Kysely<DB>,
  of: { noticeId?: string; itemId?: string; orgId?: string },
): Promise<Addressee[]> {
  let query = db.selectFrom('addressees').selectAll()
  if (of.noticeId !== undefined) query = query.where('noticeId', '=', of.noticeId)
  if (of.itemId !== undefined) query = query.where('itemId', '=', of.itemId)
  if (of.orgId !== undefined) query = query.where('orgId', '=', of.orgId)
  return (await query.orderBy('itemId').orderBy('orgId').execute()).map(addresseeOf)
}

export async function lockAddressees(
  db: Transaction<DB>,
  of: { noticeId: string; orgId?: string; itemId?: string; itemIds?: readonly string[] | null },
): Promise<Addressee[]> {
  let query = db.selectFrom('addressees').selectAll().where('noticeId', '=', of.noticeId)
  if (of.itemIds) query = query.where('itemId', 'in', of.itemIds.length === 0 ? [''] : [...of.itemIds])
  if (of.orgId !== undefined) query = query.where('orgId', '=', of.orgId)
  if (of.itemId !== undefined) query = query.where('itemId', '=', of.itemId)
  return (await query.orderBy('itemId').orderBy('orgId').forNoKeyUpdate().execute()).map(addresseeOf)
}

export async function updateAddressee(
  db: Transaction<DB>,
  key: { itemId: string; orgId: string },
  change: {
    offeredAt?: Date
    receivedAt?: Date
    dueAt?: Date | null
    obstacles?: Addressee['obstacles']
    endedAt?: Date | null
    deadlinePassedAt?: Date | null
  },
) {
  const { obstacles, ...rest } = change
  await db
    .updateTable('addressees')
    .set(obstacles === undefined ? rest : { ...rest, obstacles: JSON.stringify(obstacles) })
    .where('itemId', '=', key.itemId)
    .where('orgId', '=', key.orgId)
    .execute()
}

/** Clocks that are over and that nobody noted yet; another worker's are left to it. */
export async function lockOverdue(db: Transaction<DB>, now: Date, limit: number): Promise<Addressee[]> {
  const rows = await db
    .selectFrom('addressees')
    .selectAll()
    .where('dueAt', '<', now)
    .where('endedAt', 'is', null)
    .where('deadlinePassedAt', 'is', null)
    .orderBy('dueAt')
    .limit(limit)
    .forNoKeyUpdate()
    .skipLocked()
    .execute()
  return rows.map(addresseeOf)
}

/** Clocks with an instant that has not come yet; another worker's are left to it. In the order of their chains. */
export async function lockClocksAhead(db: Transaction<DB>, ahead: Date, limit: number): Promise<Addressee[]> {
  const rows = await db
    .selectFrom('addressees')
    .selectAll()
    .where((where) =>
      where.or([where('receivedAt', '>', ahead), where('endedAt', '>', ahead), where('deadlinePassedAt', '>', ahead)]),
    )
    .orderBy('noticeId')
    .orderBy('itemId')
    .limit(limit)
    .forNoKeyUpdate()
    .skipLocked()
    .execute()
  return rows.map(addresseeOf)
}

function noticeOf(row: Selectable<DB['notices']>): Notice {
  return row as unknown as Notice
}

export function addresseeOf(row: Selectable<DB['addressees']>): Addressee {
  const obstacles = row.obstacles as unknown as { from: string; until: string | null }[]
  return {
    ...row,
    role: row.role as Addressee['role'],
    obstacles: obstacles.map(({ from, until }) => ({ from: new Date(from), until: until ? new Date(until) : null })),
  }
}
