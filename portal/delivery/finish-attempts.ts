import { eventTypes } from '@noticeline/sdk/protocol'
import { type NewFact, recordIn } from '../facts/record.ts'
import type { Ground, OutboundAnswer, Tx } from '../ground/ground.ts'
import { setEndpointPaused } from './attempt-store.server.ts'
import type { Begun } from './begin-attempts.ts'
import { selectChannels } from './channel-store.server.ts'
import { findByIndex } from './claim-store.server.ts'
import { hasArrived } from './delivery.ts'
import type { DeliveryRow } from './delivery-store.server.ts'
import { noteHealth } from './note-health.ts'
import { markItemsOffered, noteOffers } from './offer-begun.ts'
import { type Answer, readAnswer } from './push-answer.ts'
import { finishAttemptRows, lockDeliveries, writeDeliveries } from './result-store.server.ts'
import { nextTryAt, retryAfterMs } from './retry-timetable.ts'
import { type Arrival, settled, startClocksOf } from './settle-delivery.ts'

/** A word about a notice that nobody took in for so long is given up; receivers refuse older tokens soon after. */
const spentAfterMs = 30 * 86_400_000

/** An attempt and what came back. */
export interface Tried {
  begun: Begun
  /** Null: nothing was sent, since the token is sealed by a key that is not here. It is held, and tried again. */
  answer: OutboundAnswer | null
  at: Date
}

export interface Worker {
  workerId: string
  jitter: () => number
}

/**
 * Writes down what came back: results, states, clocks, the endpoints' health and all facts are one transaction for all
 * of them. Safe to repeat, and safe where somebody else has settled one meanwhile.
 */
export function finishAttempts(ground: Ground, worker: Worker, tried: readonly Tried[]): Promise<void> {
  const about = { count: tried.length, noticeIds: tried.map(({ begun }) => begun.delivery.noticeId) }
  const work = () => ground.db.transaction((tx) => finish(tx, ground, worker, tried), { repeated: true })
  return ground.traces.span('finish', about, work)
}

async function finish(tx: Tx, ground: Ground, worker: Worker, tried: readonly Tried[]): Promise<void> {
  await findByIndex(tx.db)
  const locked = await lockDeliveries(
    tx.db,
    tried.map(({ begun }) => begun.delivery.id),
  )
  const rows = new Map(locked.map((row) => [row.id, row]))
  const there = tried.flatMap((one) => {
    const delivery = rows.get(one.begun.delivery.id)
    return delivery ? [{ ...one, delivery, meaning: one.answer ? readAnswer(one.answer) : held }] : []
  })
  await finishAttemptRows(
    tx.db,
    there.map((one) => rowOf(ground, one)),
  )
  await noteHealth(
    tx,
    there.flatMap(({ answer, ...one }) => (answer ? [{ ...one, answer }] : [])),
    worker.jitter,
  )
  const offers = await noteOffers(
    tx,
    there.filter(({ answer }) => answer !== null),
  )
  const facts = new Map<Finished, NewFact[]>()
  const arrivals = new Map<Finished, Arrival>()
  for (const one of there) {
    const arrival = move(one, worker, offers.has(one), facts)
    if (arrival) arrivals.set(one, arrival)
  }
  // Of those that arrived, the clocks are written with the offer.
  await markItemsOffered(
    tx,
    [...offers.keys()].filter((one) => !arrivals.has(one)),
  )
  await writeDeliveries(tx.db, [...rows.values()])
  for (const one of there) if (one.meaning.gone) await leave(tx, one, facts)
  const started = await startClocksOf(tx, [...arrivals.values()])
  for (const [index, one] of [...arrivals.keys()].entries()) facts.set(one, started[index] ?? [])
  for (const [one, offered] of offers) facts.set(one, [offered, ...(facts.get(one) ?? [])])
  await recordIn(tx, historiesOf(there, facts))
}

const held: Answer = { result: 'failed', code: 'key_missing', slow: false, gone: false }

interface Finished extends Tried {
  /** The row as it is now, locked; what the result moves is written into it. */
  delivery: DeliveryRow
  meaning: Answer
}

/** What the answer moves about the delivery's row. Answers the arrival, where it is the first. */
function move(
  one: Finished,
  { workerId, jitter }: Worker,
  first: boolean,
  facts: Map<Finished, NewFact[]>,
): Arrival | null {
  const { delivery, meaning, begun, at } = one
  const ours = delivery.leasedBy === workerId
  if (ours) Object.assign(delivery, { leasedBy: null, leasedUntil: null })
  if (meaning.result === 'received') {
    const { news, change } = settled(delivery, 'push', at)
    const offeredAt = first ? delivery.offeredAt : null
    Object.assign(delivery, change, { lastCode: null })
    return news ? { delivery, itemIds: begun.token.itemIds, offeredAt, how: 'push', at } : null
  }
  const waits = delivery.nextAttemptAt !== null && (delivery.resentAt || !hasArrived(delivery.state as 'offered'))
  if (ours && waits) facts.set(one, planNextTry(one, jitter))
  return null
}

