import type { OutboxReport, ReportChange } from './outbox.ts'

/**
 * Where a stored message stands. `waiting`: a handler has still to run. `done`: nothing is left to do. `dead`: its
 * handler failed too often; it is kept until you ask for another try. `quarantined`: its version is not understood.
 */
export type MessageState = 'waiting' | 'done' | 'dead' | 'quarantined'

/** One verified token, as it is kept. */
export interface InboxMessage {
  /** Issuer and token id: the key against which repeats are recognised. */
  readonly id: string
  readonly iss: string
  readonly jti: string
  /** The notice it belongs to, where it belongs to one. */
  readonly txn: string | null
  readonly seq: number | null
  /** Short for our own events (`notice.issued`), whole for those of others. */
  readonly type: string
  /** Ids of the items it names. */
  readonly items: readonly string[]
  readonly setSha256: string
  /** The signed token itself, never the envelope. Without its contents once its notice is closed: `header..signature`. It names addresses: seal it at rest. */
  readonly raw: string
  readonly receivedAt: string
  readonly state: MessageState
  readonly attempts: number
  /** Not before this instant. */
  readonly nextAt: string
  /** Items for which a handler has run to its end. */
  readonly handled: readonly string[]
  /** Why it is done without having run, or how its handler failed last. */
  readonly note: string | null
}

/** What may change about a stored message. */
export type MessagePatch = Partial<
  Pick<InboxMessage, 'state' | 'attempts' | 'nextAt' | 'handled' | 'note' | 'raw' | 'type' | 'items' | 'txn' | 'seq'>
>

/** Changes that are written together or not at all. */
export interface InboxChange {
  readonly messages?: readonly { readonly id: string; readonly patch: MessagePatch }[]
  readonly addReports?: readonly OutboxReport[]
  readonly reports?: readonly ReportChange[]
}

/** How many messages and reports there are in each state. */
export interface InboxCounts {
  readonly messages: Readonly<Record<MessageState, number>>
  readonly reports: Readonly<Record<OutboxReport['state'], number>>
}

/** Whether a message was new. */
export type AddResult =
  | { readonly result: 'added' }
  /** The same issuer and token id were stored before; whether with the same bytes is for the caller to compare. */
  | { readonly result: 'known'; readonly message: InboxMessage }

/**
 * Where messages wait for their handlers and reports wait for the portal. What it promises, `inboxConformance` checks:
 *
 * - a promise that resolves means *durable*: what it wrote survives the process and, for stores on disk, the machine;
 * - `add` and `change` happen as a whole or not at all, and of two `add`s of one id exactly one answers `added`;
 * - a rejected promise means that nothing of it was written;
 * - messages come back in the order in which they were added, and so do reports;
 * - one receiver uses a place at a time: `open` of a second store on it rejects with `store_in_use`.
 */
export interface InboxStore {
  /** Called once, before anything else. */
  open(): Promise<void>
  add(message: InboxMessage, reports: readonly OutboxReport[]): Promise<AddResult>
  change(change: InboxChange): Promise<void>
  find(id: string): Promise<InboxMessage | null>
  /** Everything about one notice. */
  thread(txn: string): Promise<InboxMessage[]>
  messages(state: MessageState): Promise<InboxMessage[]>
  reports(state: OutboxReport['state']): Promise<OutboxReport[]>
  counts(): Promise<InboxCounts>
  /** Small named texts: the portal's keys as last fetched, the endpoint as registered. */
  setting(name: string): Promise<string | null>
  keep(name: string, value: string): Promise<void>
  /** Drops notices of which everything is done and was received before, and reports sent of them. Answers how many messages went. */
  forget(before: Date): Promise<number>
  /** Resolves when everything accepted is durable. Afterwards every call rejects with `store_closed`. */
  close(): Promise<void>
}
