import { sql, type Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'

/** Every contact with the mailbox of this one, locked: two mails at once do not both invite. */
export function lockSameMailbox(db: Transaction<DB>, contactId: string) {
  return db
    .selectFrom('contacts')
    .innerJoin('organisations', 'organisations.id', 'contacts.orgId')
    .select([
      'contacts.id',
      'contacts.source',
      'contacts.invitedAt',
      'contacts.invitedWith',
      'organisations.admittedAt',
      'organisations.suspendedAt',
    ])
    .where(
      sql<boolean>`lower(contacts.email) = (select lower(one.email) from contacts as one where one.id = ${contactId})`,
    )
    .orderBy('contacts.id')
    .forNoKeyUpdate('contacts')
    .execute()
}

export async function setInvited(
  db: Transaction<DB>,
  contactId: string,
  invited: { invitedAt: Date; invitedWith: string },
) {
  await db.updateTable('contacts').set(invited).where('id', '=', contactId).execute()
}
