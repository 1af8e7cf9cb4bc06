import type { PollMisbehaviour } from './poll-stream.ts'

/** How the portal misbehaves until told otherwise. */
export interface Misbehaviour {
  /** `down`: discovery and keys answer 503. */
  jwks?: 'up' | 'down'
  /** What `/v1/reports` answers instead of taking a report. `hang-up` ends the connection without an answer. */
  reports?: 'taken' | 503 | 400 | 429 | 'hang-up'
  /** How polls are answered. */
  poll?: PollMisbehaviour
  /** The seconds of the `Retry-After` beside a 429 or a 503; 60 unless said otherwise. */
  retryAfter?: number
  /** Offers to polls what is pushed as well, as it does with what push has not settled in time. */
  pollToo?: boolean
  /** How often each token is pushed. */
  copies?: number
  /** Keeps pushes back until `release`, which can turn their order round. */
  hold?: boolean
  /** Seconds by which the portal's clock is ahead. */
  clockSkew?: number
  /** Pushes `application/json` with `sets`, as it does where a firewall refuses the other media type. */
  mediaType?: 'application/secevent+jwt' | 'application/json'
  /** Milliseconds that every answer takes longer. */
  delay?: number
  /** `unpublished`: signs with a key that the published set does not name. */
  signs?: 'own' | 'unpublished'
}

/** What a portal can do to a receiver, by name: `portal.misbehave(faults.drops)`, and `faults.none` to end it. */
export const faults = {
  none: {
    ...{ jwks: 'up', reports: 'taken', poll: 'answered', copies: 1, hold: false, clockSkew: 0, delay: 0, signs: 'own' },
    mediaType: 'application/secevent+jwt',
  },
  /** Refuses reports for good. */
  refuses: { reports: 400 },
  /** Answers reports with 503, and asks to be left alone for a minute. */
  unavailable: { reports: 503 },
  busy: { reports: 429 },
  /** Ends the connection without an answer to a report. */
  drops: { reports: 'hang-up' },
  slow: { delay: 500 },
  /** Pushes everything twice. */
  duplicates: { copies: 2 },
  /** Keeps pushes until `release('reversed')`. */
  reorders: { hold: true },
  /** Signs with a key that nobody can find; `rotateKey` is for keys that change as they should. */
  wrongKey: { signs: 'unpublished' },
  /** Neither discovery nor keys can be had. */
  deadJwks: { jwks: 'down' },
  /** Its clock is an hour ahead. */
  clockAhead: { clockSkew: 3600 },
  /** Speaks JSON, as it does where a firewall refuses the other media type. */
  speaksJson: { mediaType: 'application/json' },
} as const satisfies Record<string, Misbehaviour>
