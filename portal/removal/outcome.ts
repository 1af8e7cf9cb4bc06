import type { OutcomeCode } from '@noticeline/sdk/protocol'

export type { Reporter } from '../delivery/delivery.ts'

/** `open → in_progress → an outcome`; the outcome's code is the state. */
export type Handling = 'open' | 'in_progress' | OutcomeCode

/** Codes by which a provider says that the content cannot be reached any more. */
const removals: ReadonlySet<string> = new Set<OutcomeCode>([
  'content_removed',
  'access_disabled',
  'already_unavailable',
])

/** What is asked of an outcome to know what it means. */
export interface GivenOutcome {
  code: string
  territory: readonly string[] | null
}

/** Whether the provider says that the content is gone, as far as the regime asks. */
export function claimsRemoval(outcome: GivenOutcome, regime: string): boolean {
  return removals.has(outcome.code) && meetsTerritory(outcome, regime)
}

/** Whether this outcome ends the item for the addressee that gave it. */
export function endsItem(outcome: GivenOutcome, regime: string): boolean {
  if (removals.has(outcome.code)) return meetsTerritory(outcome, regime)
  return outcome.code === 'not_hosted_here' || outcome.code === 'refused' || outcome.code === 'duplicate'
}

/** A claim for some countries only: looking from elsewhere cannot contradict it. */
export function isTerritorial(outcome: GivenOutcome): boolean {
  return outcome.code === 'access_disabled' && !(outcome.territory ?? []).includes('worldwide')
}

// TCO art. 3: a removal order is for all member states.
function meetsTerritory(outcome: GivenOutcome, regime: string): boolean {
  if (outcome.code !== 'access_disabled' || regime !== 'tco_removal_order') return true
  return (outcome.territory ?? []).some((place) => place === 'worldwide' || place === 'eu')
}

/** `already_unavailable` stands only where `since` lies before receipt and no sighting is later than it. */
export function standsAsUnavailable(since: Date | null, receivedAt: Date | null, sightings: readonly Date[]): boolean {
  if (since === null) return false
  if (receivedAt !== null && since >= receivedAt) return false
  return sightings.every((seen) => seen <= since)
}
