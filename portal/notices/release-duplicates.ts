import { findAttributions } from '../attribution/keep-attributions.ts'
import type { Fact } from '../facts/facts.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { insertAddressees, lockDuplicatesOf, updateItem } from './notice-store.server.ts'

/**
 * A notice was taken back, and others had been linked to it instead of being sent: the oldest of them is sent now, and
 * the rest are linked to that one. Otherwise one notifier's mistake would silence another's notice.
 */
export async function releaseDuplicates(ground: Ground, fact: Fact<'notice.withdrawn'>): Promise<void> {
  for (const withdrawn of fact.payload.itemIds) await releaseFrom(ground, withdrawn)
}

function releaseFrom(ground: Ground, withdrawn: string): Promise<void> {
  return ground.db.transaction(async (tx) => {
    const [next, ...rest] = await lockDuplicatesOf(tx.db, [withdrawn])
    if (!next) return
    await updateItem(tx.db, next.id, { duplicateOf: null })
    for (const other of rest) await updateItem(tx.db, other.id, { duplicateOf: next.id })
    const attribution = (await findAttributions(tx.db, [next.id])).get(next.id)
    const host = attribution?.chain.find((link) => link.role === 'hosting' && link.accountable)
    const { id: itemId, noticeId } = next
    if (!attribution || !host) {
      await record(tx, noticeId, 'item.unattributed', { noticeId, itemId, code: 'no_network' })
      return
    }
    const { org: orgId, role, accountable } = host
    await insertAddressees(tx.db, [{ itemId, orgId, noticeId, role, accountable, createdAt: tx.now }])
    await record(tx, noticeId, 'item.attributed', {
      noticeId,
      itemId,
      orgId,
      attributionId: attribution.id,
      by: 'network',
    })
  })
}
