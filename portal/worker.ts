/** Reactions and the timetable: inside the portal's process on the embedded database, or a process of its own. */
import { fileURLToPath } from 'node:url'
import { buildGround } from './ground/build-ground.server.ts'
import { readConfig } from './ground/config.server.ts'
import type { Ground } from './ground/ground.ts'
import { projectFact, reactionNames } from './reactions.ts'
import { type Entry, timetable } from './timetable.ts'
import { workReactions } from './work-reactions.ts'

export interface Worker {
  /** Finishes what is in hand, up to 15 s, and takes nothing new. */
  stop(): Promise<void>
}

export async function startWorker(
  ground: Ground,
  queue: Awaited<ReturnType<typeof buildGround>>['queue'],
  workerId: string,
): Promise<Worker> {
  const stopping = new AbortController()
  await workReactions(ground, queue)
  const running = timetable.map((entry) => keepRunning(ground, entry, workerId, stopping.signal))
  return {
    async stop() {
      stopping.abort()
      await Promise.race([Promise.all(running), new Promise((resolve) => setTimeout(resolve, 15_000).unref())])
    },
  }
}

async function keepRunning(ground: Ground, entry: Entry, workerId: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    let found: unknown = 0
    try {
      found = await entry.run(ground, workerId)
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
  const config = readConfig(process.env)
  const { ground, queue, close } = await buildGround(config, { reactionsTo: reactionNames, project: projectFact })
  const worker = await startWorker(ground, queue, `worker-${process.pid}`)
  ground.log.info('worker started', { pid: process.pid })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, async () => {
      await worker.stop()
      await close()
      process.exit(0)
    })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
