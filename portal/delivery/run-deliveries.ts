import { setTimeout as wait } from 'node:timers/promises'
import type { Ground } from '../ground/ground.ts'
import { tryOne } from './attempt-delivery.ts'
import { type Begun, beginAttempts } from './begin-attempts.ts'
import { finishAttempts, type Tried } from './finish-attempts.ts'
import { offerBegun } from './offer-begun.ts'
import { readAnswer } from './push-answer.ts'

/** In hand at once at one worker, over all endpoints: on their way, each with a socket, or not written down yet. */
const mostInHand = 512
/** What comes back within so long is written down together, and no more than so many. */
const windowMs = 5
const mostTogether = 100
/** So many transactions write results at once. */
const mostWriters = 2
/** What nobody has answered at the second look is written down as offered before its answer is. */
const lookMs = 1000
/** How long it sleeps where nobody rings. */
const sleepMs = 500
/** A result that cannot be written is kept and tried again for so long. Its lease has run out by then. */
const keptMs = 60_000

export interface Deliveries {
  /** Takes nothing new, lets what is in flight come back for so long, and gives the rest back. */
  stop(patienceMs?: number): Promise<void>
}

/**
 * Delivers whatever is due, until it is stopped: while some are in flight, others are claimed and the results of others
 * are written down. A receiver that takes its time holds its own two places and nobody else's.
 */
export function runDeliveries(
  ground: Ground,
  { workerId, jitter = Math.random }: { workerId: string; jitter?: () => number },
): Deliveries {
  const worker = { workerId, jitter }
  const inHand = new Map<string, { begun: Begun; looks: number }>()
  const back: Tried[] = []
  // Whoever has taken one in has room for the next before we have written it down. What failed, and what was taken in where
  // others had failed, keeps its place until it is written: what then is due is for the next claim to know.
  const taken = new Set<string>()
  // Endpoints without a free place: more may be due there, and waits until one of these is back.
  const full = new Set<string>()
  const bell = sleeper()
  const stopListening = ground.bell.listen('deliveries', bell.ring)
  let stopping = false
  let claiming = false
  let writers = 0
  let timer: NodeJS.Timeout | undefined
  const offering = setInterval(() => void offer(), lookMs)
  offering.unref()

  async function claim(): Promise<void> {
    while (!stopping) {
      const room = mostInHand - inHand.size
      let begun: Begun[] = []
      claiming = true
      try {
        if (room > 0) begun = await beginAttempts(ground, workerId, room, [...taken])
      } catch (error) {
        ground.log.error('deliveries not claimed', { error })
      }
      claiming = false
      for (const one of begun) {
        inHand.set(one.attemptId, { begun: one, looks: 0 })
        if (one.full) full.add(one.channel.id)
        void send(one)
      }
      // More than there was room for is taken as soon as something has come back.
      if (room <= 0 || begun.length < room) await bell.sleep(sleepMs)
    }
  }

  async function send(begun: Begun): Promise<void> {
    try {
      const tried = await tryOne(ground, begun)
      back.push(tried)
      const received = tried.answer !== null && readAnswer(tried.answer).result === 'received'
      if (received && begun.channel.failures === 0) taken.add(begun.attemptId)
      if (back.length >= mostTogether) void write()
      else timer ??= setTimeout(() => void write(), windowMs)
    } catch (error) {
      // Nothing is known of it. Its lease runs out, and it is tried again.
      ground.log.error('delivery not sent', { deliveryId: begun.delivery.id, error })
      inHand.delete(begun.attemptId)
    }
  }

  /** What comes back meanwhile makes the next transaction, or a second one at once where it is many. */
  async function write(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (writers >= mostWriters || (writers > 0 && back.length < mostTogether)) return
    writers += 1
    while (back.length > 0) {
      const together = back.splice(0, mostTogether)
      // So many are free again: the next are sent while these are written.
      if (together.length === mostTogether) bell.ring()
      try {
        await finishAttempts(ground, worker, together)
        done(together)
      } catch (error) {
        ground.log.error('results not written', { count: together.length, error })
        // One that cannot be written holds up no other.
        for (const one of together) void writeAlone(one)
      }
    }
    writers -= 1
  }

  async function writeAlone(one: Tried): Promise<void> {
    const until = performance.now() + keptMs
    for (let pause = 100; performance.now() < until; pause = Math.min(2 * pause, 2000)) {
      try {
        await finishAttempts(ground, worker, [one])
        break
      } catch (error) {
        ground.log.error('result not written', { deliveryId: one.begun.delivery.id, error })
      }
      await wait(pause)
    }
    done([one])
  }

  function done(tried: readonly Tried[]): void {
    const again = makesRoom(tried)
    for (const { begun } of tried) {
      inHand.delete(begun.attemptId)
      taken.delete(begun.attemptId)
    }
    if (again) bell.ring()
  }

  /** Whether something may be due now that could not be claimed before. Who has just failed is not asked in the same breath. */
  function makesRoom(tried: readonly Tried[]): boolean {
    const there = tried.filter(({ answer }) => answer !== null && readAnswer(answer).result !== 'failed')
    const behind = there.filter(({ begun: { channel } }) => full.delete(channel.id) || channel.failures > 0)
    // A claim that is under way has seen their places taken.
    return behind.length > 0 || (claiming && there.length > 0) || inHand.size >= mostInHand || stopping
  }

  /** A receiver that takes its time is shown as one that has it. */
  async function offer(): Promise<void> {
    for (const flight of inHand.values()) flight.looks += 1
    const late = [...inHand.values()].filter(({ looks }) => looks === 2).map(({ begun }) => begun)
    if (late.length === 0) return
    try {
      await offerBegun(ground, late)
    } catch (error) {
      ground.log.error('deliveries not offered', { count: late.length, error })
    }
  }

  async function giveBack(): Promise<void> {
    const left = [...inHand.values()].map(({ begun }) => begun)
    if (left.length === 0) return
    await offerBegun(ground, left, { workerId })
    ground.bell.ring(['deliveries'])
  }

  const claims = claim()
  return {
    async stop(patienceMs = 15_000) {
      stopping = true
      stopListening()
      bell.ring()
      const until = performance.now() + patienceMs
      await claims
      while (inHand.size > 0 && performance.now() < until) await bell.sleep(50)
      clearInterval(offering)
      await giveBack()
    },
  }
}

/** Sleeps until it is rung, or so long; a ring that came before is not lost. */
function sleeper() {
  let rung = false
  let wake: (() => void) | null = null
  return {
    ring() {
      rung = true
      wake?.()
    },
    async sleep(ms: number): Promise<void> {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      wake = null
      rung = false
    },
  }
}
