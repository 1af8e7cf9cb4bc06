import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'
import { lastOf, type Prefix } from './address.ts'
import type { ClaimProof, Contradiction } from './network-claim.ts'

/** What the registry said of a claimed range or number. Public data about companies; the raw answer is not kept. */
export interface RegistryEvidence {
  registry: string
  handle: string
  name: string | null
  holder: string | null
  ranges: string[]
  /** The mailbox the registry names for abuse, lower case. Proof by mail goes there and nowhere else. */
  mailbox: string | null
}

/** What the routing table said of it. `agrees`: the registry names the same mailbox for both. */
export interface RoutingEvidence {
  asn: number
  name: string
  mailbox: string | null
  agrees: boolean
}

export type ClaimRow = Omit<
  Selectable<DB['networkClaims']>,
  'kind' | 'proof' | 'registry' | 'routing' | 'contradictions' | 'decision'
> & {
  kind: 'cidr' | 'asn' | 'domain'
  proof: ClaimProof
  registry: RegistryEvidence | null
  routing: RoutingEvidence | null
  contradictions: Contradiction[]
  decision: 'accepted' | 'refused' | null
  /** Of the network it became. */
  effectiveAt: Date | null
  /** Why the desk ended that. */
  endedReason: string | null
}

function claims(db: Kysely<DB>) {
  return db
    .selectFrom('networkClaims')
    .leftJoin('networks', 'networks.id', 'networkClaims.networkId')
    .selectAll('networkClaims')
    .select(['networks.effectiveAt', 'networks.endedReason'])
}

function read(row: object): ClaimRow {
  return row as ClaimRow
}

export async function selectClaim(db: Kysely<DB>, claimId: string): Promise<ClaimRow | null> {
  const row = await claims(db).where('networkClaims.id', '=', claimId).executeTakeFirst()
  return row ? read(row) : null
}

export async function lockClaim(db: Transaction<DB>, claimId: string): Promise<ClaimRow | null> {
  const row = await claims(db)
    .where('networkClaims.id', '=', claimId)
    .forNoKeyUpdate('networkClaims')
    .executeTakeFirst()
  return row ? read(row) : null
}

/** The claim that became this network; those that the desk proved by its own word have none. */
export async function lockClaimOfNetwork(db: Transaction<DB>, networkId: string): Promise<ClaimRow | null> {
  const row = await claims(db)
    .where('networkClaims.networkId', '=', networkId)
    .forNoKeyUpdate('networkClaims')
    .executeTakeFirst()
  return row ? read(row) : null
}

export async function selectClaimOfNetwork(db: Kysely<DB>, networkId: string): Promise<ClaimRow | null> {
  const row = await claims(db).where('networkClaims.networkId', '=', networkId).executeTakeFirst()
  return row ? read(row) : null
}

export async function selectClaimByToken(db: Kysely<DB>, tokenHash: Buffer): Promise<ClaimRow | null> {
  const row = await claims(db).where('networkClaims.tokenHash', '=', tokenHash).executeTakeFirst()
  return row ? read(row) : null
}

/** Newest first. */
export async function selectClaimsOf(db: Kysely<DB>, orgId: string): Promise<ClaimRow[]> {
  const rows = await claims(db)
    .where('networkClaims.orgId', '=', orgId)
    .orderBy('networkClaims.createdAt', 'desc')
    .orderBy('networkClaims.id', 'desc')
    .limit(500)
    .execute()
  return rows.map(read)
}

/** Those that this holder has been asked about, and has agreed to: oldest first. */
export async function selectClaimsAskedOf(db: Kysely<DB>, holderId: string): Promise<ClaimRow[]> {
  const rows = await claims(db)
    .where('networkClaims.holderId', '=', holderId)
    .where('networkClaims.endedAt', 'is', null)
    .orderBy('networkClaims.createdAt')
    .limit(500)
    .execute()
  return rows.map(read)
}

/** Proven, and kept from counting by something that a person of the desk has to decide. */
export async function selectClaimsForDesk(db: Kysely<DB>, now: Date): Promise<ClaimRow[]> {
  const rows = await claims(db)
    .where('networkClaims.provenAt', 'is not', null)
    .where('networkClaims.decision', 'is', null)
    .where('networkClaims.endedAt', 'is', null)
    .where((where) => where.or([where('networkClaims.networkId', 'is', null), where('networks.effectiveAt', '>', now)]))
    .orderBy('networkClaims.provenAt')
    .limit(500)
    .execute()
  return rows.map(read)
}

