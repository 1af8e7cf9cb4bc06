import type { Reach } from '../policies/rule.ts'
import type { AppliedScope, NoticeIssued, NoticeItem } from '../protocol.ts'
import type { Deadline } from '../receiver/handlers.ts'
import type { AccessDisabled, AlreadyUnavailable, CannotExecute, NotHostedHere } from '../receiver/outcomes.ts'

/** What can be kept in a store and comes back as it was. */
export type Kept = null | boolean | number | string | readonly Kept[] | { readonly [name: string]: Kept | undefined }

/** One item of one notice, as the steps know it. What was found there, and under which regime, is none of their business. */
export interface CaseRef {
  /** The key under which an effect is done once: the same for every run of every step about this item. */
  readonly id: string
  /** What to write where customers and resellers read it: a number, and nothing about what was found. */
  readonly reason: string
  readonly item: string
  readonly deadline: Deadline | null
  /** Aborts when the receiver stops. A step that ends early by throwing is run again. */
  readonly signal: AbortSignal
  now(): Date
}

/** What an item is on the machines of the host. */
export type Resolved<Target> =
  | {
      readonly found: true
      /** Whatever the other steps need. It is kept, sealed: an account, a site, a path, no content. */
      readonly target: Target
      /** What the measure would make unreachable. */
      readonly reach: Reach
    }
  | { readonly found: false; readonly outcome: 'not_hosted_here'; readonly reason: NotHostedHere['reason'] }
  | { readonly found: false; readonly outcome: 'cannot_execute'; readonly reason: CannotExecute['reason'] }
  | { readonly found: false; readonly outcome: 'already_unavailable'; readonly since: AlreadyUnavailable['since'] }

/** What was done. */
export interface Measure {
  readonly scope_applied: AppliedScope
  /** What else became unreachable by it. */
  readonly collateral?: string
  /** The content itself left the place where it stood; otherwise the way to it was closed. */
  readonly removed?: boolean
  /** Where nobody can reach it; everywhere unless said otherwise. */
  readonly territory?: AccessDisabled['territory']
}

/** What was kept. Never the bytes. */
export interface Preserved {
  readonly sha256: string
  readonly bytes: number
  /** Where your company finds it. */
  readonly where: string
  readonly until: string
}

/** What was destroyed. */
export interface Purged {
  /** One for each layer: `nginx`, `varnish`, the name of a CDN. */
  readonly layer: string
}

/** What one look through the public path saw; the words are those of observations. */
export interface Sighting {
  readonly result:
    | 'online'
    | 'gone_http'
    | 'gone_dns'
    | 'gone_host'
    | 'access_denied'
    | 'moved'
    /** Nothing to go by: a 200 with an empty body, a time-out. */
    | 'inconclusive'
}

/**
 * What an integration fills in. Each step may run again, after a failure or a crash, and does then what makes doing it
 * twice doing it once: keyed by `case.id`, with "already so" for success. What a step answers is durable before the next
 * begins. A step never logs what a panel answered, and never fetches the content.
 */
export interface Steps<Target extends Kept, State extends Kept> {
  /** Which account, site or file it is, and how far a measure would reach. Reads only. */
  resolve(item: NoticeItem, ref: CaseRef): Promise<Resolved<Target>>
  /**
   * The state as it stands now, whole: what `undo` has to restore, and by which another's hand is told from ours. It is
   * read and kept before `block`, after it, and before `undo`.
   */
  state(target: Target, ref: CaseRef): Promise<State>
  /** Makes it unreachable, reversibly, and no more than that. */
  block(target: Target, before: State, ref: CaseRef): Promise<Measure>
  /** The bigger hammer for items of scope `account`, in the place of `block`; never unless the option `suspend` is on. */
  suspend?(target: Target, before: State, ref: CaseRef): Promise<Measure>
  /**
   * Keeps a copy. Called only where the notice names a legal basis, for material of sexual abuse of children only where
   * that basis is law enforcement.
   */
  preserve?(target: Target, ref: CaseRef & { readonly preservation: NoticeIssued['preservation'] }): Promise<Preserved>
  /** Every cache that may still hold it. */
  purge?(target: Target, ref: CaseRef): Promise<readonly Purged[]>
  /** One look from outside, by the address of the notice: HEAD, a name server, a connection. Called several times. */
  verify(item: NoticeItem, target: Target, ref: CaseRef): Promise<Sighting>
  /** Puts back the state read before `block`. Called only while the state is the one that we made. */
  undo(target: Target, before: State, ref: CaseRef): Promise<void>
  /** Deletes for good what was set aside or kept. Called once the notice is closed and no hold runs any more. */
  destroy?(target: Target, preserved: Preserved | null, ref: CaseRef): Promise<void>
  /**
   * Deletes the copy that `preserve` kept, and nothing else: what it was made of has been put back and is nobody's to take.
   * Called once its `until` has passed.
   */
  discard?(target: Target, preserved: Preserved, ref: CaseRef): Promise<void>
}

/** The steps of a removal. */
export type StepName =
  | 'resolve'
  | 'state'
  | 'block'
  | 'suspend'
  | 'preserve'
  | 'purge'
  | 'verify'
  | 'undo'
  | 'destroy'
  | 'discard'

/** A step failed. It names the step and the item; what went wrong is its `cause`, which may quote anything. */
export class StepFailed extends Error {
  readonly step: StepName
  readonly item: string

  constructor(step: StepName, item: string, cause: unknown) {
    super(`The step ${step} failed for ${item}${cause instanceof Error ? ` (${cause.name})` : ''}.`, { cause })
    this.name = 'StepFailed'
    this.step = step
    this.item = item
  }
}
