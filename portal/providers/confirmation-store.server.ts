import type { Kysely, Selectable, Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'

export type ConfirmationRow = Selectable<DB['contactConfirmations']>

export async function insertConfirmation(
  db: Transaction<DB>,
  row: Pick<
    ConfirmationRow,
    'id' | 'contactId' | 'orgId' | 'why' | 'codeMac' | 'mailboxMac' | 'requestedAt' | 'expiresAt'
  >,
): Promise<void> {
  await db.insertInto('contactConfirmations').values(row).execute()
}

export function selectConfirmation(db: Kysely<DB>, id: string): Promise<ConfirmationRow | undefined> {
  return db.selectFrom('contactConfirmations').selectAll().where('id', '=', id).executeTakeFirst()
}

/** The newest of a contact, newest first. The contact's row is locked by whoever is going to change one. */
export function selectConfirmations(db: Kysely<DB>, contactId: string, limit: number): Promise<ConfirmationRow[]> {
  return db
    .selectFrom('contactConfirmations')
    .selectAll()
    .where('contactId', '=', contactId)
    .orderBy('requestedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

export async function updateConfirmation(
  db: Transaction<DB>,
  id: string,
  change: Partial<Pick<ConfirmationRow, 'tries' | 'consumedAt' | 'voidedAt'>>,
): Promise<void> {
  await db.updateTable('contactConfirmations').set(change).where('id', '=', id).execute()
}

export async function voidConfirmations(db: Transaction<DB>, contactId: string, at: Date): Promise<void> {
  await db
    .updateTable('contactConfirmations')
    .set({ voidedAt: at })
    .where('contactId', '=', contactId)
    .where('consumedAt', 'is', null)
    .where('voidedAt', 'is', null)
    .execute()
}

/** How many codes were asked for since: for one contact, for one mailbox whoever named it, by one organisation. */
export async function countAsked(
  db: Kysely<DB>,
  of: { contactId: string; mailboxMac: Buffer; orgId: string },
  since: { hour: Date; day: Date },
): Promise<{ contact: number; mailbox: number; organisation: number }> {
  const count = async (column: 'contactId' | 'mailboxMac' | 'orgId', value: string | Buffer, from: Date) => {
    const row = await db
      .selectFrom('contactConfirmations')
      .select((select) => select.fn.countAll<number>().as('count'))
      .where(column, '=', value as never)
      .where('why', '=', 'verify')
      .where('requestedAt', '>', from)
      .executeTakeFirstOrThrow()
    return Number(row.count)
  }
  return {
    contact: await count('contactId', of.contactId, since.hour),
    mailbox: await count('mailboxMac', of.mailboxMac, since.day),
    organisation: await count('orgId', of.orgId, since.day),
  }
}
