/** The portal as `npm start` runs it, in a process that also says what it uses. */
import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { startPortal } from '../../portal/server.ts'
import { root } from '../architecture/tree.ts'
import { answerParent, ownCpu } from './child.ts'

export interface Reading {
  readonly cpuMs: number
  /** How long its main thread was ready to run while others had the processors; null where the system does not say. */
  readonly waitedMs: number | null
  readonly rss: number
  readonly heapUsed: number
  /** What is left after a full collection, where one was asked for. */
  readonly kept: number | null
  /** How long the event loop was held up since the last reading. */
  readonly heldUp: { readonly p99Ms: number; readonly maxMs: number }
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()

process.chdir(`${root}/portal`)
await startPortal()
function waited(): number | null {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]) / 1e6
  } catch {
    return null
  }
}

answerParent({
  reading: ({ whole }: { whole: boolean }): Reading => {
    const heldUp = { p99Ms: delay.percentile(99) / 1e6, maxMs: delay.max / 1e6 }
    if (whole) collect()
    const { rss, heapUsed } = process.memoryUsage()
    delay.reset()
    return { cpuMs: ownCpu(), waitedMs: waited(), rss, heapUsed, kept: whole ? heapUsed : null, heldUp }
  },
})
