import { type ItemOutcome, itemsReported } from '@noticeline/sdk/protocol'
import { type ConfirmedByLink, confirmByLink } from '../delivery/confirm-by-link.ts'
import { type InputError, inputErrorsOf } from '../facts/input-error.ts'
import type { Ground } from '../ground/ground.ts'
import { readAddressees, readNotice } from '../notices/read-notice.ts'
import { type Actor, may } from '../people/may.ts'
import { acceptOutcomes } from './accept-outcome.ts'
import { type OutcomeRow, selectOutcomes } from './removal-store.server.ts'

/** One answer for some items, in the wire's words. */
export type LinkAnswer = Pick<ItemOutcome, 'outcome'> &
  Partial<Pick<ItemOutcome, 'since' | 'territory' | 'reason' | 'note'>>

export type AnsweredByLink =
  | { result: 'recorded' | 'already-recorded'; itemIds: string[] }
  | { result: 'invalid'; errors: InputError[] }
  | Exclude<ConfirmedByLink, { result: 'confirmed' }>

/**
 * Answers on the page of a mailed link, with the notice's number beside it: the same receipt as opening it, and the same
 * verb as every other report, of grade `form_confirmed`. `itemIds`: which of those addressed to the link's organisation;
 * null for all. Sent a second time, what is the same is not recorded again.
 */
export async function answerByLink(
  ground: Ground,
  token: string,
  input: { number: string; itemIds: readonly string[] | null; answer: LinkAnswer },
): Promise<AnsweredByLink> {
  const confirmed = await confirmByLink(ground, token, input.number)
  if (confirmed.result !== 'confirmed') return confirmed
  const { noticeId, orgId, contactId } = confirmed.link
  const actor: Actor = { kind: 'contact', contactId, orgId, orgKind: 'provider' }
  const notice = await readNotice(ground.db.read, noticeId)
  const ours = (await readAddressees(ground.db.read, { noticeId, orgId })).map((one) => one.itemId)
  if (!notice || !may(actor, 'reports.add', { addressees: [orgId] })) return { result: 'unknown' }
  const itemIds = input.itemIds === null ? ours : [...new Set(input.itemIds)]
  const report = itemsReported.safeParse({
    v: 1,
    notice: noticeId,
    seq: notice.seq,
    results: itemIds.map((item) => ({
      item,
      at: ground.clock.now().toISOString(),
      by: 'human',
      ...input.answer,
    })),
  })
  if (!report.success) return { result: 'invalid', errors: inputErrorsOf(report.error) }
  const before = await selectOutcomes(ground.db.read, itemIds)
  const results = report.data.results.filter((result) => {
    const last = before.filter((one) => one.itemId === result.item && one.orgId === orgId).at(-1)
    return !last || !isSame(last, result)
  })
  if (results.length === 0) return { result: 'already-recorded', itemIds }
  const accepted = await acceptOutcomes(ground, { orgId, grade: 'form_confirmed' }, { ...report.data, results })
  switch (accepted.result) {
    case 'recorded':
    case 'already-recorded':
      return { result: accepted.result, itemIds }
    case 'invalid':
      return accepted
    case 'unknown-notice':
    case 'not-addressed-to-you':
      return { result: 'unknown' }
  }
}

function isSame(last: OutcomeRow, result: ItemOutcome): boolean {
  return (
    last.code === result.outcome &&
    last.reason === (result.reason ?? null) &&
    (last.since?.toISOString() ?? null) === (result.since ? new Date(result.since).toISOString() : null) &&
    (last.territory ?? []).join() === (result.territory ?? []).join() &&
    // What somebody adds in words is news.
    result.note === undefined
  )
}
