import { eventTypes } from '@noticeline/sdk/protocol'
import { findAttributions } from '../attribution/keep-attributions.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { type StandsIn, standsInOf } from '../providers/choose-endpoint.ts'
import { networksAround } from '../providers/networks-around.ts'
import { selectIssuedDelivery, type TokenRow } from './delivery-store.server.ts'

/**
 * In which networks of its addressee the items of a token stand, by the snapshots that hold now. What is said about a
 * notice later goes where the notice went, whoever its items are asked of by then.
 */
export async function findStandsIn(ground: Ground, tx: Tx, token: TokenRow): Promise<StandsIn> {
  const { orgId, noticeId, event } = token
  const { issued } = eventTypes
  const before = event === issued ? undefined : await selectIssuedDelivery(tx.db, noticeId, orgId, issued)
  if (before) return before.standsIn
  const itemIds = token.itemIds ?? []
  const attributions = await findAttributions(tx.db, itemIds)
  const networks = itemIds.map((itemId) => {
    const links = attributions.get(itemId)?.chain ?? []
    return links.find(({ org, accountable }) => org === orgId && accountable)?.network ?? null
  })
  const known = [...new Set(networks)].filter((id) => id !== null)
  const around = await networksAround(ground, tx.db, orgId, known)
  return standsInOf(networks.map((id) => (id === null ? [] : (around.get(id) ?? []))))
}
