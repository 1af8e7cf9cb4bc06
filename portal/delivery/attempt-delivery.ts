import { eventTypes, seal } from '@noticeline/sdk/protocol'
import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground, OutboundAnswer, Tx } from '../ground/ground.ts'
import {
  finishAttempt,
  insertAttempt,
  type PushChannel,
  selectPushChannel,
  setEndpointFailures,
  setEndpointPaused,
} from './attempt-store.server.ts'
import { selectChannels } from './channel-store.server.ts'
import { type Claimed, claimDue } from './claim-store.server.ts'
import { hasArrived } from './delivery.ts'
import {
  type DeliveryRow,
  lockDelivery,
  selectDelivery,
  selectToken,
  type TokenRow,
  updateDelivery,
} from './delivery-store.server.ts'
import { type Answer, readAnswer } from './push-answer.ts'
import { furthestTryMs, nextTryAt, retryAfterMs } from './retry-timetable.ts'
import { offerDelivery, settleDelivery } from './settle-delivery.ts'

const pushTimeoutMs = 10_000
/** Longer than a request can take: a lease that runs out means that its worker is gone, and its endpoint is free again. */
const leaseMs = 20_000
/** Two processes learn of a clock that was set a moment apart. */
const slackMs = 5_000
/** A word about a notice that nobody took in for so long is given up; receivers refuse older tokens soon after. */
const spentAfterMs = 30 * 86_400_000

/** Tries what is due over push, and answers how many deliveries it tried. */
export async function attemptDueDeliveries(
  ground: Ground,
  { workerId, limit, jitter = Math.random }: { workerId: string; limit: number; jitter?: () => number },
): Promise<number> {
  const claimed = await ground.db.transaction((tx) =>
    claimDue(tx.db, {
      workerId,
      now: tx.now,
      leasedUntil: after(tx.now, leaseMs),
      longestLease: after(tx.now, leaseMs + slackMs),
      furthestTry: after(tx.now, furthestTryMs),
      limit,
    }),
  )
  const tried = await Promise.allSettled(claimed.map((one) => attempt(ground, { workerId, jitter }, one)))
  // One that failed in a way nobody expected holds up no other; its lease runs out, and it is tried again.
  for (const one of tried) if (one.status === 'rejected') throw one.reason
  return claimed.length
}

function after(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms)
}

interface Worker {
  workerId: string
  jitter: () => number
}

async function attempt(ground: Ground, worker: Worker, { deliveryId, endpointId }: Claimed): Promise<void> {
  const { workerId } = worker
  const delivery = await selectDelivery(ground.db.read, deliveryId)
  const token = delivery && (await selectToken(ground.db.read, delivery.jti))
  const channel = await selectPushChannel(ground.db.read, endpointId, ground.clock.now())
  if (!delivery || !token || !channel) return release(ground, workerId, deliveryId)
  if (!token.dataKey || !token.sealed) return forget(ground, deliveryId)
  const raw = ground.vault.open(token.dataKey, `token:${token.jti}`, token.sealed).toString('ascii')
  const started = await startAttempt(ground, workerId, deliveryId, endpointId)
  if (!started) return
  const answer = await push(ground, channel, token.jti, raw)
  const at = ground.clock.now()
  await ground.db.transaction((tx) => finish(ground, tx, { ...started, ...worker, channel, token, answer, at }))
}

/** The row stands before the request, and so does the offer: whoever finds it unfinished knows that it was tried. */
function startAttempt(ground: Ground, workerId: string, deliveryId: string, endpointId: string) {
  return ground.db.transaction(async (tx) => {
    const delivery = await lockDelivery(tx.db, deliveryId)
    if (!delivery || delivery.leasedBy !== workerId) return null
    if (delivery.nextAttemptAt === null) {
      // Taken back, closed or settled over poll since it was claimed; what it held goes to the next in line at once.
      await updateDelivery(tx.db, deliveryId, { leasedBy: null, leasedUntil: null })
      return null
    }
    const attemptId = newId('try')
    const number = await insertAttempt(tx.db, delivery, attemptId, endpointId, tx.now)
    await updateDelivery(tx.db, deliveryId, { attempts: number })
    await offerDelivery(tx, delivery)
    return { deliveryId, attemptId, number }
  })
}

async function push(ground: Ground, channel: PushChannel, jti: string, raw: string): Promise<OutboundAnswer> {
  const body = channel.sealingKey ? await seal(raw, channel.sealingKey) : raw
  return ground.outbound.post(channel.url, {
    contentType: channel.mediaType,
    accept: 'application/json',
    body: channel.mediaType === 'application/json' ? JSON.stringify({ sets: { [jti]: body } }) : body,
    timeoutMs: pushTimeoutMs,
  })
}

