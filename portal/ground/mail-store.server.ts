import { type Kysely, sql } from 'kysely'
import type { DB, OutgoingMail } from './ground.ts'

/** The same id is kept once. */
export async function keepMail(db: Kysely<DB>, mail: OutgoingMail, sentAt: Date): Promise<void> {
  await db
    .insertInto('mailbox')
    .values({ id: mail.id, recipient: mail.to, subject: mail.subject, body: mail.text, sentAt })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}

/** Before it is sent, so that what comes back at once finds it. True where it was taken by the mail server before. */
export async function prepareMail(db: Kysely<DB>, mailId: string, mail: OutgoingMail, now: Date): Promise<boolean> {
  const { orgId, contactId, recipientId, purpose, of, noticeId, deliveryId } = mail.about
  await db
    .insertInto('mails')
    .values({
      id: mailId,
      key: mail.id,
      orgId: orgId ?? null,
      contactId: contactId ?? null,
      recipientId: recipientId ?? null,
      aboutId: of,
      purpose,
      noticeId: noticeId ?? null,
      deliveryId: deliveryId ?? null,
      recipientDomain: mail.to.slice(mail.to.lastIndexOf('@') + 1).toLowerCase(),
      state: 'sending',
      preparedAt: now,
      changedAt: now,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
  const row = await db.selectFrom('mails').select('sentAt').where('id', '=', mailId).executeTakeFirst()
  return row !== undefined && row.sentAt !== null
}

/** False where it was noted before. What came back in the meantime keeps its state. */
export async function markMailSent(db: Kysely<DB>, mailId: string, now: Date): Promise<boolean> {
  const done = await db
    .updateTable('mails')
    .set({ sentAt: now, state: sql`case when state = 'sending' then 'sent' else state end`, changedAt: now })
    .where('id', '=', mailId)
    .where('sentAt', 'is', null)
    .executeTakeFirst()
  return done.numUpdatedRows > 0n
}