export async function countOpenClaims(db: Kysely<DB>, orgId: string): Promise<number> {
  const row = await db
    .selectFrom('networkClaims')
    .select((of) => of.fn.countAll().as('count'))
    .where('orgId', '=', orgId)
    .where('endedAt', 'is', null)
    .where('networkId', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

export async function insertClaim(
  db: Transaction<DB>,
  claim: Pick<
    ClaimRow,
    | 'id'
    | 'orgId'
    | 'kind'
    | 'family'
    | 'network'
    | 'prefixLength'
    | 'domain'
    | 'asn'
    | 'proof'
    | 'tokenHash'
    | 'registry'
    | 'routing'
    | 'expiresAt'
    | 'nextCheckAt'
    | 'provenAt'
    | 'createdAt'
  >,
) {
  const { registry, routing, ...plain } = claim
  await db
    .insertInto('networkClaims')
    .values({
      ...plain,
      registry: registry && JSON.stringify(registry),
      routing: routing && JSON.stringify(routing),
    })
    .execute()
}

export type ClaimChange = Partial<
  Pick<
    ClaimRow,
    | 'tries'
    | 'contradictions'
    | 'holderId'
    | 'consentedAt'
    | 'consentRefusedAt'
    | 'provenAt'
    | 'decision'
    | 'decidedAt'
    | 'decidedBy'
    | 'decisionReason'
    | 'networkId'
    | 'nextCheckAt'
    | 'checkedAt'
    | 'foundAt'
    | 'missingSince'
    | 'reminders'
    | 'endedAt'
    | 'endedCode'
  >
>

export async function updateClaim(db: Transaction<DB>, claimId: string, change: ClaimChange) {
  await db.updateTable('networkClaims').set(change).where('id', '=', claimId).execute()
}

/** Claims and networks are weighed against each other one after the other: two at once could each find the way free. */
export async function lockNetworks(db: Transaction<DB>) {
  await sql`select pg_advisory_xact_lock(hashtext('noticeline.networks'))`.execute(db)
}

/** Takes what is due to be looked at, and keeps others from it until `leasedUntil`. */
export async function takeDueClaims(db: Transaction<DB>, now: Date, leasedUntil: Date, limit: number) {
  const due = db
    .selectFrom('networkClaims')
    .select('id')
    .where('endedAt', 'is', null)
    .where('nextCheckAt', '<=', now)
    .orderBy('nextCheckAt')
    .limit(limit)
    .forNoKeyUpdate()
    .skipLocked()
  const rows = await db
    .updateTable('networkClaims')
    .set({ nextCheckAt: leasedUntil })
    .where('id', 'in', due)
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}

export async function insertCheck(
  db: Transaction<DB>,
  check: { id: string; claimId: string; at: Date; result: string; detail: string },
) {
  await db.insertInto('networkChecks').values(check).execute()
}

/** Every look at a claim's proof, newest first. */
export function selectChecks(db: Kysely<DB>, claimId: string) {
  return db
    .selectFrom('networkChecks')
    .select(['at', 'result', 'detail'])
    .where('claimId', '=', claimId)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(60)
    .execute()
}

/** Ranges of others, not ended, that share an address with this one: those that hold it, and those it holds. */
export async function selectSharing(db: Kysely<DB>, orgId: string, prefix: Prefix, candidates: readonly Prefix[]) {
  const end = lastOf(prefix)
  return db
    .selectFrom('networks')
    .innerJoin('organisations', 'organisations.id', 'networks.orgId')
    .select([
      'networks.id',
      'networks.orgId',
      'networks.prefixLength',
      'networks.consentBy',
      'networks.effectiveAt',
      'organisations.admittedAt',
      'organisations.suspendedAt',
    ])
    .where('networks.kind', '=', 'cidr')
    .where('networks.endedAt', 'is', null)
    .where('networks.provenAt', 'is not', null)
    .where('networks.orgId', '<>', orgId)
    .where((where) =>
      where.or([
        where.and([
          where('networks.family', '=', prefix.family),
          where('networks.prefixLength', '>', prefix.length),
          where('networks.network', '>=', prefix.network),
          where('networks.network', '<=', end),
        ]),
        where(
          where.refTuple('networks.family', 'networks.network', 'networks.prefixLength'),
          'in',
          candidates.map(({ family, network, length }) => where.tuple(family, network, length)),
        ),
      ]),
    )
    .execute()
}

/** Proven claims of others that have not become networks, by kind; few at any time. */
export async function selectRivals(db: Kysely<DB>, orgId: string, kind: ClaimRow['kind']): Promise<ClaimRow[]> {
  const rows = await claims(db)
    .where('networkClaims.kind', '=', kind)
    .where('networkClaims.orgId', '<>', orgId)
    .where('networkClaims.provenAt', 'is not', null)
    .where('networkClaims.networkId', 'is', null)
    .where('networkClaims.endedAt', 'is', null)
    .execute()
  return rows.map(read)
}
