import type { Gauge } from 'prom-client'
import { measureDeliveries, measureTravelled } from '../delivery/measure-deliveries.ts'
import { measureOwed } from '../facts/measure-owed.ts'
import type { Ground } from '../ground/ground.ts'
import type { Meters } from './meters.ts'

export interface Watched {
  readonly ground: Pick<Ground, 'db' | 'clock' | 'keys'>
  readonly queue: { countDeadLetters(): Promise<number>; lagMs(): Promise<number> }
  readonly meters: Meters
}

const patienceMs = 2000

/** Everything there is to say, in the text form of Prometheus. It answers also where the database does not, and says so. */
export async function readMetrics(watched: Watched): Promise<string> {
  const { ground, queue, meters } = watched
  const { found } = meters
  const apart = ground.clock.apartMs?.() ?? null
  say(found.clockApart, apart === null ? null : apart / 1000)
  const asked = performance.now()
  const [measure, owed, lag, dead, keys] = await Promise.all([
    within(measureDeliveries(ground)),
    within(measureOwed(ground)),
    within(queue.lagMs()),
    within(queue.countDeadLetters()),
    within(ground.keys.current()),
    within(measureReceived(watched)),
  ])
  found.databaseUp.set(measure ? 1 : 0)
  found.keysUp.set(keys ? 1 : 0)
  say(found.databaseAnswer, measure ? (performance.now() - asked) / 1000 : null)
  found.waiting.reset()
  found.oldestDue.reset()
  if (measure) {
    for (const [state, count] of Object.entries(measure.waiting)) found.waiting.set({ state }, count)
    for (const [receiver, ms] of Object.entries(measure.oldestDueMs)) found.oldestDue.set({ receiver }, ms / 1000)
  }
  say(found.oldestOwed, owed === null ? null : owed / 1000)
  say(found.oldestJob, lag === null ? null : lag / 1000)
  say(found.atRisk, measure?.atRisk ?? null)
  say(found.overdue, measure?.overdue ?? null)
  say(found.deadLetters, dead)
  return meters.registry.metrics()
}

async function measureReceived({ ground, meters }: Watched): Promise<void> {
  for (const ms of await measureTravelled(ground, meters.takeReceived())) meters.commitTo202.observe(ms / 1000)
}

function say(gauge: Gauge, value: number | null): void {
  if (value === null) gauge.remove()
  else gauge.set(value)
}

/** Null where it failed or took too long: a database that hangs must not hang whoever watches it. */
async function within<T>(asked: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), patienceMs)
  })
  const first = await Promise.race([asked.catch(() => null), late])
  clearTimeout(timer)
  return first
}
