/** A clock that stands still until somebody turns it: for `createReceiver`, `createTestPortal` and your own code. */
export interface TestClock {
  now(): Date
  set(at: string | Date): void
  /** Milliseconds. Back with a negative number, as a machine's clock may be set. */
  forward(milliseconds: number): void
}

/** Stands at the given instant; one of 2026 unless said otherwise. What waits by it runs at the next `receiver.drain()`. */
export function createTestClock(at: string | Date = '2026-11-21T09:00:00.000Z'): TestClock {
  const millisecondsOf = (instant: string | Date) => {
    const milliseconds = new Date(instant).getTime()
    if (Number.isNaN(milliseconds)) throw new TypeError('An instant is like 2026-11-21T09:00:00.000Z.')
    return milliseconds
  }
  let time = millisecondsOf(at)
  return {
    now: () => new Date(time),
    set(instant) {
      time = millisecondsOf(instant)
    },
    forward(milliseconds) {
      time += milliseconds
    },
  }
}
