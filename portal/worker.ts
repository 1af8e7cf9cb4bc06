/** Reactions, the timetable and deliveries: inside the portal's process on the embedded database, or a process of its own. */
import { randomBytes } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beat } from './deadlines/outages.ts'
import { runDeliveries } from './delivery/run-deliveries.ts'
import { findFact } from './facts/history.ts'
import { buildGround } from './ground/build-ground.server.ts'
import { readConfig, readEnvironment } from './ground/config.server.ts'
import type { Ground } from './ground/ground.ts'
import type { Queue } from './ground/queue.server.ts'
import { allReactionNames, projectFacts, react, reactionNames, recordKey, recordMail } from './reactions.ts'
import { type Entry, timetable } from './timetable.ts'
import { createMeters } from './watching/meters.ts'
import { startWatching } from './watching/metrics-server.ts'

export interface Worker {
  /** Finishes what is in hand, up to 15 s, and takes nothing new. */
  stop(): Promise<void>
}

const drainMs = 15_000

export async function startWorker(ground: Ground, queue: Queue, workerId: string): Promise<Worker> {
  const stopping = new AbortController()
  // Every entry of the timetable listens.
  setMaxListeners(0, stopping.signal)
  for (const name of allReactionNames) {
    await queue.work(`reaction.${name}`, async ({ factId }) => {
      const fact = await findFact(ground, String(factId))
      if (!fact) throw new Error('A reaction to a fact that is not there')
      await react(ground, name, fact)
    })
  }
  // Two machines may give their processes the same number, and each must know its own leases.
  const unique = `${workerId}-${randomBytes(4).toString('hex')}`
  // Before anything runs by the clock: how long nobody was here is known to whoever would blame others for it.
  await beat(ground, 'worker').catch((error) => ground.log.warn('beat failed', { error }))
  const running = timetable.map((entry) => keepRunning(ground, entry, stopping.signal))
  const deliveries = runDeliveries(ground, { workerId: unique })
  return {
    async stop() {
      stopping.abort()
      const late = new Promise((resolve) => setTimeout(resolve, drainMs).unref())
      await Promise.all([deliveries.stop(drainMs), Promise.race([Promise.all(running), late])])
    },
  }
}

async function keepRunning(ground: Ground, entry: Entry, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    let found: unknown = 0
    try {
      found = await entry.run(ground)
    } catch (error) {
      // The entry is due again soon; what it could not do is still there to be found.
      ground.log.error('timetable entry failed', { kind: entry.name, error })
    }
    if (typeof found !== 'number' || found === 0) await pause(entry.every, signal)
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}

async function main(): Promise<void> {
  const folder = dirname(fileURLToPath(import.meta.url))
  const config = readConfig(readEnvironment(join(folder, '.env')), { dataDirDefault: join(folder, '.data') })
  const meters = createMeters({ node: config.metrics !== null })
  const { ground, queue, close } = await buildGround(config, {
    reactionsTo: reactionNames,
    project: projectFacts,
    keyChanged: recordKey,
    mailSent: recordMail,
    recorded: meters.note,
    working: true,
  })
  const watched = await startWatching({ ground, queue, meters })
  const worker = await startWorker(ground, queue, `worker-${process.pid}`)
  ground.log.info('worker started', { pid: process.pid })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, async () => {
      await worker.stop()
      await watched.stop()
      await close()
      process.exit(0)
    })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
