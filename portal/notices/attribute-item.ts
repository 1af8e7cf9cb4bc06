import { keepAttributions } from '../attribution/keep-attributions.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { findOrganisation } from '../people/find-organisation.ts'
import { type Actor, may } from '../people/may.ts'
import { takesPart } from '../people/person.ts'
import { insertAddressees, lockItem, updateItem } from './notice-store.server.ts'
import { reopenClock } from './reopen-clock.ts'

const longestReason = 2000

export type Attributed =
  | 'attributed'
  | 'already-attributed'
  | 'unknown-item'
  | 'unknown-provider'
  /** Taken back, closed, or linked to another notice's item: there is nothing to ask anybody for. */
  | 'not-open'
  | 'forbidden'
  | 'invalid'

/** A person of the platform's desk says who hosts an item that no proven network answers for, and why. */
export function attributeItem(
  ground: Ground,
  actor: Actor,
  itemId: string,
  providerOrgId: string,
  reason: string,
): Promise<{ result: Attributed }> {
  return ground.db.transaction(async (tx) => {
    if (!may(actor, 'attribution.decide')) return { result: 'forbidden' }
    if (reason.trim() === '' || reason.length > longestReason) return { result: 'invalid' }
    const item = await lockItem(tx.db, itemId)
    if (!item) return { result: 'unknown-item' }
    if (item.attribution === 'attributed') return { result: 'already-attributed' }
    if (item.withdrawnAt || item.closedAt || item.duplicateOf || !item.dataKey) return { result: 'not-open' }
    const provider = await findOrganisation(tx.db, providerOrgId)
    if (provider?.kind !== 'provider' || !takesPart(provider)) return { result: 'unknown-provider' }
    const orgId = provider.id
    const link = { org: orgId, role: 'hosting', accountable: true, network: null, evidence: ['desk'] } as const
    const [attributionId] = await keepAttributions(tx, ground.vault, [
      {
        itemId,
        dataKey: item.dataKey,
        finding: {
          result: 'attributed',
          chain: [{ ...link, evidence: [...link.evidence] }],
          confidence: 'medium',
          seenAddresses: [],
        },
        reason: reason.trim(),
      },
    ])
    await updateItem(tx.db, itemId, { attribution: 'attributed' })
    const { noticeId } = item
    // Whoever said "not hosted here" and is asked all the same answers from when it was first asked.
    await reopenClock(tx, { itemId, orgId })
    await insertAddressees(tx.db, [{ itemId, orgId, noticeId, role: 'hosting', accountable: true, createdAt: tx.now }])
    await record(tx, noticeId, 'item.attributed', {
      noticeId,
      itemId,
      orgId,
      attributionId: attributionId ?? '',
      by: 'desk',
    })
    return { result: 'attributed' }
  })
}
