const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** Before the next try to hand a report to the portal; the last one repeats. The portal's own schedule, mirrored. */
export const reportDelays: readonly number[] = [
  5 * second,
  30 * second,
  2 * minute,
  5 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  4 * hour,
  6 * hour,
  8 * hour,
  12 * hour,
]

/** Before the next run of a handler that threw. After the last of them the message is dead, until somebody retries it. */
export const handlerDelays: readonly number[] = [second, ...reportDelays.slice(0, 11)]

/** Before the portal is polled again when it did not answer; the last one repeats. Orders of one hour come this way. */
export const pollDelays: readonly number[] = [second, 2 * second, 5 * second, 10 * second, 30 * second, minute]

/** ±20 %, so that what failed together does not come back together. */
export function jittered(delay: number, chance: number = Math.random()): number {
  return Math.round(delay * (0.8 + 0.4 * chance))
}

/** `Retry-After` in seconds or as a date, as milliseconds from now; 0 when there is none to go by. At most 12 hours. */
export function retryAfter(header: string | null, now: Date): number {
  if (header === null) return 0
  const wait = /^\d{1,9}$/.test(header) ? Number(header) * second : Date.parse(header) - now.getTime()
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), 12 * hour) : 0
}

/** Longer than anything is put off: twelve hours and their jitter. */
const furthest = 15 * hour

/** Whether something put off to `nextAt` is to be done; put off further than that, it was by a clock that has been set back. */
export function isDue(nextAt: string, now: string): boolean {
  return nextAt <= now || Date.parse(nextAt) - Date.parse(now) > furthest
}
