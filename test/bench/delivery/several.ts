import { setTimeout as wait } from 'node:timers/promises'
import { type Child, startChild } from '../child.ts'
import type { DeliveryLine } from './line.ts'

/** So many workers in processes of their own deliver what is due. Answers deliveries a second, and what went wrong. */
export async function withWorkers(line: DeliveryLine, workers: number, count: number) {
  const children = await Promise.all(
    Array.from({ length: workers }, () => startChild('./delivery/worker-process.ts', line.env)),
  )
  try {
    await line.queue(count)
    await line.sink.ask('forget')
    const began = performance.now()
    await each(children, 'start')
    await untilDelivered(line, began + 300_000)
    const seconds = (performance.now() - began) / 1000
    const memory = await Promise.all(children.map((child) => child.ask<NodeJS.MemoryUsage>('memory')))
    await each(children, 'stop')
    const { arrivals, repeated } = await line.sink.ask<{ arrivals: number; repeated: number }>('count')
    return { perSecond: count / seconds, arrivals, repeated, rss: Math.max(...memory.map(({ rss }) => rss)) / 2 ** 20 }
  } finally {
    await Promise.all(children.map((child) => child.stop()))
  }
}

const each = (children: readonly Child[], what: string) => Promise.all(children.map((child) => child.ask(what)))

export async function untilDelivered(line: DeliveryLine, late: number, to?: readonly number[]): Promise<void> {
  while ((await line.waiting(to)) > 0) {
    if (performance.now() > late) throw new Error('Not everything was delivered in time')
    await wait(50)
  }
}
