import { setTimeout as wait } from 'node:timers/promises'
import { runDeliveries } from '../../../portal/delivery/run-deliveries.ts'
import type { DeliveryLine } from './line.ts'

export interface Latency {
  p50: number
  p99: number
  max: number
  count: number
  /** How far whoever queues fell behind, at most: the load was not what it says where this is long. */
  behind: number
  /** Each of them, the quickest first. */
  took: readonly number[]
}

/**
 * Makes so many deliveries a second due for some endpoints, and answers how long each took from the commit that made it
 * due to its arrival there, in milliseconds. The worker is in this process; whoever commits rings, as `queueToken` does.
 * For every four of them one more may become due for others (`beside`), of which nothing is measured.
 */
export async function latencyAt(
  line: DeliveryLine,
  perSecond: number,
  seconds: number,
  to?: readonly number[],
  beside: readonly number[] = [],
): Promise<Latency> {
  const { ground } = line.built
  await line.sink.ask('forget')
  const committed = new Map<string, number>()
  const deliveries = runDeliveries(ground, { workerId: `bench-${performance.now()}` })
  const everyMs = 100
  const each = Math.max(1, Math.round((perSecond * everyMs) / 1000))
  let behind = 0
  try {
    const began = performance.now()
    for (let turn = 0; turn < (seconds * 1000) / everyMs; turn += 1) {
      await wait(Math.max(0, began + turn * everyMs - performance.now()))
      behind = Math.max(behind, performance.now() - began - turn * everyMs)
      if (beside.length > 0) await line.queue(Math.round(each / 4), beside)
      const ids = await line.queue(each, to)
      const at = Date.now()
      for (const id of ids) committed.set(id, at)
      ground.bell.ring(['deliveries'])
    }
    await wait(2_000)
  } finally {
    await deliveries.stop(1_000)
  }
  const arrived = await line.sink.ask<[string, number][]>('first')
  const took = arrived.flatMap(([id, at]) => {
    const from = committed.get(id)
    return from === undefined ? [] : [Math.max(0, at - from)]
  })
  took.sort((one, other) => one - other)
  const at = (part: number) => partOf(took, part)
  return { p50: at(0.5), p99: at(0.99), max: took.at(-1) ?? Number.NaN, count: took.length, behind, took }
}

/** Of values in their order, the one that so many of them are not above. */
export function partOf(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN
}
