import { setTimeout as wait } from 'node:timers/promises'
import { runDeliveries } from '../../../portal/delivery/run-deliveries.ts'
import type { DeliveryLine } from './line.ts'

/** Delivers everything that is due with one worker in this process, and returns when it is all written down. */
export async function deliverAll(line: DeliveryLine, count: number, patienceMs = 120_000): Promise<void> {
  const { ground } = line.built
  const late = performance.now() + patienceMs
  const deliveries = runDeliveries(ground, { workerId: `bench-${count}-${late}` })
  try {
    // The sink knows first; the rows are asked for only when it has them all, so that asking costs next to nothing.
    while ((await line.sink.ask<{ arrivals: number }>('count')).arrivals < count) await rest(late)
    while ((await line.waiting()) > 0) await rest(late)
  } finally {
    await deliveries.stop()
  }
}

async function rest(late: number): Promise<void> {
  if (performance.now() > late) throw new Error('Not everything was delivered in time')
  await wait(10)
}
