import type { Category, NoticeIssued, Regime } from '../protocol.ts'
import { Refusal } from '../refusals.ts'

/** Every item waits for a person. The rule where none is given. */
export interface Approve {
  readonly rule: 'approve'
}

/** Nothing is done and nothing reported but the receipt; what would have come up is written to `log`. */
export interface Observe {
  readonly rule: 'observe'
}

/** What is listed is acted on at once, within the numbers; everything else waits for a person, and says why. */
export interface Auto {
  readonly rule: 'auto'
  /** Ids of notifiers (`org_…`). Who is not named here waits, whatever it calls itself. */
  readonly notifiers: readonly [string, ...string[]]
  readonly regimes: readonly [Regime, ...Regime[]]
  readonly categories: readonly [Category, ...Category[]]
  /** Items acted on without a person in any 60 minutes, all notices together. */
  readonly itemsAnHour: number
  /**
   * How much of one account may become unreachable without a person in any 24 hours: 0.05 is a twentieth. Below 1 it needs
   * a `reach` that answers `share`; where that is not known, the item waits.
   */
  readonly shareOfAccount: number
}

/** How one kind of notice is dealt with. */
export type Rule = Approve | Auto | Observe

/** Why an item waits for a person. */
export type Why =
  | 'approve'
  | 'notifier_not_listed'
  | 'regime_not_listed'
  | 'category_not_listed'
  | 'items_an_hour'
  | 'share_of_account'
  | 'share_unknown'
  /** It was corrected after a decision, which was about something else. */
  | 'corrected'
  /** More sites or mailboxes than the guard lets through; no decision lifts that, only another `guard`. */
  | 'blast_radius'
  /** For an account or a site, where no `reach` says how much that is. */
  | 'reach_unknown'

/** What a measure would make unreachable. */
export interface Reach {
  readonly sites: number
  readonly mailboxes: number
  /** Whose it is, by a name of yours. */
  readonly account?: string | undefined
  /** The part of that account, 0 to 1. */
  readonly share?: number | undefined
}

/** More than this at one stroke is refused, under every rule. */
export interface Guard {
  readonly sites: number
  readonly mailboxes: number
}

/** Every item waits for a person, who decides with a key of their own. What holds unless a policy says otherwise. */
export const approve = (): Approve => ({ rule: 'approve' })

/** Nothing is done and nothing is reported: what would have been done is written down. */
export const observe = (): Observe => ({ rule: 'observe' })

/** Refuses with `policy_invalid` what would act on everything or on nothing. */
export function auto(given: Omit<Auto, 'rule'>): Auto {
  const { notifiers, regimes, categories, itemsAnHour, shareOfAccount } = given
  const listed = [notifiers, regimes, categories].every(
    (list) => Array.isArray(list) && list.length > 0 && list.every((name) => typeof name === 'string' && name !== ''),
  )
  if (!listed)
    throw new Refusal('policy_invalid', 'auto needs notifiers, regimes and categories, at least one of each.')
  if (!Number.isInteger(itemsAnHour) || itemsAnHour < 1) {
    throw new Refusal('policy_invalid', 'itemsAnHour is a whole number from 1. To act on nothing, use approve.')
  }
  if (!(shareOfAccount > 0 && shareOfAccount <= 1)) {
    throw new Refusal('policy_invalid', 'shareOfAccount is above 0 and at most 1, which is the whole account.')
  }
  return { rule: 'auto', notifiers, regimes, categories, itemsAnHour, shareOfAccount }
}

/** Null where the lists let this notice through. */
export function unlisted(rule: Auto, notice: NoticeIssued): Why | null {
  if (!rule.notifiers.includes(notice.notifier.id)) return 'notifier_not_listed'
  if (!rule.regimes.includes(notice.regime)) return 'regime_not_listed'
  return rule.categories.includes(notice.category) ? null : 'category_not_listed'
}

/** Null where the guard lets this much through. What is not a number is not known to be little. */
export function beyond(guard: Guard, reach: Reach | null): Why | null {
  if (reach === null) return 'reach_unknown'
  return reach.sites <= guard.sites && reach.mailboxes <= guard.mailboxes ? null : 'blast_radius'
}
