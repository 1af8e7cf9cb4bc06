/** When to try a delivery again: pure. */
import { waitAgainMs } from '../providers/wait-again.ts'

const second = 1000
const hour = 3600 * second

/** No try is planned further ahead: twelve hours and their jitter, or a tenth of the longest time there is, seven days. */
export const furthestTryMs = 17 * hour

export interface Failure {
  /** Failed attempts so far, this one included: 1 after the first. */
  failures: number
  failedAt: Date
  /** Between 0 and 1; spreads the tries over ±20 %. */
  jitter: number
  /** What 429 and 503 ask for: never earlier than this, but see `deadlineAt`. */
  retryAfterMs?: number | null
  /** A request to wait is heard for a tenth of the time left at most, so that nobody is asked to wait past the deadline. */
  deadlineAt: Date
  /** The receiver said something that repetition does not change: only the slow end of the table is used. */
  slow?: boolean
}

/** The instant of the next try. It goes on until the notice closes; whoever closes it takes the delivery off the table. */
export function nextTryAt(failure: Failure): Date {
  const index = failure.slow ? Math.max(failure.failures, 7) : failure.failures
  const wait = waitAgainMs(index, failure.jitter)
  return new Date(failure.failedAt.getTime() + Math.min(Math.max(wait, floorOf(failure)), furthestTryMs))
}

function floorOf(failure: Failure): number {
  if (!failure.retryAfterMs) return 0
  const left = failure.deadlineAt.getTime() - failure.failedAt.getTime()
  return Math.min(failure.retryAfterMs, Math.max(left, 0) / 10)
}

/** `Retry-After` as milliseconds: seconds or an HTTP date; anything else is not heard. */
export function retryAfterMs(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null
  const text = header.trim()
  if (/^[0-9]{1,9}$/.test(text)) return Number(text) * second
  if (!/^[A-Z][a-z]{2}, /.test(text)) return null
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime())
}
