import type { Ground } from '../ground/ground.ts'
import { selectMails } from './mailbox-store.server.ts'

/** A mail as it waits to be read on this machine. */
export interface MailView {
  id: string
  sentAt: string
  recipient: string
  subject: string
  body: string
}

/** What was mailed, newest first. Only the demo and development have a mailbox; anywhere else there is none to read. */
export async function findMailbox(
  ground: Ground,
  limit = 50,
): Promise<{ result: 'found'; mails: MailView[] } | { result: 'no-mailbox' }> {
  const { mode } = ground.config
  if (mode !== 'demo' && mode !== 'development') return { result: 'no-mailbox' }
  const rows = await selectMails(ground.db.read, limit)
  const mails = rows.map(({ id, sentAt, recipient, subject, body }) => ({
    id,
    sentAt: sentAt.toISOString(),
    recipient,
    subject,
    body,
  }))
  return { result: 'found', mails }
}
