import { findAttributions, keepAttributions, openAttribution } from '../attribution/keep-attributions.ts'
import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { findOrganisation } from '../people/find-organisation.ts'
import { keepKnownProvider } from '../people/keep-known-provider.ts'
import { type Actor, may } from '../people/may.ts'
import { takesPart } from '../people/person.ts'
import { handItem } from './hand-item.ts'
import { companiesNamedIn } from './named-companies.ts'
import { lockItem, updateItem } from './notice-store.server.ts'

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

/**
 * A person of the platform's desk says who hosts an item that no proven network answers for, and why: a provider that takes
 * part, a company known only from a registry, or `named:0`, the first of those that registry and routing table named for
 * it, which is kept by that. Who is known from a registry is written to at the mailbox the registry names.
 */
export function attributeItem(
  ground: Ground,
  actor: Actor,
  itemId: string,
  provider: string,
  reason: string,
): Promise<{ result: Attributed }> {
  return ground.db.transaction(async (tx) => {
    if (!may(actor, 'attribution.decide')) return { result: 'forbidden' }
    if (reason.trim() === '' || reason.length > longestReason) return { result: 'invalid' }
    const item = await lockItem(tx.db, itemId)
    if (!item) return { result: 'unknown-item' }
    if (item.attribution === 'attributed') return { result: 'already-attributed' }
    if (item.withdrawnAt || item.closedAt || item.duplicateOf || !item.dataKey) return { result: 'not-open' }
    const orgId = await chosen(ground, tx, { itemId, dataKey: item.dataKey }, provider)
    if (orgId === null) return { result: 'unknown-provider' }
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
    await handItem(tx, { itemId, orgId, noticeId, role: 'hosting', accountable: true })
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

async function chosen(
  ground: Ground,
  tx: Tx,
  item: { itemId: string; dataKey: Uint8Array },
  provider: string,
): Promise<string | null> {
  const named = /^named:(\d{1,2})$/.exec(provider)?.[1]
  let orgId = provider
  if (named !== undefined) {
    const attribution = (await findAttributions(tx.db, [item.itemId])).get(item.itemId)
    const notes = attribution ? openAttribution(ground, attribution, item.dataKey) : null
    const one = companiesNamedIn(notes)[Number(named)]
    if (!one) return null
    orgId = await keepKnownProvider(tx, one.company)
  }
  const found = await findOrganisation(tx.db, orgId)
  if (found?.kind !== 'provider' || found.suspendedAt) return null
  return takesPart(found) || found.knownFrom === 'registry' ? found.id : null
}
