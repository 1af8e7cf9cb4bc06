import type { AppliedScope, BesideCode, outcomeReasons } from '../protocol.ts'

/** What may stand beside every outcome. What is left out reads as unknown. */
interface Always {
  /** The item's id. */
  readonly item: string
  /** When it took effect, by your clock: UTC with milliseconds, as `new Date().toISOString()` says it. What has not come yet is reported as now. */
  readonly at: string
  readonly by: 'auto' | 'human'
  /** What was done beside the outcome. */
  readonly also?: BesideCode | readonly BesideCode[]
  /** What the measure reached. */
  readonly scope_applied?: AppliedScope
  /** What else became unreachable by it. */
  readonly collateral?: string
  readonly police_informed?: 'yes' | 'no' | 'unknown'
  /** What was kept, where `context.preservation` allows to keep it. */
  readonly preserved?: { readonly sha256: string; readonly until: string }
  readonly note?: string
}

/** Members of the other outcomes: naming one beside a code that has no use for it does not compile. */
type Only<Own extends string> = {
  readonly [name in Exclude<'since' | 'territory' | 'reason' | 'downstream' | 'of', Own>]?: never
}

type Reason<Code extends keyof typeof outcomeReasons> = (typeof outcomeReasons)[Code][number]

/** It is gone from the place where it was. */
export type ContentRemoved = Always & Only<never> & { readonly outcome: 'content_removed' }

/** Nobody in `territory` can reach it: everywhere, in the Union, or in the countries named. */
export type AccessDisabled = Always &
  Only<'territory'> & {
    readonly outcome: 'access_disabled'
    readonly territory: readonly ['worldwide'] | readonly ['eu'] | readonly [string, ...string[]]
  }

/** It was gone before, since `since`. */
export type AlreadyUnavailable = Always &
  Only<'since'> & { readonly outcome: 'already_unavailable'; readonly since: string }

/** You are the wrong addressee; the reason decides who is asked next. */
export type NotHostedHere = Always &
  Only<'reason'> & { readonly outcome: 'not_hosted_here'; readonly reason: Reason<'not_hosted_here'> }

/** Handed to a customer who can act on it. You stay accountable. */
export type Forwarded = Always & Only<'downstream'> & { readonly outcome: 'forwarded'; readonly downstream: string }

/** Not possible at present; what that does to the clock stands in `deadline.on_obstacle`. */
export type CannotExecute = Always &
  Only<'reason'> & { readonly outcome: 'cannot_execute'; readonly reason: Reason<'cannot_execute'> }

/** You will not do it. */
export type Refused = Always & Only<'reason'> & { readonly outcome: 'refused'; readonly reason: Reason<'refused'> }

/** The same as another item, named by `of`. */
export type Duplicate = Always & Only<'of'> & { readonly outcome: 'duplicate'; readonly of: string }

/** Put back after a withdrawal. */
export type Reinstatement = Always & Only<never> & { readonly outcome: 'reinstated' }

/** What was done about one item: the code, and what this code cannot do without. */
export type Outcome =
  | ContentRemoved
  | AccessDisabled
  | AlreadyUnavailable
  | NotHostedHere
  | Forwarded
  | CannotExecute
  | Refused
  | Duplicate
