import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from './may.ts'
import { insertConsent, selectConsents, selectOrganisation, withdrawConsents } from './organisation-store.server.ts'

/**
 * Regimes under which a decision of an authority is served: only with the addressee's word that it can be reached this
 * way (for Dutch administrative orders Awb 2:8), given regime by regime, and taken back at any time.
 */
export const servedRegimes = ['dsa_order', 'tco_removal_order', 'csam_order'] as const
export type ServedRegime = (typeof servedRegimes)[number]

export type ConsentGiven = 'given' | 'already-given' | 'unknown-regime' | 'forbidden'
export type ConsentWithdrawn = 'withdrawn' | 'not-given' | 'unknown-regime' | 'forbidden'

/** An owner says that orders of this regime may be served here. Kept with date and person. */
export function giveConsent(ground: Ground, actor: Actor, regime: string): Promise<{ result: ConsentGiven }> {
  return ground.db.transaction(async (tx) => {
    if (actor.kind !== 'person' || !may(actor, 'consents.write')) return { result: 'forbidden' }
    if (!isServed(regime)) return { result: 'unknown-regime' }
    const { orgId, personId } = actor
    const given = await insertConsent(tx.db, { id: newId('cns'), orgId, regime, givenBy: personId, givenAt: tx.now })
    if (!given) return { result: 'already-given' }
    await record(tx, orgId, 'consent.given', { orgId, personId, regime })
    return { result: 'given' }
  })
}

/** And takes it back, from now on. What was served before stays served. */
export function withdrawConsent(ground: Ground, actor: Actor, regime: string): Promise<{ result: ConsentWithdrawn }> {
  return ground.db.transaction(async (tx) => {
    if (actor.kind !== 'person' || !may(actor, 'consents.write')) return { result: 'forbidden' }
    if (!isServed(regime)) return { result: 'unknown-regime' }
    const { orgId, personId } = actor
    const taken = await withdrawConsents(tx.db, { orgId, regime, withdrawnBy: personId, withdrawnAt: tx.now })
    if (!taken) return { result: 'not-given' }
    await record(tx, orgId, 'consent.withdrawn', { orgId, personId, regime })
    return { result: 'withdrawn' }
  })
}

export interface Consent {
  orgId: string
  orgName: string
  country: string
  regime: ServedRegime
  givenAt: Date
  givenBy: string
  withdrawnAt: Date | null
  withdrawnBy: string | null
}

/**
 * A provider's own consents with their history, for the desk those of anybody; for an authority those that stand, of every
 * provider that takes part. Other notifiers serve no orders and are told nothing.
 */
export async function findConsents(
  ground: Ground,
  actor: Actor,
  of: { orgId?: string } = {},
): Promise<{ result: 'found'; consents: Consent[] } | { result: 'forbidden' }> {
  if (actor.kind === 'nobody') return { result: 'forbidden' }
  if (actor.orgKind === 'notifier') {
    const asking = await selectOrganisation(ground.db.read, actor.orgId)
    if (!may(actor, 'consents.read') || asking?.notifierKind !== 'authority') return { result: 'forbidden' }
    return found(await selectConsents(ground.db.read, { standing: true, limit: 1000 }))
  }
  const orgId = of.orgId ?? actor.orgId
  if (!may(actor, 'consents.read', { orgId })) return { result: 'forbidden' }
  return found(await selectConsents(ground.db.read, { orgId }))
}

function found(rows: Awaited<ReturnType<typeof selectConsents>>) {
  const consents = rows.map(({ id: _id, ...row }) => ({ ...row, regime: row.regime as ServedRegime }))
  return { result: 'found', consents } as const
}

function isServed(regime: string): regime is ServedRegime {
  return servedRegimes.some((served) => served === regime)
}
