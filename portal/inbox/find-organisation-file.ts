import ipaddr from 'ipaddr.js'
import type { Ground } from '../ground/ground.ts'
import { type Consent, findConsents } from '../people/give-consent.ts'
import { type Actor, may } from '../people/may.ts'
import { type OrganisationStanding, standingOf } from '../people/organisation-standing.ts'
import type { OrgKind, Role } from '../people/person.ts'
import { type Decision, decisionsOf, type TermsLine, termsHistory } from '../people/read-decisions.ts'
import {
  selectClaimLines,
  selectContactLines,
  selectEndpointLines,
  selectFile,
  selectMailFates,
  selectNetworkLines,
  selectOrganisationList,
  selectPeopleLines,
  selectWaiting,
} from './organisation-file-store.server.ts'

const day = 86_400_000
const mailsLookBack = 90 * day

export interface OrganisationLine {
  id: string
  kind: OrgKind
  notifierKind: string | null
  name: string
  country: string
  standing: OrganisationStanding
  /** By whom we know it: the registry of addresses, its own mailbox, or the desk. */
  from: 'registry' | 'itself' | 'desk'
  createdAt: Date
}

export interface OrganisationsFilter {
  kind?: OrgKind | undefined
  standing?: OrganisationStanding | undefined
  limit?: number | undefined
  cursor?: string | undefined
}

/** Everybody on the line and those that are only known, newest first. For the platform's desk. */
export async function findOrganisationFiles(
  ground: Ground,
  actor: Actor,
  filter: OrganisationsFilter = {},
): Promise<
  | { result: 'found'; organisations: OrganisationLine[]; nextCursor: string | null }
  | { result: 'forbidden' | 'invalid-cursor' }
> {
  if (!may(actor, 'organisations.read')) return { result: 'forbidden' }
  const before = filter.cursor === undefined ? undefined : readCursor(filter.cursor)
  if (before === null) return { result: 'invalid-cursor' }
  const size = Math.min(Math.max(1, filter.limit ?? 50), 200)
  const rows = await selectOrganisationList(ground.db.read, {
    ...(filter.kind !== undefined && { kind: filter.kind }),
    ...(filter.standing !== undefined && { standing: filter.standing }),
    ...(before !== undefined && { before }),
    limit: size + 1,
  })
  const page = rows.slice(0, size)
  const last = page.at(-1)
  return {
    result: 'found',
    organisations: page.map(lineOf),
    nextCursor: rows.length > size && last ? `${last.createdAt.getTime()}~${last.id}` : null,
  }
}

export interface WaitingLine {
  id: string
  name: string
  country: string
  from: 'registry' | 'itself'
  askedAt: Date
  legalName: string | null
  registryNumber: string | null
  claims: number
}

/** Who waits to be let in, the one that asked first above. For the platform's desk. */
export async function findWaiting(
  ground: Ground,
  actor: Actor,
  limit = 100,
): Promise<{ result: 'found'; waiting: WaitingLine[] } | { result: 'forbidden' }> {
  if (!may(actor, 'organisations.read')) return { result: 'forbidden' }
  const rows = await selectWaiting(ground.db.read, limit)
  const waiting = rows.map(({ admissionAskedAt, knownFrom, claims, ...row }) => ({
    ...row,
    from: knownFrom === 'registry' ? ('registry' as const) : ('itself' as const),
    askedAt: admissionAskedAt ?? new Date(0),
    claims: Number(claims ?? 0),
  }))
  return { result: 'found', waiting }
}

