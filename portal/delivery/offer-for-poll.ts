import { type SetErr, seal } from '@noticeline/sdk/protocol'
import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { findOrganisation } from '../people/find-organisation.ts'
import { type Actor, may } from '../people/may.ts'
import { takesPart } from '../people/person.ts'
import { chooseEndpoint } from '../providers/choose-endpoint.ts'
import { findServing } from '../providers/find-serving.ts'
import { answerStreamUpdate, offerStreamUpdates } from '../providers/offer-stream-updates.ts'
import { selectSealingKey } from './attempt-store.server.ts'
import { hasArrived } from './delivery.ts'
import {
  type DeliveryRow,
  lockDeliveryByToken,
  lockForPoll,
  selectToken,
  selectWaitingWays,
  updateDelivery,
} from './delivery-store.server.ts'
import { readErr } from './push-answer.ts'
import { answerRehearsed, offerRehearsed } from './rehearse-stream.ts'
import { nextTryAt } from './retry-timetable.ts'
import { offerDelivery, settleDelivery } from './settle-delivery.ts'

/** What push has not settled after so long is offered here as well. */
const pushFirstMs = 60_000
const mostEvents = 100

export interface Poll {
  /** Tokens that are stored durably now. */
  acks?: readonly string[] | undefined
  /** Tokens that were refused, with the `err` of RFC 8935. */
  setErrs?: { readonly [jti: string]: { err: SetErr | string; description?: string | undefined } } | undefined
  /** 0: only acknowledge. */
  maxEvents?: number | undefined
}

/**
 * RFC 8936: takes acknowledgements and errors, then offers what waits, oldest deadline first. It answers at once, however
 * little there is; who holds the connection open asks again.
 */
export async function pollDeliveries(
  ground: Ground,
  actor: Actor,
  { acks = [], setErrs = {}, maxEvents = mostEvents }: Poll,
): Promise<{ result: 'sets'; sets: Record<string, string>; moreAvailable: boolean } | { result: 'forbidden' }> {
  if (actor.kind === 'nobody' || !may(actor, 'stream.poll')) return { result: 'forbidden' }
  const { orgId } = actor
  for (const jti of acks) await ground.db.transaction((tx) => acknowledge(tx, orgId, jti))
  for (const [jti, { err }] of Object.entries(setErrs)) await ground.db.transaction((tx) => refuse(tx, orgId, jti, err))
  const limit = Math.min(Math.max(0, Math.trunc(maxEvents)), mostEvents)
  // Before anything else: who rehearses need not be admitted yet, and one poll brings all there is of it.
  const rehearsed = limit === 0 ? {} : await offerRehearsed(ground, orgId)
  // As well before anything else: who is suspended hears of it.
  const first = limit === 0 ? {} : { ...rehearsed, ...(await offerStreamUpdates(ground, orgId, limit)) }
  const organisation = await findOrganisation(ground.db.read, orgId)
  // Until it is admitted a company gets nothing but mail to the mailbox the registry names.
  if (!organisation || !takesPart(organisation)) return { result: 'sets', sets: first, moreAvailable: false }
  const offered = await ground.db.transaction(async (tx) => {
    const pushUntil = new Date(tx.now.getTime() - pushFirstMs)
    const { pushed } = await findServing(tx.db, orgId)
    const isSorted = pushed.some(({ networks }) => networks.length > 0)
    const ways = isSorted ? await selectWaitingWays(tx.db, orgId) : []
    const unserved = ways.filter((standsIn) => chooseEndpoint(pushed, standsIn) === null)
    const waiting = await lockForPoll(tx.db, { orgId, now: tx.now, pushUntil, unserved, limit })
    const offer = waiting.slice(0, limit)
    for (const delivery of offer) await offerDelivery(tx, delivery)
    return { offer, moreAvailable: waiting.length > limit }
  })
  const sets = { ...first, ...(await bodies(ground, orgId, offered.offer)) }
  return { result: 'sets', sets, moreAvailable: offered.moreAvailable }
}

async function acknowledge(tx: Tx, orgId: string, jti: string): Promise<void> {
  const delivery = await lockDeliveryByToken(tx.db, jti)
  if (!delivery && (await answerOthers(tx, orgId, jti, null))) return
  // Somebody else's, or nobody's: an acknowledgement says nothing about it, and gets no answer that tells which.
  if (delivery?.orgId !== orgId) return
  await settleDelivery(tx, delivery, 'poll', tx.now)
}

/** What a poll brings beside deliveries: of a rehearsal, and about the stream itself. */
async function answerOthers(tx: Tx, orgId: string, jti: string, err: string | null): Promise<boolean> {
  return (await answerRehearsed(tx, orgId, jti, err)) || (await answerStreamUpdate(tx, orgId, jti, err))
}

/**
 * An error over poll counts as a 400 over push, by the same table: what repetition does not change is offered again
 * slowly, a key or an authentication that may be stale as soon as a push would be. What the provider describes is theirs
 * and is not kept; the code is.
 */
async function refuse(tx: Tx, orgId: string, jti: string, err: string): Promise<void> {
  const delivery = await lockDeliveryByToken(tx.db, jti)
  if (!delivery && (await answerOthers(tx, orgId, jti, err))) return
  if (delivery?.orgId !== orgId || hasArrived(delivery.state as 'queued')) return
  const meaning = readErr(err)
  const code = `poll.${meaning.code === 'http_400' ? 'refused' : meaning.code}`
  const number = delivery.attempts + 1
  const nextAttemptAt = nextTryAt({
    failures: number,
    failedAt: tx.now,
    jitter: 0.5,
    deadlineAt: delivery.deadlineAt,
    slow: meaning.slow,
  })
  await updateDelivery(tx.db, delivery.id, { attempts: number, lastCode: code, nextAttemptAt })
  const { noticeId } = delivery
  await record(tx, noticeId, 'delivery.attempted', {
    noticeId,
    deliveryId: delivery.id,
    orgId,
    attemptId: newId('try'),
    number,
    result: 'refused',
    code,
  })
}

async function bodies(ground: Ground, orgId: string, offer: readonly DeliveryRow[]): Promise<Record<string, string>> {
  const sets: Record<string, string> = {}
  if (offer.length === 0) return sets
  const key = await selectSealingKey(ground.db.read, orgId, ground.clock.now())
  for (const { jti } of offer) {
    const token = await selectToken(ground.db.read, jti)
    if (!token?.dataKey || !token.sealed) continue
    const raw = ground.vault.open(token.dataKey, `token:${jti}`, token.sealed).toString('ascii')
    sets[jti] = key ? await seal(raw, key) : raw
  }
  return sets
}
