import type { Clock } from './ground.ts'

export interface SettableClock extends Clock {
  set(at: Date | string): void
  /** Moves forward by so many milliseconds. */
  advance(ms: number): void
}

/** The machine's time. */
export const systemClock: Clock = { now: () => new Date() }

/** A clock that stands still until somebody moves it. */
export function createFrozenClock(at: Date | string): SettableClock {
  let now = instant(at)
  return {
    now: () => new Date(now),
    set(next) {
      now = instant(next)
    },
    advance(ms) {
      now += ms
    },
  }
}

function instant(at: Date | string): number {
  const ms = new Date(at).getTime()
  if (Number.isNaN(ms)) throw new RangeError('A clock needs an instant, such as 2026-11-21T09:00:00.000Z.')
  return ms
}
