/** The link in a pointer mail: one mailbox of one contact, one delivery, one purpose. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { eventTypes } from '@noticeline/sdk/protocol'
import { newId } from '../facts/id.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { keepLink, type lockLink, selectLink } from './answer-link-store.server.ts'
import type { DeliveryRow } from './delivery-store.server.ts'

const day = 86_400_000
// As long as a notice that was not delivered is kept on its way; then it is issued again, with another link.
const linkLives = 30 * day

export interface AnswerLink {
  linkId: string
  noticeId: string
  orgId: string
  contactId: string
  deliveryId: string
  /** Whether the delivery says that the notice was withdrawn: then what is asked is to put back. */
  withdrawn: boolean
  expiresAt: Date
  /** When the number was typed for the first time. */
  confirmedAt: Date | null
}

export type OpenedAnswerLink =
  | ({ result: 'valid' } & AnswerLink)
  /** Not one of ours, or a part of it is missing. */
  | { result: 'unknown' }
  | { result: 'expired'; expiresAt: Date }
  /**
   * The contact was removed, or has another mailbox now; the organisation was suspended, the notice withdrawn or closed, or
   * a newer link was mailed: `why` is for our own pages, which say what to do next.
   */
  | { result: 'revoked'; why: 'revoked' | 'contact' | 'mailbox' | 'suspended' | 'replaced' | 'withdrawn' | 'closed' }

/** What a link in a mail stands for. Opening it changes nothing and counts as nothing: mail scanners open links too. */
export async function openAnswerLink(ground: Ground, token: string): Promise<OpenedAnswerLink> {
  const linkId = readAnswerToken(ground, token)
  if (!linkId) return { result: 'unknown' }
  return stateOfLink(await selectLink(ground.db.read, linkId), ground.clock.now())
}

/** Makes the link of a delivery for one mailbox of a contact; asked again, the same. Its token stands in no table. */
export async function makeAnswerLink(
  ground: Pick<Ground, 'vault'>,
  tx: Tx,
  delivery: Pick<DeliveryRow, 'id' | 'noticeId' | 'orgId'>,
  { contactId, mailbox }: { contactId: string; mailbox: number },
): Promise<{ linkId: string; token: string; expiresAt: Date }> {
  const link = await keepLink(tx.db, {
    id: newId('ans'),
    deliveryId: delivery.id,
    noticeId: delivery.noticeId,
    orgId: delivery.orgId,
    contactId,
    mailbox,
    createdAt: tx.now,
    expiresAt: new Date(tx.now.getTime() + linkLives),
  })
  return { linkId: link.id, token: answerToken(ground, link.id), expiresAt: link.expiresAt }
}

/** The id of a link, if this is a token that we made. */
export function readAnswerToken(ground: Pick<Ground, 'vault'>, token: string): string | null {
  const linkId = /^(ans_[0-9a-z]{26})\.[A-Za-z0-9_-]{43}$/.exec(token)?.[1]
  if (!linkId) return null
  return timingSafeEqual(digest(token), digest(answerToken(ground, linkId))) ? linkId : null
}

export function stateOfLink(link: Awaited<ReturnType<typeof lockLink>>, now: Date): OpenedAnswerLink {
  if (!link) return { result: 'unknown' }
  if (link.expiresAt <= now) return { result: 'expired', expiresAt: link.expiresAt }
  const withdrawn = link.event === eventTypes.withdrawn
  if (link.revokedAt) return { result: 'revoked', why: 'revoked' }
  if (link.suspendedAt) return { result: 'revoked', why: 'suspended' }
  if (link.contact === null) return { result: 'revoked', why: 'contact' }
  if (link.contactMailbox !== link.mailbox) return { result: 'revoked', why: 'mailbox' }
  if (link.replaced) return { result: 'revoked', why: 'replaced' }
  if (link.withdrawnAt && !withdrawn) return { result: 'revoked', why: 'withdrawn' }
  // What was removed by mistake goes back whenever that is seen.
  if (link.closedAt && !withdrawn) return { result: 'revoked', why: 'closed' }
  const { id: linkId, noticeId, orgId, contactId, deliveryId, expiresAt, confirmedAt } = link
  return { result: 'valid', linkId, noticeId, orgId, contactId, deliveryId, withdrawn, expiresAt, confirmedAt }
}

function answerToken(ground: Pick<Ground, 'vault'>, linkId: string): string {
  return `${linkId}.${ground.vault.derive('answer', linkId)}`
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest()
}
