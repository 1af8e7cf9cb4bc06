import { newId } from '../facts/id.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { insertAttempts } from './attempt-store.server.ts'
import {
  type Claim,
  type Claimed,
  findByIndex,
  leaseDue,
  lockOpenEndpoints,
  type OpenEndpoint,
  setPaces,
} from './claim-store.server.ts'
import { pacedUntil, paceRoom } from './pace.ts'
import { furthestTryMs } from './retry-timetable.ts'

/** Longer than a request can take: a lease that runs out means that its worker is gone, and its endpoint is free again. */
export const leaseMs = 20_000
/** Two processes learn of a clock that was set a moment apart, and are never quite alike. */
export const slackMs = 5_000

/** An attempt that stands in the database and was not sent yet. */
export interface Begun extends Claimed {
  attemptId: string
  number: number
  at: Date
  channel: OpenEndpoint
  /** No place is left at its endpoint: whatever else is due there waits until one of these is back. */
  full: boolean
}

/**
 * Takes what is due, oldest deadline first and fair among endpoints, and writes down that it is tried: the leases and the
 * rows of the attempts are one transaction, before anything is sent. Whoever finds a row unfinished knows that it may
 * have been sent.
 */
export function beginAttempts(
  ground: Ground,
  workerId: string,
  limit: number,
  taken: readonly string[] = [],
): Promise<Begun[]> {
  const work = () => ground.db.transaction((tx) => begin(tx, { workerId, limit, taken }), { repeated: true })
  return ground.traces.span('claim', {}, work, (begun) =>
    begun.length === 0 ? null : { count: begun.length, noticeIds: begun.map(({ delivery }) => delivery.noticeId) },
  )
}

async function begin(tx: Tx, asked: Pick<Claim, 'workerId' | 'limit' | 'taken'>): Promise<Begun[]> {
  const claim = {
    ...asked,
    now: tx.now,
    leasedUntil: after(tx.now, leaseMs),
    longestLease: after(tx.now, leaseMs + slackMs),
    begunAfter: after(tx.now, -leaseMs),
    begunUntil: after(tx.now, slackMs),
    furthestTry: after(tx.now, furthestTryMs),
  }
  await findByIndex(tx.db)
  const endpoints = (await lockOpenEndpoints(tx.db, claim)).map((endpoint) => atItsPace(endpoint, tx.now))
  if (endpoints.length === 0) return []
  const claimed = await leaseDue(tx.db, endpoints, claim)
  if (claimed.length === 0) return []
  const channels = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]))
  const sent = new Map<string, number>()
  for (const { endpointId } of claimed) sent.set(endpointId, (sent.get(endpointId) ?? 0) + 1)
  const begun = claimed.flatMap((one) => {
    const channel = channels.get(one.endpointId)
    if (!channel) return []
    const full = (sent.get(one.endpointId) ?? 0) >= one.places
    return [{ ...one, attemptId: newId('try'), number: one.delivery.attempts, at: tx.now, channel, full }]
  })
  await insertAttempts(
    tx.db,
    begun.map(({ attemptId, number, delivery: { id, orgId }, endpointId }) => ({
      id: attemptId,
      deliveryId: id,
      orgId,
      endpointId,
      number,
    })),
    tx.now,
  )
  await keepPaces(tx, endpoints, begun)
  return begun
}

function after(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms)
}

function atItsPace(endpoint: OpenEndpoint, now: Date): OpenEndpoint {
  const { allowedRate, most } = endpoint
  return allowedRate === null ? endpoint : { ...endpoint, most: Math.min(most, paceRoom(allowedRate, null, now)) }
}

async function keepPaces(tx: Tx, endpoints: readonly OpenEndpoint[], begun: readonly Begun[]): Promise<void> {
  const paced = endpoints.flatMap(({ id, allowedRate }) => {
    if (allowedRate === null) return []
    const sent = begun.filter(({ endpointId }) => endpointId === id).length
    return sent === 0 ? [] : [{ id, pacedUntil: pacedUntil(allowedRate, sent, tx.now) }]
  })
  await setPaces(tx.db, paced)
}
