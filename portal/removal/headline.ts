/** Four axes → one line: pure, stored nowhere but in the projection that lists read. */
import type { Headline } from '@noticeline/sdk/protocol'
import type { DeliveryState } from '../delivery/delivery.ts'
import type { ObservationState } from './observation.ts'

export { type Headline, headlines } from '@noticeline/sdk/protocol'

export interface Axes {
  /** A duplicate, an accepted `not_hosted_here`, or an `already_unavailable` that stands. */
  excluded: boolean
  withdrawn: boolean
  /** The provider said that what was withdrawn is back. */
  restored: boolean
  attribution: 'waiting' | 'attributed' | 'unattributed'
  delivery: DeliveryState | null
  /** The provider says that it is gone. */
  removalClaimed: boolean
  refused: boolean
  observation: ObservationState
  /** Seen online after the claimed instant, and not confirmed offline since. */
  contradicted: boolean
  /** The clock passed its end and still runs. */
  exceeded: boolean
  /** The norm binds this provider, by law or because it adheres; otherwise it is a time of reference. */
  adheres: boolean
}

/** The first that fits wins; the order is the vocabulary's. */
export function headlineOf(axes: Axes): Headline {
  if (axes.excluded) return 'excluded'
  if (axes.withdrawn) return axes.restored ? 'withdrawn_restored' : 'withdrawn'
  if (axes.attribution !== 'attributed') return 'unattributed'
  if (axes.contradicted) return 'contradicted'
  if (axes.observation === 'reappeared') return 'reappeared'
  if (axes.removalClaimed) return axes.observation === 'confirmed_offline' ? 'removed_verified' : 'removed_claimed'
  if (axes.observation === 'confirmed_offline') return 'offline_unclaimed'
  if (axes.refused) return 'refused'
  if (axes.delivery === 'failed') return 'undeliverable'
  if (axes.exceeded) return axes.adheres ? 'overdue' : 'beyond_reference'
  return 'open'
}

/** Headlines after which nothing is left to do but to close. */
export function isEnded(headline: Headline): boolean {
  return (
    headline === 'excluded' ||
    headline === 'withdrawn_restored' ||
    headline === 'removed_verified' ||
    headline === 'offline_unclaimed'
  )
}
