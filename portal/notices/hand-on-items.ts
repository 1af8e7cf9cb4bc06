import { addDelegated, findDelegatedPart } from '../attribution/delegated-part.ts'
import { findAttributions, openAttribution } from '../attribution/keep-attributions.ts'
import type { Fact } from '../facts/facts.ts'
import type { Ground } from '../ground/ground.ts'
import { selectItem } from './notice-store.server.ts'
import { openItem } from './read-notice.ts'
import { selectOpenItemsAfter } from './suspended-store.server.ts'

const atOnce = 500

/** A part of a network is handed on: what is open there already is among it, by the addresses it was attributed by. */
export async function handOnItems(ground: Ground, fact: Fact<'network.delegated'>): Promise<void> {
  const { delegationId } = fact.payload
  const part = await findDelegatedPart(ground, delegationId)
  if (!part) return
  for (let after = ''; ; ) {
    const itemIds = await selectOpenItemsAfter(ground.db.read, part.orgId, after, atOnce)
    const attributions = await findAttributions(ground.db.read, itemIds)
    for (const itemId of itemIds) {
      const attribution = attributions.get(itemId)
      if (!attribution?.chain.some(({ accountable, network }) => accountable && network === part.networkId)) continue
      const item = await selectItem(ground.db.read, itemId)
      const notes = item && openAttribution(ground, attribution, item.dataKey)
      if (!item?.sealed || !notes) continue
      if (part.holds(notes.addresses, new URL(openItem(ground, item).url).hostname))
        await ground.db.transaction((tx) => addDelegated(tx, itemId, delegationId))
    }
    const last = itemIds.at(-1)
    if (last === undefined) return
    after = last
  }
}
