import type { Fact } from '../facts/facts.ts'
import type { Ground } from '../ground/ground.ts'
import { insertObserved, selectAddressedItems } from './removal-store.server.ts'

/** What somebody is asked to remove is watched from now on: how it was before is half of what a removal time needs. */
export async function watchItem(ground: Ground, fact: Fact<'notice.issued' | 'item.attributed'>): Promise<void> {
  await ground.db.transaction(async (tx) => {
    await insertObserved(tx.db, await selectAddressedItems(tx.db, fact.payload.noticeId), tx.now)
  })
}
