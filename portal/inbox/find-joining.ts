import type { Ground } from '../ground/ground.ts'
import { acceptedToday } from '../people/accept-terms.ts'
import { type Actor, may } from '../people/may.ts'
import { type OrganisationStanding, standingOf } from '../people/organisation-standing.ts'
import type { OrgKind } from '../people/person.ts'
import { type Decision, decisionsOf } from '../people/read-decisions.ts'
import {
  selectClaimLines,
  selectContactLines,
  selectEndpointLines,
  selectFile,
  selectNetworkLines,
  selectPeopleLines,
  selectRehearsed,
} from './organisation-file-store.server.ts'

/** What a provider has done of what makes it reachable, and what is left. The first two are enough to be admitted. */
export interface JoiningSteps {
  mailbox: { done: boolean }
  network: { done: boolean; count: number; waiting: number }
  company: { done: boolean }
  people: { done: boolean; count: number }
  contacts: { done: boolean; count: number }
  channel: { done: boolean; by: 'push' | 'poll' | 'mail' }
  rehearsal: { done: boolean }
}

export interface Joining {
  standing: OrganisationStanding
  admittedAt: Date | null
  /** Whole days until it is admitted without the desk; null where that never happens by itself. */
  daysLeft: number | null
  termsAccepted: boolean
  /** Why it was refused, or let in. */
  lastDecision: Decision | null
  steps: JoiningSteps
}

const day = 86_400_000

/** How far a provider is on its way in. Read from what there is: a step is never ticked off by hand. */
export async function findJoining(
  ground: Ground,
  actor: Actor,
): Promise<{ result: 'found'; joining: Joining } | { result: 'forbidden' }> {
  if (actor.kind === 'nobody' || actor.orgKind !== 'provider' || !may(actor, 'company.read'))
    return { result: 'forbidden' }
  const { orgId } = actor
  const { read } = ground.db
  const row = await selectFile(read, orgId)
  if (!row) return { result: 'forbidden' }
  const [contacts, networks, claims, endpoints, people, rehearsed, terms, decisions] = await Promise.all([
    selectContactLines(read, orgId),
    selectNetworkLines(read, orgId),
    selectClaimLines(read, orgId),
    selectEndpointLines(read, orgId),
    selectPeopleLines(read, orgId),
    selectRehearsed(read, orgId),
    acceptedToday(read, orgId),
    decisionsOf(read, orgId),
  ])
  const now = ground.clock.now()
  const answered = contacts.filter(({ verifiedAt, unreachableAt }) => verifiedAt !== null && unreachableAt === null)
  const held = networks.filter(({ endedAt, kind }) => endedAt === null && kind !== 'domain')
  // A name makes nobody a host, so it is no network found.
  const ranges = claims.filter(({ kind }) => kind !== 'domain')
  const waiting = ranges.filter(({ networkId }) => networkId === null).length
  const working = endpoints.filter(({ state }) => state === 'active')
  const by = working.some(({ url }) => url !== null) ? 'push' : working.length > 0 ? 'poll' : 'mail'
  const standing = standingOf({ ...row, kind: row.kind as OrgKind })
  return {
    result: 'found',
    joining: {
      standing,
      admittedAt: row.admittedAt,
      daysLeft: standing === 'waiting' ? daysLeft(ground, claims, row.admissionAskedAt, now) : null,
      termsAccepted: terms,
      lastDecision: decisions[0] ?? null,
      steps: {
        mailbox: { done: answered.length > 0 },
        network: { done: held.length > 0 || ranges.length > 0, count: held.length + waiting, waiting },
        company: { done: row.legalName !== null && row.registryNumber !== null },
        people: { done: people.length > 1, count: people.length },
        contacts: { done: answered.length > 1, count: answered.length },
        channel: { done: by !== 'mail', by },
        rehearsal: { done: rehearsed },
      },
    },
  }
}

/** Only where the registry's own mailbox has answered does time alone let somebody in. */
function daysLeft(
  ground: Ground,
  claims: readonly { proof: string; provenAt: Date | null; contradictions: string[] }[],
  askedAt: Date | null,
  now: Date,
): number | null {
  const proven = claims.filter(
    ({ proof, provenAt, contradictions }) =>
      proof === 'registry_mail' && provenAt !== null && contradictions.length === 0,
  )
  const first = proven.map(({ provenAt }) => provenAt?.getTime() ?? 0).sort((left, right) => left - right)[0]
  if (first === undefined || askedAt === null) return null
  const from = Math.max(first, askedAt.getTime())
  return Math.max(0, Math.ceil((from + ground.config.admissionWaitMs - now.getTime()) / day))
}
