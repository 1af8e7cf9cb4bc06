import type { Kysely } from 'kysely'
import type { DB, MailPurpose } from '../ground/ground.ts'
import type { MailState } from './mail.ts'
import { selectMailAbout } from './mail-store.server.ts'

/** What became of the newest mail about one thing; null where none was sent. Takes `ground.db.read` or the `db` of a transaction. */
export async function findMailFate(
  db: Kysely<DB>,
  aboutId: string,
  purpose: MailPurpose,
): Promise<{ state: MailState; code: string | null; changedAt: Date } | null> {
  const mail = await selectMailAbout(db, aboutId, purpose)
  return mail ? { state: mail.state as MailState, code: mail.code, changedAt: mail.changedAt } : null
}
