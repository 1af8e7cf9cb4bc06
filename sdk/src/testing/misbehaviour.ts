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
}
