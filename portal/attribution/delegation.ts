/** What the reseller of a delegated part may see: how many, which and by when, or, when it is admitted, where. */
export const sights = ['count', 'items', 'addresses'] as const
export type Sees = (typeof sights)[number]

export type DelegationState = 'in_force' | 'over' | 'revoked'

/** Ends by its date, or before it, when the holder says so or the network itself ends. */
export function stateOfDelegation(delegation: { endsAt: Date; endedAt: Date | null }, now: Date): DelegationState {
  if (delegation.endedAt && delegation.endedAt <= now) return 'revoked'
  return delegation.endsAt <= now ? 'over' : 'in_force'
}
