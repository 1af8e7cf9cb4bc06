import { setTimeout as wait } from 'node:timers/promises'
import type { Ground } from '../ground/ground.ts'
import { tryOne } from './attempt-delivery.ts'
import { abandonAttempts } from './attempt-store.server.ts'
import { type Begun, beginAttempts } from './begin-attempts.ts'
import { releaseLeases } from './claim-store.server.ts'
import { finishAttempts, type Tried } from './finish-attempts.ts'

/** In flight at once from one worker, over all endpoints: each holds a token in memory, and a socket. */
const mostInFlight = 256
/** What comes back within so long is written down together, and no more than so many. */
const windowMs = 5
const mostTogether = 100
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
  const inFlight = new Map<string, Begun>()
  const back: Tried[] = []
  const bell = sleeper()
  const stopListening = ground.bell.listen('deliveries', bell.ring)
  let stopping = false
  let writing = false
  let timer: NodeJS.Timeout | undefined

  async function claim(): Promise<void> {
    while (!stopping) {
      const room = mostInFlight - inFlight.size
      let begun: Begun[] = []
      try {
        if (room > 0) begun = await beginAttempts(ground, workerId, room)
      } catch (error) {
        ground.log.error('deliveries not claimed', { error })
      }
      for (const one of begun) {
        inFlight.set(one.attemptId, one)
        void send(one)
      }
      // More than there was room for is taken as soon as something has come back.
      if (room <= 0 || begun.length < room) await bell.sleep(sleepMs)
    }
  }

  async function send(begun: Begun): Promise<void> {
    try {
      back.push(await tryOne(ground, begun))
      if (back.length >= mostTogether) void write()
      else timer ??= setTimeout(() => void write(), windowMs)
    } catch (error) {
      // Nothing is known of it. Its lease runs out, and it is tried again.
      ground.log.error('delivery not sent', { deliveryId: begun.delivery.id, error })
      inFlight.delete(begun.attemptId)
    }
  }

  /** One transaction at a time: what comes back meanwhile makes the next. */
  async function write(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (writing) return
    writing = true
    while (back.length > 0) {
      const together = back.splice(0, mostTogether)
      try {
        await finishAttempts(ground, worker, together)
        done(together)
      } catch (error) {
        ground.log.error('results not written', { count: together.length, error })
        // One that cannot be written holds up no other.
        for (const one of together) void writeAlone(one)
      }
    }
    writing = false
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
    for (const { begun } of tried) inFlight.delete(begun.attemptId)
    bell.ring()
  }

  async function giveBack(): Promise<void> {
    const left = [...inFlight.values()].map(({ delivery }) => delivery.id)
    if (left.length === 0) return
    await ground.db.transaction(async (tx) => {
      const released = await releaseLeases(tx.db, workerId, left)
      if (released.length > 0) await abandonAttempts(tx.db, released, tx.now)
    })
    ground.bell.ring(['deliveries'])
  }

  const claiming = claim()
  return {
    async stop(patienceMs = 15_000) {
      stopping = true
      stopListening()
      bell.ring()
      const until = performance.now() + patienceMs
      await claiming
      while (inFlight.size > 0 && performance.now() < until) await bell.sleep(50)
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
