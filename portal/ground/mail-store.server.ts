import type { Kysely } from 'kysely'
import type { DB, OutgoingMail } from './ground.ts'

/** The same id is kept once. */
export async function keepMail(db: Kysely<DB>, mail: OutgoingMail, sentAt: Date): Promise<void> {
  await db
    .insertInto('mailbox')
    .values({ id: mail.id, recipient: mail.to, subject: mail.subject, body: mail.text, sentAt })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}
