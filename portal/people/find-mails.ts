import type { Ground, MailPurpose } from '../ground/ground.ts'
import type { MailState } from './mail.ts'
import { selectMailFates, selectReceivedOf } from './mail-store.server.ts'
import { type Actor, may } from './may.ts'

/** A mail that we sent and what came back. No text, and of the mailbox only what stands behind the @. */
export interface SentMailView {
  id: string
  /** Null for what is a person's own, and where there is no organisation yet. */
  orgId: string | null
  orgName: string | null
  contactId: string | null
  noticeId: string | null
  purpose: MailPurpose
  domain: string
  state: MailState
  code: string | null
  sentAt: string | null
  changedAt: string
  received: { id: string; class: string; code: string | null; receivedAt: string; seenAt: string | null }[]
}

/** What became of mails, newest first: for the platform's desk. */
export async function findMails(
  ground: Ground,
  actor: Actor,
  filter: { orgId?: string; states?: readonly MailState[]; limit?: number } = {},
): Promise<{ result: 'found'; mails: SentMailView[] } | { result: 'forbidden' }> {
  if (!may(actor, 'mails.read')) return { result: 'forbidden' }
  const rows = await selectMailFates(ground.db.read, { ...filter, limit: filter.limit ?? 100 })
  const received = await selectReceivedOf(
    ground.db.read,
    rows.map(({ id }) => id),
  )
  const mails = rows.map((row) => ({
    id: row.id,
    orgId: row.orgId,
    orgName: row.orgName,
    contactId: row.contactId,
    noticeId: row.noticeId,
    purpose: row.purpose as MailPurpose,
    domain: row.recipientDomain,
    state: row.state as MailState,
    code: row.code,
    sentAt: row.sentAt?.toISOString() ?? null,
    changedAt: row.changedAt.toISOString(),
    received: received
      .filter(({ mailId }) => mailId === row.id)
      .map((one) => ({
        id: one.id,
        class: one.class,
        code: one.code,
        receivedAt: one.receivedAt.toISOString(),
        seenAt: one.seenAt?.toISOString() ?? null,
      })),
  }))
  return { result: 'found', mails }
}
