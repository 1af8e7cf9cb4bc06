import { eventTypes } from '@noticeline/sdk/protocol'
import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import { countLate, countWaiting, selectLate, selectOldestDue, selectTravelled } from './measure-store.server.ts'

/** How delivery stands at this moment, over all processes. Numbers alone: nothing in it names anybody. */
export interface DeliveryMeasure {
  /** What still has something to be tried. */
  waiting: { queued: number; offered: number; failed: number; arrived: number }
  /**
   * How long the oldest due delivery has waited for us, in milliseconds; 0 where none is due. `working`: its receiver
   * answered last time, so the delay is ours. `failing`: it did not, and gets one at a time.
   */
  oldestDueMs: { working: number; failing: number }
  /** Notices that did not arrive and have less than a quarter of their time left. */
  atRisk: number
  /** Notices that did not arrive and whose time is over. */
  overdue: number
}

export async function measureDeliveries({ db, clock }: Pick<Ground, 'db' | 'clock'>): Promise<DeliveryMeasure> {
  const now = clock.now()
  const [states, due, late] = await Promise.all([
    countWaiting(db.read),
    selectOldestDue(db.read, now),
    countLate(db.read, now, eventTypes.issued),
  ])
  const count = (...named: string[]) =>
    states.filter(({ state }) => named.includes(state)).reduce((sum, row) => sum + Number(row.count), 0)
  const waited = (failing: boolean) => {
    const since = due.find((row) => row.failing === failing)?.dueSince
    return since ? Math.max(0, now.getTime() - since.getTime()) : 0
  }
  return {
    waiting: {
      queued: count('queued'),
      offered: count('offered'),
      failed: count('failed'),
      arrived: count('received', 'acknowledged'),
    },
    oldestDueMs: { working: waited(false), failing: waited(true) },
    atRisk: Number(late.atRisk),
    overdue: Number(late.overdue),
  }
}

export interface LateDelivery {
  deliveryId: string
  noticeId: string
  orgId: string
  orgName: string
  deadlineAt: string
  lastCode: string | null
  attempts: number
}

/** For the platform's desk: notices that did not arrive and run out of time, the most urgent first. */
export async function findLateDeliveries(
  ground: Ground,
  actor: Actor,
  { limit }: { limit: number },
): Promise<{ result: 'found'; late: LateDelivery[] } | { result: 'forbidden' }> {
  if (actor.kind === 'nobody' || actor.orgKind !== 'platform' || !may(actor, 'deliveries.read'))
    return { result: 'forbidden' }
  const rows = await selectLate(ground.db.read, ground.clock.now(), eventTypes.issued, limit)
  return {
    result: 'found',
    late: rows.map(({ id, deadlineAt, ...row }) => ({ ...row, deliveryId: id, deadlineAt: deadlineAt.toISOString() })),
  }
}

/** How long each of these deliveries, where it was pushed, took from its commit to its 202, in milliseconds. */
export function measureTravelled({ db }: Pick<Ground, 'db'>, deliveryIds: readonly string[]): Promise<number[]> {
  return deliveryIds.length === 0 ? Promise.resolve([]) : selectTravelled(db.read, deliveryIds)
}
