import type { Handlers, NoticeContext, NoticeIssued, Outcome, Reinstatement } from '../src/index.ts'
import type { ItemOutcome } from '../src/protocol.ts'

const always = { item: 'itm_1', at: '2026-11-21T09:00:00.000Z', by: 'auto' } as const

export const right: Outcome[] = [
  { ...always, outcome: 'content_removed' },
  { ...always, outcome: 'content_removed', also: 'account_terminated', scope_applied: 'file', collateral: 'none' },
  { ...always, outcome: 'content_removed', also: ['account_terminated', 'service_suspended'], police_informed: 'yes' },
  { ...always, outcome: 'access_disabled', territory: ['worldwide'] },
  { ...always, outcome: 'access_disabled', territory: ['NL', 'BE'] },
  { ...always, outcome: 'already_unavailable', since: always.at },
  { ...always, outcome: 'not_hosted_here', reason: 'ip_not_ours' },
  { ...always, outcome: 'forwarded', downstream: 'org_saltmarsh' },
  { ...always, outcome: 'cannot_execute', reason: 'police_hold' },
  { ...always, outcome: 'refused', reason: 'requires_court_order' },
  { ...always, outcome: 'duplicate', of: 'itm_0' },
]

// @ts-expect-error: by is required in every outcome
export const whoDidIt: Outcome = { item: 'itm_1', at: always.at, outcome: 'content_removed' }
// @ts-expect-error: at is required in every outcome
export const when: Outcome = { item: 'itm_1', by: 'auto', outcome: 'content_removed' }
// @ts-expect-error: a program or a person, nobody else
export const somebody: Outcome = { ...always, by: 'nobody', outcome: 'content_removed' }
// @ts-expect-error: no such code
export const unknownCode: Outcome = { ...always, outcome: 'deleted' }
// @ts-expect-error: access_disabled needs its territory
export const nowhere: Outcome = { ...always, outcome: 'access_disabled' }
// @ts-expect-error: no territory is no territory
export const emptyTerritory: Outcome = { ...always, outcome: 'access_disabled', territory: [] }
// @ts-expect-error: content that was removed is gone everywhere
export const removedSomewhere: Outcome = { ...always, outcome: 'content_removed', territory: ['eu'] }
// @ts-expect-error: already_unavailable needs since
export const sinceWhen: Outcome = { ...always, outcome: 'already_unavailable' }
// @ts-expect-error: not_hosted_here needs a reason
export const noReason: Outcome = { ...always, outcome: 'not_hosted_here' }
// @ts-expect-error: this is a reason for not_hosted_here
export const foreignReason: Outcome = { ...always, outcome: 'cannot_execute', reason: 'ip_not_ours' }
// @ts-expect-error: a refusal without a reason says so: no_reason_given
export const bareRefusal: Outcome = { ...always, outcome: 'refused' }
// @ts-expect-error: forwarded to whom?
export const toWhom: Outcome = { ...always, outcome: 'forwarded' }
// @ts-expect-error: a duplicate of what?
export const ofWhat: Outcome = { ...always, outcome: 'duplicate' }
// @ts-expect-error: accounts are terminated beside an outcome, never instead of one
export const onlyTheAccount: Outcome = { ...always, outcome: 'account_terminated' }
// @ts-expect-error: put back only after a withdrawal
export const putBackUnasked: Outcome = { ...always, outcome: 'reinstated' }

export const putBack: Reinstatement = { ...always, outcome: 'reinstated' }

/** What a program may write is what the wire takes, code for code. */
type Codes = (Outcome | Reinstatement)['outcome']
export const everyCode: [ItemOutcome['outcome']] extends [Codes] ? true : never = true
export const noOther: [Codes] extends [ItemOutcome['outcome']] ? true : never = true

export const handlers: Handlers = {
  'notice.issued': async (notice: NoticeIssued, context: NoticeContext) =>
    context.preservation.basis === 'none'
      ? notice.items.map(({ id }) => ({ ...always, item: id, outcome: 'content_removed' as const }))
      : undefined,
  'notice.withdrawn': ({ items }) => items.map((item) => ({ ...always, item, outcome: 'reinstated' })),
  'notice.closed': () => undefined,
}

// @ts-expect-error: a receiver that cannot put back what was taken down by mistake is not finished
export const withoutWayBack: Handlers = { 'notice.issued': () => undefined }

export const putsBackAtOnce: Handlers = {
  // @ts-expect-error: reinstated is no answer to a notice that stands
  'notice.issued': (notice) => notice.items.map(({ id }) => ({ ...always, item: id, outcome: 'reinstated' as const })),
  'notice.withdrawn': () => undefined,
}
