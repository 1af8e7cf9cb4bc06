import { measureDeliveries } from '../delivery/measure-deliveries.ts'
import { measureOwed } from '../facts/measure-owed.ts'
import type { Ground } from '../ground/ground.ts'
import { type Face, openRoute } from './route.ts'

/** What the process that mounted this face knows about itself. */
export interface Readiness {
  database: boolean
  keys: boolean
  /** How long the oldest due job has waited; null where it cannot be asked. */
  queueLagMs: number | null
  /**
   * How long the oldest due delivery has waited for us, of those whose receiver answered last time: one that is down is
   * no lag of ours.
   */
  deliveriesLateMs?: number | null
  /** How long the oldest reaction that is owed after a fact has been waited for. */
  reactionsLateMs?: number | null
  /** Jobs that were given up. They are shown, and take nobody out of service. */
  deadLetters: number | null
  /**
   * By how much this machine's own clock is ahead of the database's, which is the one that counts; null where it was not
   * asked yet. A warning, and no reason to be out of service: the own clock decides nothing.
   */
  clockApartMs: number | null
  /** How many announced ranges are loaded; 0: no table, which takes nobody out of service. */
  routingRanges?: number
}

/** Asks each of them once, shortly; whoever does not answer is not there. */
export async function readReadiness(
  ground: Ground,
  queue: { countDeadLetters(): Promise<number>; lagMs(): Promise<number> },
): Promise<Readiness> {
  const [lag, deliveries, owed, deadLetters, keys] = await Promise.all([
    orSilence(queue.lagMs()),
    orSilence(measureDeliveries(ground)),
    orSilence(measureOwed(ground)),
    orSilence(queue.countDeadLetters()),
    orSilence(ground.keys.current()),
  ])
  return {
    database: lag.answered,
    keys: keys.answered,
    queueLagMs: lag.answered ? lag.value : null,
    deliveriesLateMs: deliveries.answered ? deliveries.value.oldestDueMs.working : null,
    reactionsLateMs: owed.answered ? owed.value : null,
    deadLetters: deadLetters.answered ? deadLetters.value : null,
    clockApartMs: ground.clock.apartMs?.() ?? null,
    routingRanges: ground.routing.size,
  }
}

const patienceMs = 2000
/** From here on a person should know that this machine's clock is off. */
const apartFromMs = 60_000
/** What is due is begun within a second; a minute later the work is late, and a person should know. */
const lateFromMs = 60_000

async function orSilence<T>(asked: Promise<T>): Promise<{ answered: true; value: T } | { answered: false }> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<{ answered: false }>((resolve) => {
    timer = setTimeout(() => resolve({ answered: false }), patienceMs)
  })
  const answer = asked.then(
    (value) => ({ answered: true, value }) as const,
    () => ({ answered: false }) as const,
  )
  const first = await Promise.race([answer, silence])
  clearTimeout(timer)
  return first
}

export function addHealth(face: Face, readiness: () => Promise<Readiness>): void {
  openRoute(
    face,
    {
      method: 'get',
      path: '/healthz',
      tag: 'Everybody',
      summary: 'Is the process there?',
      answers: { 200: { description: 'It is.', schema: 'Up' } },
    },
    ({ answer }) => answer(200, { up: true }),
  )

  openRoute(
    face,
    {
      method: 'get',
      path: '/readyz',
      tag: 'Everybody',
      summary: 'Can it work?',
      answers: {
        200: { description: 'Database and keys are there.', schema: 'Ready' },
        503: { description: 'Something it cannot do without is missing.', schema: 'Ready' },
      },
    },
    async ({ answer }) => {
      const found = await readiness()
      const { database, keys, queueLagMs, deadLetters, clockApartMs, routingRanges = 0 } = found
      const { deliveriesLateMs = null, reactionsLateMs = null } = found
      const ready = database && keys
      const apart = clockApartMs !== null && Math.abs(clockApartMs) > apartFromMs
      // It takes nobody out of service: a portal whose worker is behind still takes notices, and nothing else would.
      const late = [queueLagMs, deliveriesLateMs, reactionsLateMs].some((ms) => ms !== null && ms > lateFromMs)
      return answer(ready ? 200 : 503, {
        ready,
        database,
        keys,
        queue_lag_ms: queueLagMs,
        deliveries_late_ms: deliveriesLateMs,
        reactions_late_ms: reactionsLateMs,
        dead_letters: deadLetters,
        clock_apart_ms: clockApartMs,
        routing_ranges: routingRanges,
        warnings: [
          ...(deadLetters ? ['dead_letters'] : []),
          ...(apart ? ['clock_apart'] : []),
          ...(late ? ['queue_late'] : []),
        ],
      })
    },
  )
}