interface Finished extends Worker {
  deliveryId: string
  attemptId: string
  number: number
  channel: PushChannel
  token: TokenRow
  answer: OutboundAnswer
  at: Date
}

async function finish(ground: Ground, tx: Tx, finished: Finished): Promise<void> {
  const { deliveryId, attemptId, number, workerId, channel, token, answer, at } = finished
  const delivery = await lockDelivery(tx.db, deliveryId)
  if (!delivery) return
  const meaning = readAnswer(answer)
  await finishAttempt(tx.db, attemptId, {
    result: meaning.result,
    status: answer.result === 'answered' ? answer.status : null,
    code: meaning.code,
    ms: answer.ms,
    finishedAt: at,
    sealed: sealDetails(ground, token, attemptId, answer),
  })
  await setEndpointFailures(tx.db, channel.id, meaning.result !== 'received')
  const ours = delivery.leasedBy === workerId
  if (ours) await updateDelivery(tx.db, deliveryId, { leasedBy: null, leasedUntil: null })
  const { noticeId, orgId } = delivery
  const { result, code } = meaning
  if (result === 'received') {
    await updateDelivery(tx.db, deliveryId, { lastCode: null })
    await settleDelivery(tx, delivery, 'push', at)
  } else if (
    ours &&
    delivery.nextAttemptAt !== null &&
    (delivery.resentAt || !hasArrived(delivery.state as 'offered'))
  ) {
    await planNextTry(tx, delivery, meaning, finished)
  }
  await record(tx, noticeId, 'delivery.attempted', { noticeId, deliveryId, orgId, attemptId, number, result, code })
}

async function planNextTry(
  tx: Tx,
  delivery: DeliveryRow,
  meaning: Answer,
  { answer, at, channel, jitter }: Finished,
): Promise<void> {
  const asked = answer.result === 'answered' && (answer.status === 429 || answer.status === 503)
  const nextAttemptAt = nextTryAt({
    // Whoever asked for it again is not told to wait half a day because it failed often before that.
    failures: delivery.attempts - (delivery.resentAfter ?? 0),
    failedAt: at,
    jitter: jitter(),
    retryAfterMs: asked ? retryAfterMs(answer.headers['retry-after'], at) : null,
    deadlineAt: delivery.deadlineAt,
    slow: meaning.slow,
  })
  const { noticeId, orgId } = delivery
  const arrived = hasArrived(delivery.state as 'offered')
  if (arrived && at.getTime() - (delivery.resentAt ?? delivery.createdAt).getTime() > spentAfterMs) {
    await updateDelivery(tx.db, delivery.id, { nextAttemptAt: null })
    return
  }
  if (!arrived && delivery.event !== eventTypes.issued && at.getTime() - delivery.createdAt.getTime() > spentAfterMs) {
    await updateDelivery(tx.db, delivery.id, { nextAttemptAt: null, lastCode: meaning.code, state: 'failed' })
    await record(tx, noticeId, 'delivery.failed', { noticeId, deliveryId: delivery.id, orgId, code: 'expired' })
    return
  }
  await updateDelivery(tx.db, delivery.id, arrived ? { nextAttemptAt } : { nextAttemptAt, lastCode: meaning.code })
  if (!meaning.gone) return
  if (await setEndpointPaused(tx.db, channel.id, tx.now)) {
    await record(tx, orgId, 'endpoint.paused', { orgId, endpointId: channel.id, reason: 'gone' })
  }
  const left = await selectChannels(tx.db, orgId, delivery.standsIn, { now: tx.now, purposes: [] })
  if (arrived || left.push || left.poll || left.contact) return
  await updateDelivery(tx.db, delivery.id, { state: 'failed' })
  await record(tx, noticeId, 'delivery.failed', { noticeId, deliveryId: delivery.id, orgId, code: 'endpoint_retired' })
}

/** Where it went and what came back names hosts, so it is sealed, and erased with the token. */
function sealDetails(ground: Ground, token: TokenRow, attemptId: string, answer: OutboundAnswer): Buffer | null {
  if (!token.dataKey) return null
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

/** The endpoint changed since it was chosen: whoever comes next finds the one that holds now. */
async function release(ground: Ground, workerId: string, deliveryId: string): Promise<void> {
  await ground.db.transaction(async (tx) => {
    const delivery = await lockDelivery(tx.db, deliveryId)
    if (delivery?.leasedBy === workerId) {
      await updateDelivery(tx.db, deliveryId, { leasedBy: null, leasedUntil: null })
    }
  })
}

/** The token was erased with its last item: there is nothing left to send. */
async function forget(ground: Ground, deliveryId: string): Promise<void> {
  await ground.db.transaction((tx) =>
    updateDelivery(tx.db, deliveryId, { nextAttemptAt: null, leasedBy: null, leasedUntil: null, lastCode: 'erased' }),
  )
}
