import { eventTypes } from '@noticeline/sdk/protocol'
import type { Ground } from '../ground/ground.ts'
import { noteAnswered } from '../people/note-answered.ts'
import { confirmDelivery } from './accept-receipt.ts'
import { type AnswerLink, type OpenedAnswerLink, readAnswerToken, stateOfLink } from './answer-link.ts'
import { type AnswerLinkRow, lockLink, selectPointingMail, updateLink } from './answer-link-store.server.ts'
import { lockDelivery, lockIssuedDelivery } from './delivery-store.server.ts'

const hour = 3_600_000
/** More than slips of the pen. */
const mostWrong = 10

export type ConfirmedByLink =
  | { result: 'confirmed'; link: AnswerLink }
  | { result: 'wrong-number'; left: number }
  | { result: 'limited'; until: Date }
  | Exclude<OpenedAnswerLink, { result: 'valid' }>

/**
 * Somebody at the provider typed the notice's number on the page of the link: that is the receipt, of grade
 * `form_confirmed`, and starts the clock. Typed again it changes nothing. Wrong numbers count, and too many of them close
 * the page for an hour.
 */
export function confirmByLink(ground: Ground, token: string, typed: string): Promise<ConfirmedByLink> {
  const linkId = readAnswerToken(ground, token)
  if (!linkId) return Promise.resolve({ result: 'unknown' })
  return ground.db.transaction(async (tx): Promise<ConfirmedByLink> => {
    const row = await lockLink(tx.db, linkId) // for update: guesses at once are counted one after the other
    const opened = stateOfLink(row, tx.now)
    if (opened.result !== 'valid' || !row) return opened.result === 'valid' ? { result: 'unknown' } : opened
    const wrong = wrongSoFar(row, tx.now)
    if (wrong >= mostWrong) return { result: 'limited', until: new Date((row.wrongSince ?? tx.now).getTime() + hour) }
    if (!isNumberOf(row.noticeId, typed)) {
      await updateLink(tx.db, linkId, { wrongNumbers: wrong + 1, wrongSince: wrong === 0 ? tx.now : row.wrongSince })
      return { result: 'wrong-number', left: mostWrong - wrong - 1 }
    }
    const { noticeId, orgId, deliveryId, withdrawn } = opened
    // A link may be older than the newest revision: what is shown, and received, is everything that is addressed to them.
    const delivery = withdrawn
      ? await lockDelivery(tx.db, deliveryId)
      : await lockIssuedDelivery(tx.db, noticeId, orgId, eventTypes.issued)
    if (!delivery) return { result: 'unknown' }
    if (row.confirmedAt === null) {
      await updateLink(tx.db, linkId, { confirmedAt: tx.now, wrongNumbers: 0, wrongSince: null })
      const key = await selectPointingMail(tx.db, row)
      if (key) await noteAnswered(tx, key)
    }
    await confirmDelivery(tx, { orgId, grade: 'form_confirmed' }, delivery)
    return { result: 'confirmed', link: { ...opened, confirmedAt: row.confirmedAt ?? tx.now } }
  })
}

/** Typed by hand or pasted: spaces and case do not matter, every other character does. */
export function isNumberOf(noticeId: string, typed: string): boolean {
  return typed.replace(/\s+/g, '').toLowerCase() === noticeId
}

function wrongSoFar(row: Pick<AnswerLinkRow, 'wrongNumbers' | 'wrongSince'>, now: Date): number {
  return row.wrongSince === null || now.getTime() - row.wrongSince.getTime() >= hour ? 0 : row.wrongNumbers
}
