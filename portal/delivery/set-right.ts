import { turnedBack } from '../facts/turned-back.ts'
import type { Ground } from '../ground/ground.ts'
import { setRightClocks } from '../notices/set-right-clocks.ts'
import type { ReceivedHow } from './delivery.ts'
import { lockDelivery } from './delivery-store.server.ts'
import { selectReceivedAhead } from './set-right-store.server.ts'
import { settleDelivery } from './settle-delivery.ts'

const atOnce = 100

/**
 * After the time was ahead and set back: what was received, ended or overdue at instants that have not come yet counts as
 * of now, which is never to a provider's disadvantage and never a year in its favour. Facts stay as they are; what is
 * corrected is said in new ones. Answers how many.
 */
export async function setRight(ground: Ground): Promise<number> {
  const ahead = await turnedBack(ground)
  if (ahead === null) return 0
  let count = 0
  for (const id of await selectReceivedAhead(ground.db.read, ahead, atOnce)) {
    count += await ground.db.transaction(async (tx) => {
      const delivery = await lockDelivery(tx.db, id)
      if (!delivery?.receivedAt || delivery.receivedAt <= ahead) return 0
      await settleDelivery(tx, delivery, delivery.receivedHow as ReceivedHow, tx.now)
      return 1
    })
  }
  return count + (await setRightClocks(ground, ahead))
}
