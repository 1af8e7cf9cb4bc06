import type { Clock } from './ground.ts'

export interface SettableClock extends Clock {
  set(at: Date | string): void
  /** Moves forward by so many milliseconds. */
  advance(ms: number): void
}

/** This machine's own time: for what stands on this machine alone, such as the age of a file. */
export const systemClock: Clock = { now: () => new Date() }

export interface DatabaseClock extends Clock {
  /** Asks the database once; a database that does not answer leaves everything as it was. */
  measure(): Promise<void>
  apartMs(): number | null
  stop(): void
}

export interface DatabaseClockOptions {
  /** What time it is there. */
  ask(): Promise<Date>
  /** Told when this machine's own clock is found to be far off, once until it is right again. */
  apart?(ms: number): void
}

/** Differences up to here are the way there and back, and ordinary drift. */
const unnoticedMs = 50
/** From here on a person should know. */
const apartFromMs = 60_000
const askEveryMs = 2_000
/** An answer that took longer says too little about the time. */
const patienceMs = 1000

/**
 * The database's time, carried forward by a counter that nobody can set. Several machines on one database have one time
 * by it, and a machine whose own clock is turned, or wrong all along, does no harm.
 */
export function createDatabaseClock({ ask, apart = () => {} }: DatabaseClockOptions): DatabaseClock {
  let anchor: { at: number; counted: number } | null = null
  let ahead: number | null = null
  let told = false
  let asking: Promise<void> | null = null
  /** What this machine's clock says beyond the counter: it changes when the clock is turned or the machine slept. */
  let own = Date.now() - performance.now()

  const now = () => (anchor === null ? Date.now() : anchor.at + performance.now() - anchor.counted)

  async function askOnce(): Promise<void> {
    const began = performance.now()
    const there = (await ask()).getTime()
    const took = performance.now() - began
    if (took > patienceMs && anchor !== null) return
    const at = there + took / 2
    if (anchor === null || Math.abs(at - now()) > unnoticedMs + took) anchor = { at, counted: performance.now() }
    ahead = Math.round(Date.now() - at)
    const far = Math.abs(ahead) > apartFromMs
    if (far && !told) apart(ahead)
    told = far
  }

  function measure(): Promise<void> {
    asking ??= askOnce()
      .catch(() => {})
      .finally(() => {
        asking = null
      })
    return asking
  }

  const timer = setInterval(() => void measure(), askEveryMs)
  timer.unref()
  return {
    now() {
      const beyond = Date.now() - performance.now()
      if (Math.abs(beyond - own) > 1000) {
        own = beyond
        void measure()
      }
      return new Date(Math.floor(now()))
    },
    measure,
    apartMs: () => ahead,
    stop: () => clearInterval(timer),
  }
}

/** Time and timers by a counter that nobody can set, for what only measures how long. */
export const countedTime = {
  now: () => performance.timeOrigin + performance.now(),
  setTimeout: (run: () => void, ms: number): unknown => setTimeout(run, ms),
  clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
  setInterval: (run: () => void, ms: number): unknown => setInterval(run, ms),
  clearInterval: (timer: unknown) => clearInterval(timer as NodeJS.Timeout),
}

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