export interface OrganisationFile extends OrganisationLine {
  locale: string
  phone: string | null
  trustedFlagger: boolean
  legalName: string | null
  registry: string | null
  registryNumber: string | null
  registryHandle: string | null
  adheresSince: Date | null
  joinedAt: Date | null
  admissionAskedAt: Date | null
  admittedAt: Date | null
  refusedAt: Date | null
  suspendedAt: Date | null
  contacts: { id: string; kind: string; email: string; source: string; verifiedAt: Date | null; unreachable: boolean }[]
  /** `label` is a range, a name or an AS number: of a network, never of an item. */
  networks: { id: string; label: string; proof: string; effectiveAt: Date | null; endedAt: Date | null }[]
  claims: { id: string; label: string; proof: string; proven: boolean; contradictions: string[]; counts: boolean }[]
  endpoints: { id: string; push: boolean; state: string; verifiedAt: Date | null; failures: number }[]
  people: { id: string; name: string; email: string; role: Role; since: Date }[]
  mails: { state: string; count: number }[]
  consents: Consent[]
  terms: TermsLine[]
  decisions: Decision[]
}

/** What is known of one organisation, and from where. For the platform's desk. */
export async function findOrganisationFile(
  ground: Ground,
  actor: Actor,
  orgId: string,
): Promise<{ result: 'found'; file: OrganisationFile } | { result: 'unknown-organisation' | 'forbidden' }> {
  if (!may(actor, 'organisations.read')) return { result: 'forbidden' }
  const { read } = ground.db
  const row = await selectFile(read, orgId)
  if (!row) return { result: 'unknown-organisation' }
  const since = new Date(ground.clock.now().getTime() - mailsLookBack)
  const [contacts, networks, claims, endpoints, people, mails, consents, terms, decisions] = await Promise.all([
    selectContactLines(read, orgId),
    selectNetworkLines(read, orgId),
    selectClaimLines(read, orgId),
    selectEndpointLines(read, orgId),
    selectPeopleLines(read, orgId),
    selectMailFates(read, orgId, since),
    findConsents(ground, actor, { orgId }),
    termsHistory(read, orgId),
    decisionsOf(read, orgId),
  ])
  return {
    result: 'found',
    file: {
      ...row,
      ...lineOf(row),
      contacts: contacts.map(({ unreachableAt, position: _position, ...contact }) => ({
        ...contact,
        unreachable: unreachableAt !== null,
      })),
      networks: networks.map(({ id, proof, effectiveAt, endedAt, ...network }) => ({
        id,
        label: labelOf(network),
        proof,
        effectiveAt,
        endedAt,
      })),
      claims: claims.map(({ id, proof, provenAt, contradictions, networkId, ...network }) => ({
        id,
        label: labelOf(network),
        proof,
        proven: provenAt !== null,
        contradictions,
        counts: networkId !== null,
      })),
      endpoints: endpoints.map(({ url, ...endpoint }) => ({ ...endpoint, push: url !== null })),
      people: people.map(({ createdAt, role, ...person }) => ({ ...person, role: role as Role, since: createdAt })),
      mails: mails.map(({ state, count }) => ({ state, count: Number(count) })),
      consents: consents.result === 'found' ? consents.consents : [],
      terms,
      decisions,
    },
  }
}

type FileRow = NonNullable<Awaited<ReturnType<typeof selectFile>>>

function lineOf(row: FileRow): OrganisationLine {
  const { id, notifierKind, name, country, createdAt } = row
  const kind = row.kind as OrgKind
  const from =
    row.knownFrom === 'registry' ? 'registry' : row.joinedAt !== null && kind === 'provider' ? 'itself' : 'desk'
  return { id, kind, notifierKind, name, country, createdAt, from, standing: standingOf({ ...row, kind }) }
}

type NetworkRow = Awaited<ReturnType<typeof selectNetworkLines>>[number]

function labelOf(row: Pick<NetworkRow, 'kind' | 'network' | 'prefixLength' | 'domain' | 'asn'>): string {
  if (row.kind === 'domain') return row.domain ?? ''
  if (row.kind === 'asn') return `AS${row.asn}`
  return row.network ? `${ipaddr.fromByteArray([...row.network]).toString()}/${row.prefixLength}` : ''
}

function readCursor(cursor: string): { createdAt: Date; id: string } | null {
  const found = /^(\d{1,15})~(org_[0-9a-z]{1,64})$/.exec(cursor)
  return found?.[2] ? { createdAt: new Date(Number(found[1])), id: found[2] } : null
}
