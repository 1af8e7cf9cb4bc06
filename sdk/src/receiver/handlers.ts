import type {
  DeadlineChanged,
  DisputeAnswered,
  HashRecalled,
  NoticeClosed,
  NoticeCorrected,
  NoticeIssued,
  NoticeWithdrawn,
} from '../protocol.ts'
import type { Outcome, Reinstatement } from './outcomes.ts'

/** What a handler did: one outcome an item. `undefined` says "later": then send them with `receiver.report`. */
export type Answer<Result> = Promise<readonly Result[] | undefined> | readonly Result[] | undefined

/**
 * One function per message. Each runs after the 202, from the inbox, one at a time per notice, and runs again when it
 * throws or when the process dies before its end: do everything so that doing it twice is doing it once, keyed by
 * `context.caseId` and the item's id. What it returns is signed and reported.
 */
export interface Handlers {
  /**
   * Items to be dealt with. Items withdrawn, closed or handled meanwhile are left out, corrected ones stand as corrected.
   * Addresses were checked to come from the portal, not to be harmless: parse them as you would a stranger's.
   */
  'notice.issued'(notice: NoticeIssued, context: NoticeContext): Answer<Outcome>
  /**
   * The notice was a mistake, for the items named: put back what you took down and answer `reinstated`. It runs even
   * where nothing was taken down (`context.handled` says for which items a handler ran to its end).
   */
  'notice.withdrawn'(withdrawal: NoticeWithdrawn, context: NoticeContext): Answer<Reinstatement | Outcome>
  /** Items as they should have been. Where `notice.issued` has not run yet, it sees them already corrected. */
  'notice.corrected'?(correction: NoticeCorrected, context: NoticeContext): Answer<Outcome>
  /** Another time to be done by; `context.deadline` follows it by itself. */
  'deadline.changed'?(change: DeadlineChanged, context: NoticeContext): Answer<Outcome>
  /** Nothing more will be asked: delete for good what you set aside. Never runs before an earlier withdrawal has. */
  'notice.closed'?(closing: NoticeClosed, context: NoticeContext): Answer<Outcome>
  'dispute.answered'?(answer: DisputeAnswered, context: NoticeContext): Answer<Outcome>
  'hash.recalled'?(recall: HashRecalled, context: HandlerContext): Promise<void> | void
  /** Whatever has no handler here: later event types, events of others, and those above that you left out. */
  onUnknown?(unknown: UnknownMessage, context: HandlerContext): Promise<void> | void
}

/** A message for which there is no handler here. */
export interface UnknownMessage {
  /** The whole event type, as the token says it. */
  readonly type: string
  readonly body: unknown
}

/** What a handler gets beside its message. */
export interface HandlerContext {
  /** When the token was stored here, by this receiver's clock. */
  readonly receivedAt: Date
  /** 1 on the first run. */
  readonly attempt: number
  /** Aborts when the receiver stops. A handler that ends early by throwing runs again after the next start. */
  readonly signal: AbortSignal
  /** The signed statement itself, for your own files. */
  readonly token: { readonly jti: string; readonly setSha256: string; readonly raw: string }
  now(): Date
}

/** What a handler gets beside a message about a notice. */
export interface NoticeContext extends HandlerContext {
  /**
   * The same for every run, repeat, reissue, correction and withdrawal of one notice: the key under which an effect is
   * done once, and the reason to write into a control panel (it says nothing about what was found).
   */
  readonly caseId: string
  /**
   * For an interface that takes an idempotency key: what this message asks for this item. The same for every run, repeat
   * and reissue; another for putting back, and for what is asked again after that. ASCII without blanks, at most 255.
   */
  idempotencyKey(item: string): string
  /** The revision being answered. */
  readonly seq: number
  /** The newest issue of this notice that is held, for messages that name items by id only. Null when it never came. */
  readonly notice: NoticeIssued | null
  /** Items of this notice for which a handler ran to its end before. */
  readonly handled: readonly string[]
  readonly deadline: Deadline | null
  /** What may be kept, and on which basis. `none` unless the notice says otherwise: then nothing is copied anywhere. */
  readonly preservation: NoticeIssued['preservation']
}

/** By when a notice is to be dealt with. */
export interface Deadline {
  readonly due: Date
  /** Milliseconds left by the receiver's clock; negative when it has passed. */
  remaining(): number
}
