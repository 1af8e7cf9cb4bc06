import type { UnattributedCode } from '../attribution/chain.ts'
import { findAttributions, openAttribution } from '../attribution/keep-attributions.ts'
import type { Ground } from '../ground/ground.ts'
import { findOrganisations } from '../people/find-organisation.ts'
import { type Actor, may } from '../people/may.ts'
import { companiesNamedIn } from './named-companies.ts'
import { selectUnattributed } from './notice-store.server.ts'

export interface UnattributedItem {
  itemId: string
  noticeId: string
  position: number
  notifier: { id: string; name: string }
  regime: string
  category: string
  scope: string
  submittedAt: Date
  /** Why nobody was found; null after erasure. */
  code: UnattributedCode | null
  /** What registry and routing table said, where they were asked: companies and mailboxes, and no address. */
  findings: { by: 'registry' | 'routing'; name: string | null; mailbox: string; asn: number | null }[]
}

/** What waits for the platform's desk, oldest first. */
export async function findUnattributed(
  ground: Ground,
  actor: Actor,
  limit = 100,
): Promise<{ result: 'found'; items: UnattributedItem[] } | { result: 'forbidden' }> {
  if (!may(actor, 'attribution.decide')) return { result: 'forbidden' }
  const rows = await selectUnattributed(ground.db.read, limit)
  const notifiers = await findOrganisations(
    ground.db.read,
    rows.map(({ orgId }) => orgId),
  )
  const attributions = await findAttributions(
    ground.db.read,
    rows.map(({ id }) => id),
  )
  const items = rows.map((row) => {
    const attribution = attributions.get(row.id)
    const notes = attribution ? openAttribution(ground, attribution, row.dataKey) : null
    return {
      itemId: row.id,
      noticeId: row.noticeId,
      position: row.position,
      notifier: { id: row.orgId, name: notifiers.get(row.orgId)?.name ?? '' },
      regime: row.regime,
      category: row.category,
      scope: row.scope,
      submittedAt: row.submittedAt,
      // Its newest finding named somebody, and it waits all the same: who was asked has sent it back.
      code: notes === null ? null : (notes.code ?? 'not_hosted_here'),
      findings: companiesNamedIn(notes).map(({ by, company, asn }) => ({
        by,
        name: company.name,
        mailbox: company.mailbox,
        asn,
      })),
    }
  })
  return { result: 'found', items }
}
