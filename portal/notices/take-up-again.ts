import { findChain } from '../attribution/find-chain.ts'
import { findAttributions, openAttribution } from '../attribution/keep-attributions.ts'
import type { Fact } from '../facts/facts.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { beginSearch } from './begin-search.ts'
import type { Item } from './notice.ts'
import { lockItem, selectItem, selectUnattributed, updateItem } from './notice-store.server.ts'
import { openItem } from './read-notice.ts'

const atMost = 5000

/**
 * A provider is back: what waits at the desk because it was out, and stands in a network that somebody answers for now, is
 * attributed like anything else. What the desk gave to somebody else meanwhile stays there.
 */
export async function takeUpAgain(ground: Ground, fact: Fact<'organisation.reinstated'>): Promise<void> {
  const waiting = await selectUnattributed(ground.db.read, atMost)
  const notices = new Map<string, string[]>()
  for (const { id, noticeId, dataKey } of waiting) {
    const attribution = (await findAttributions(ground.db.read, [id])).get(id)
    const code = attribution && openAttribution(ground, attribution, dataKey)?.code
    const item = code === 'provider_suspended' ? await selectItem(ground.db.read, id) : null
    if (item && (await isAnsweredFor(ground, item, fact.payload.orgId)))
      notices.set(noticeId, [...(notices.get(noticeId) ?? []), id])
  }
  for (const [noticeId, itemIds] of notices) {
    await ground.db.transaction(async (tx) => {
      const still: string[] = []
      for (const id of itemIds) {
        const item = await lockItem(tx.db, id)
        if (item?.attribution !== 'unattributed' || item.withdrawnAt || item.closedAt) continue
        await updateItem(tx.db, id, { attribution: 'waiting' })
        still.push(id)
      }
      if (still.length === 0) return
      const { kind, payload } = await beginSearch(tx, noticeId, still)
      if (kind === 'holder.sought') await record(tx, noticeId, kind, payload)
    })
  }
}

/** In the network of the one that came back. */
async function isAnsweredFor(ground: Ground, item: Item, orgId: string): Promise<boolean> {
  if (!item.dataKey || !item.sealed) return false
  const { url, ip } = openItem(ground, item)
  const finding = await findChain(ground, { url, ip })
  return finding.result === 'attributed' && finding.chain.some(({ org, accountable }) => accountable && org === orgId)
}
