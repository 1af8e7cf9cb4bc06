import type { InboxStore } from '../inbox/inbox.ts'
import type { OwnKeys } from './own-keys.ts'
import type { Fetch } from './portal.ts'

/** Where the time comes from. */
export interface Clock {
  now(): Date
}

/**
 * Something a person should know. It names ids and codes only, so it may go to any log or pager.
 *
 * - `token_contested`: a token id came a second time with other bytes; it was refused. Somebody forges, or a key leaked.
 * - `message_dead`: a handler failed too often; see `deadLetters()` and `retry(id)`.
 * - `report_dead`: the portal refused a report for good; see `deadLetters()` and `retry(id)`.
 * - `message_quarantined`: a message in a version this release does not speak. Update the package.
 * - `message_unhandled`: a message for which there is no handler.
 * - `keys_not_refreshed`: the portal's keys could not be fetched for more than a day.
 * - `poll_refused`: the portal refuses to be polled, with `err` its code. Polling goes on once a minute.
 * - `poll_failing`: the portal could not be polled for ten minutes. Polling goes on.
 * - `store_failed`: the store did not take something; the portal was told to come back.
 */
export interface Alarm {
  readonly code:
    | 'token_contested'
    | 'message_dead'
    | 'report_dead'
    | 'message_quarantined'
    | 'message_unhandled'
    | 'keys_not_refreshed'
    | 'poll_refused'
    | 'poll_failing'
    | 'store_failed'
  /** The message or report, as `deadLetters()` names it. */
  readonly id?: string | undefined
  readonly txn?: string | undefined
  /** The portal's code, where it gave one. */
  readonly err?: string | undefined
  readonly since?: string | undefined
}

/** What the parts of one receiver stand on. */
export interface Core {
  readonly issuer: string
  readonly keys: OwnKeys
  readonly store: InboxStore
  readonly clock: Clock
  readonly fetch: Fetch
  readonly alarm: (alarm: Alarm) => void
  /** Aborts when the receiver stops. */
  readonly stopping: AbortSignal
  /** Who we are to the portal; null until that is known. */
  audience(): string | null
  requireAudience(): string
}
