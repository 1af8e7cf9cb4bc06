import { keepAttributions } from '../attribution/keep-attributions.ts'
import type { Fact } from '../facts/facts.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { selectItem } from './notice-store.server.ts'
import { pauseClock } from './pause-clock.ts'
import { returnItem } from './return-item.ts'
import { selectOpenItemsOf } from './suspended-store.server.ts'

const atOnce = 500

/**
 * The desk has taken a provider out: what is open and was asked of it waits for the desk, item by item. Its clocks stand
 * still from then on, since we keep it from answering.
 */
export async function returnToDesk(ground: Ground, fact: Fact<'organisation.suspended'>): Promise<void> {
  const { orgId } = fact.payload
  for (;;) {
    const itemIds = await selectOpenItemsOf(ground.db.read, orgId, atOnce)
    for (const itemId of itemIds) await ground.db.transaction((tx) => takeBack(ground, tx, itemId, orgId))
    if (itemIds.length < atOnce) return
  }
}

async function takeBack(ground: Ground, tx: Tx, itemId: string, orgId: string): Promise<void> {
  const { result } = await returnItem(tx, itemId, 'provider_suspended')
  if (result !== 'returned') return
  await pauseClock(tx, { itemId, orgId, at: tx.now, reason: 'provider_suspended' })
  const item = await selectItem(tx.db, itemId)
  if (!item?.dataKey) return
  // For the desk's list, and so that it is found again should the provider come back.
  const { dataKey } = item
  const finding = { result: 'unattributed' as const, code: 'provider_suspended' as const, seenAddresses: [] }
  await keepAttributions(tx, ground.vault, [{ itemId, dataKey, finding }])
}
