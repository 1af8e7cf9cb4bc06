/** When to look again: pure. Every interval while something is open, then thinner. */
import type { ObservationState } from './observation.ts'

// In intervals after the confirmation: with an hour these are ten hours, a day, a week and a month apart.
const after = [10, 34, 202, 922]
const everAfter = 720
/** After so many looks without an end, every tenth interval is enough; a report brings the next look forward anyway. */
const patience = 300

export interface LookedAt {
  state: ObservationState
  confirmedAt: Date | null
  looks: number
  now: Date
  intervalMs: number
}

export function nextLookAt({ state, confirmedAt, looks, now, intervalMs }: LookedAt): Date {
  if (state !== 'confirmed_offline' || confirmedAt === null) {
    return new Date(now.getTime() + intervalMs * (looks > patience ? 10 : 1))
  }
  // A confirmation that lies ahead was written by a clock that has been set back since.
  const from = Math.min(confirmedAt.getTime(), now.getTime())
  const passed = (now.getTime() - from) / intervalMs
  const next = after.find((step) => step > passed)
  if (next === undefined) return new Date(now.getTime() + everAfter * intervalMs)
  return new Date(from + next * intervalMs)
}

/** No look is planned beyond this. */
export function furthestLookAt(now: Date, intervalMs: number): Date {
  return new Date(now.getTime() + (everAfter + 1) * intervalMs)
}
