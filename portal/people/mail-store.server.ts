import type { Kysely, Selectable, Transaction } from 'kysely'
import type { DB, MailPurpose } from '../ground/ground.ts'

export type MailRow = Selectable<DB['mails']>

export function lockMail(db: Transaction<DB>, mailId: string): Promise<MailRow | undefined> {
  return db.selectFrom('mails').selectAll().where('id', '=', mailId).forNoKeyUpdate().executeTakeFirst()
}

export function lockMailByKey(db: Transaction<DB>, key: string): Promise<MailRow | undefined> {
  return db.selectFrom('mails').selectAll().where('key', '=', key).forNoKeyUpdate().executeTakeFirst()
}

/** All about one thing, in one order. */
export function lockMailsAbout(db: Transaction<DB>, aboutId: string): Promise<MailRow[]> {
  return db.selectFrom('mails').selectAll().where('aboutId', '=', aboutId).orderBy('id').forNoKeyUpdate().execute()
}

/** Mails that ask for something, sent before then, of which nothing is known. */
export async function selectUnanswered(
  db: Kysely<DB>,
  { purposes, before, limit }: { purposes: readonly MailPurpose[]; before: Date; limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom('mails')
    .select('id')
    .where('state', 'in', ['sent', 'delayed'])
    .where('purpose', '<>', 'pointer')
    .where('purpose', 'in', [...purposes])
    .where('sentAt', '<=', before)
    .orderBy('sentAt')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

/** The newest mail for this about one thing. */
export function selectMailAbout(db: Kysely<DB>, aboutId: string, purpose: MailPurpose): Promise<MailRow | undefined> {
  return db
    .selectFrom('mails')
    .selectAll()
    .where('aboutId', '=', aboutId)
    .where('purpose', '=', purpose)
    .orderBy('preparedAt', 'desc')
    .limit(1)
    .executeTakeFirst()
}

export async function updateMail(
  db: Transaction<DB>,
  mailId: string,
  change: Partial<Pick<MailRow, 'state' | 'code' | 'permanent' | 'changedAt'>>,
) {
  await db.updateTable('mails').set(change).where('id', '=', mailId).execute()
}

/** False where the same bytes were taken before. */
export async function insertReceived(
  db: Transaction<DB>,
  row: Omit<Selectable<DB['receivedMails']>, 'seenAt'>,
): Promise<boolean> {
  const done = await db
    .insertInto('receivedMails')
    .values(row)
    .onConflict((conflict) => conflict.column('digest').doNothing())
    .executeTakeFirst()
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Whether this mail was called unwanted before. */
export async function hasComplained(db: Transaction<DB>, mailId: string): Promise<boolean> {
  const row = await db
    .selectFrom('receivedMails')
    .select('id')
    .where('mailId', '=', mailId)
    .where('class', '=', 'feedback')
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** What was sent and came back, newest first; of one organisation, if named. */
export function selectMailFates(db: Kysely<DB>, filter: { orgId?: string; states?: readonly string[]; limit: number }) {
  let query = db
    .selectFrom('mails')
    .leftJoin('organisations', 'organisations.id', 'mails.orgId')
    .selectAll('mails')
    .select('organisations.name as orgName')
  if (filter.orgId !== undefined) query = query.where('mails.orgId', '=', filter.orgId)
  if (filter.states !== undefined) query = query.where('mails.state', 'in', [...filter.states])
  return query.orderBy('mails.preparedAt', 'desc').orderBy('mails.id', 'desc').limit(filter.limit).execute()
}

export function selectReceivedOf(db: Kysely<DB>, mailIds: readonly string[]) {
  if (mailIds.length === 0) return Promise.resolve([])
  return db
    .selectFrom('receivedMails')
    .select(['id', 'mailId', 'class', 'code', 'receivedAt', 'seenAt'])
    .where('mailId', 'in', [...mailIds])
    .orderBy('receivedAt')
    .orderBy('id')
    .execute()
}

export function lockReceived(db: Transaction<DB>, id: string) {
  return db.selectFrom('receivedMails').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst()
}

export async function setReceivedSeen(db: Transaction<DB>, id: string, now: Date) {
  await db.updateTable('receivedMails').set({ seenAt: now }).where('id', '=', id).execute()
}
