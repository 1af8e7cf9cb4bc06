/** A worker of its own: the engine alone, on the database of its environment. */
import { runDeliveries } from '../../../portal/delivery/run-deliveries.ts'
import { answerParent } from '../child.ts'
import { openGround } from '../gauged-portal.ts'

const { ground } = await openGround(process.env as Record<string, string>)
let deliveries: ReturnType<typeof runDeliveries> | null = null

answerParent({
  start: () => {
    deliveries ??= runDeliveries(ground, { workerId: `bench-${process.pid}` })
  },
  stop: async () => {
    await deliveries?.stop()
    deliveries = null
  },
  memory: () => process.memoryUsage(),
})
