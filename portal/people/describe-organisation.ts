import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from './may.ts'
import { type OrganisationStanding, standingOf } from './organisation-standing.ts'
import { selectOrganisation } from './organisation-store.server.ts'
import type { Locale, OrgKind } from './person.ts'
import { type Decision, decisionsOf, type TermsLine, termsHistory } from './read-decisions.ts'
import { currentTerms, type TermsFor, termsOf } from './terms.ts'

export interface OwnOrganisation {
  id: string
  kind: OrgKind
  notifierKind: string | null
  name: string
  legalName: string | null
  registry: string | null
  registryNumber: string | null
  country: string
  locale: Locale
  phone: string | null
  trustedFlagger: boolean
  adheresSince: Date | null
  standing: OrganisationStanding
  admittedAt: Date | null
  admissionAskedAt: Date | null
  /** What the desk decided last, with its reason. */
  lastDecision: Decision | null
  /** Null for the platform's own desk. */
  terms: { of: TermsFor; version: string; acceptedNow: boolean; history: TermsLine[] } | null
}

/** What an organisation's own people see of it. */
export async function describeOrganisation(
  ground: Ground,
  actor: Actor,
): Promise<{ result: 'found'; organisation: OwnOrganisation } | { result: 'forbidden' }> {
  if (actor.kind === 'nobody' || !may(actor, 'company.read')) return { result: 'forbidden' }
  const { read } = ground.db
  const row = await selectOrganisation(read, actor.orgId)
  if (!row) return { result: 'forbidden' }
  const of = termsOf(row.kind)
  const history = await termsHistory(read, row.id)
  const [lastDecision] = await decisionsOf(read, row.id)
  const { joinedAt: _joinedAt, refusedAt: _refusedAt, suspendedAt: _suspendedAt, createdAt: _createdAt, ...own } = row
  return {
    result: 'found',
    organisation: {
      ...own,
      standing: standingOf(row),
      lastDecision: lastDecision ?? null,
      terms: of && {
        of,
        version: currentTerms[of],
        acceptedNow: history.some(({ version }) => version === currentTerms[of]),
        history,
      },
    },
  }
}