function planNextTry({ delivery, meaning, answer, at }: Finished, jitter: () => number): NewFact[] {
  const asked = answer?.result === 'answered' && (answer.status === 429 || answer.status === 503)
  const nextAttemptAt = nextTryAt({
    // Whoever asked for it again is not told to wait half a day because it failed often before that.
    failures: delivery.attempts - (delivery.resentAfter ?? 0),
    failedAt: at,
    jitter: jitter(),
    retryAfterMs: asked ? retryAfterMs(answer.headers['retry-after'], at) : null,
    deadlineAt: delivery.deadlineAt,
    slow: meaning.slow,
  })
  const arrived = hasArrived(delivery.state as 'offered')
  const age = (since: Date) => at.getTime() - since.getTime()
  if (arrived && age(delivery.resentAt ?? delivery.createdAt) > spentAfterMs) {
    delivery.nextAttemptAt = null
    return []
  }
  if (!arrived && delivery.event !== eventTypes.issued && age(delivery.createdAt) > spentAfterMs) {
    Object.assign(delivery, { nextAttemptAt: null, lastCode: meaning.code, state: 'failed' })
    return [failedFact(delivery, 'expired')]
  }
  Object.assign(delivery, arrived ? { nextAttemptAt } : { nextAttemptAt, lastCode: meaning.code })
  return []
}

/** 410: it is paused, and where nothing else is left the delivery has failed until there is a channel. */
async function leave(tx: Tx, one: Finished, facts: Map<Finished, NewFact[]>): Promise<void> {
  const { delivery, begun } = one
  const { orgId } = delivery
  const said = facts.get(one)
  // Not planned again: it was settled elsewhere, is somebody else's by now, or has just been given up.
  if (!said || delivery.nextAttemptAt === null) return
  if (await setEndpointPaused(tx.db, begun.channel.id, tx.now)) {
    said.push({ kind: 'endpoint.paused', payload: { orgId, endpointId: begun.channel.id, reason: 'gone' } })
  }
  const left = await selectChannels(tx.db, orgId, delivery.standsIn, { now: tx.now, purposes: [] })
  if (hasArrived(delivery.state as 'offered') || left.push || left.poll || left.contact) return
  delivery.state = 'failed'
  await writeDeliveries(tx.db, [delivery])
  said.push(failedFact(delivery, 'endpoint_retired'))
}

function failedFact({ id: deliveryId, noticeId, orgId }: DeliveryRow, code: string): NewFact {
  return { kind: 'delivery.failed', payload: { noticeId, deliveryId, orgId, code } }
}

/** By chain: what happened to the delivery, and then the attempt. An endpoint's history is its organisation's. */
function historiesOf(there: readonly Finished[], facts: ReadonlyMap<Finished, NewFact[]>): Map<string, NewFact[]> {
  const histories = new Map<string, NewFact[]>()
  const add = (chain: string, fact: NewFact) => histories.set(chain, [...(histories.get(chain) ?? []), fact])
  for (const one of there) {
    const { delivery, meaning, begun } = one
    const { id: deliveryId, noticeId, orgId } = delivery
    for (const fact of facts.get(one) ?? []) add(fact.kind === 'endpoint.paused' ? orgId : noticeId, fact)
    const { attemptId, number } = begun
    const { result, code } = meaning
    add(noticeId, {
      kind: 'delivery.attempted',
      payload: { noticeId, deliveryId, orgId, attemptId, number, result, code },
    })
  }
  return histories
}

function rowOf(ground: Ground, { begun, answer, meaning, at }: Finished) {
  return {
    id: begun.attemptId,
    result: meaning.result,
    status: answer?.result === 'answered' ? answer.status : null,
    code: meaning.code,
    ms: answer?.ms ?? null,
    finishedAt: at,
    sealed: answer ? sealDetails(ground, begun, answer) : null,
  }
}

/** Where it went and what came back names hosts, so it is sealed, and erased with the token. */
function sealDetails(ground: Ground, { token, attemptId }: Begun, answer: OutboundAnswer): Buffer {
  const details =
    answer.result === 'answered'
      ? {
          address: answer.address,
          peer: answer.peer,
          headers: answer.headers,
          body: answer.body,
          truncated: answer.truncated,
        }
      : { address: answer.address, detail: answer.detail }
  return Buffer.from(ground.vault.seal(token.dataKey, `attempt:${attemptId}`, JSON.stringify(details)))
}
