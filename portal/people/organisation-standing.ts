import type { OrgKind } from './person.ts'

/**
 * How far an organisation is in. `known`: from a registry alone, nobody acts for it. `waiting`: its mailbox has answered,
 * the desk has not decided. Only `admitted` takes part.
 */
export const standings = ['known', 'invited', 'waiting', 'refused', 'admitted', 'suspended'] as const
export type OrganisationStanding = (typeof standings)[number]

export interface StandingInput {
  kind: OrgKind
  joinedAt: Date | null
  admittedAt: Date | null
  refusedAt: Date | null
  suspendedAt: Date | null
}

export function standingOf(organisation: StandingInput): OrganisationStanding {
  if (organisation.suspendedAt !== null) return 'suspended'
  if (organisation.admittedAt !== null) return 'admitted'
  if (organisation.refusedAt !== null) return 'refused'
  if (organisation.joinedAt !== null) return 'waiting'
  return organisation.kind === 'provider' ? 'known' : 'invited'
}
