/** A process with nothing in it but, when it is asked to, the routing table. */
import type { Routing } from '../../portal/ground/ground.ts'
import { openRouting } from '../../portal/ground/routing.ts'
import { answerParent } from './child.ts'

const silent = { info: () => {}, warn: () => {}, error: () => {} }
let held: Routing | null = null

answerParent({
  load: (directory: string): { ms: number; ranges: number } => {
    const began = performance.now()
    held = openRouting(directory, silent)
    return { ms: performance.now() - began, ranges: held.size }
  },
  /** After a collection, so that what is counted is what is held. */
  memory: () => {
    const collect = (globalThis as { gc?: () => void }).gc
    if (!collect) throw new Error('Started without --expose-gc')
    collect()
    const { rss, heapUsed, arrayBuffers } = process.memoryUsage()
    return { rss, heapUsed, arrayBuffers, ranges: held?.size ?? 0 }
  },
})
