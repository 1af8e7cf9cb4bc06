import type { ChainFinding } from '../attribution/chain.ts'
import { findAttributions } from '../attribution/keep-attributions.ts'
import type { Fact } from '../facts/facts.ts'
import { record, recordAll } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { beginSearch, seeks } from './begin-search.ts'
import { insertAddressees, lockDuplicatesOf, selectNotice, updateItem } from './notice-store.server.ts'

const nobodys = { result: 'unattributed', code: 'no_network', seenAddresses: [] } satisfies ChainFinding

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
      const notice = await selectNotice(tx.db, noticeId)
      // Nobody was asked about it while it stood behind another.
      if (notice && seeks(ground, notice.regime, nobodys)) {
        await updateItem(tx.db, itemId, { attribution: 'waiting' })
        await recordAll(tx, noticeId, [await beginSearch(tx, noticeId, [itemId])])
        return
      }
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
