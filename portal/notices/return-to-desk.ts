import type { Fact } from '../facts/facts.ts'
import type { Ground } from '../ground/ground.ts'
import { returnItem } from './return-item.ts'
import { selectOpenItemsOf } from './suspended-store.server.ts'

const atOnce = 500

/** The desk has taken a provider out: what is open and was asked of it waits for the desk, item by item. */
export async function returnToDesk(ground: Ground, fact: Fact<'organisation.suspended'>): Promise<void> {
  const { orgId } = fact.payload
  for (;;) {
    const itemIds = await selectOpenItemsOf(ground.db.read, orgId, atOnce)
    for (const itemId of itemIds) {
      await ground.db.transaction((tx) => returnItem(tx, itemId, 'provider_suspended'))
    }
    if (itemIds.length < atOnce) return
  }
}
