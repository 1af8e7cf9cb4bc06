import { type Kysely, sql } from 'kysely'
import type { DB } from '../ground/ground.ts'

const files = [
  'id',
  'kind',
  'notifierKind',
  'name',
  'country',
  'locale',
  'phone',
  'trustedFlagger',
  'adheresSince',
  'legalName',
  'registry',
  'registryNumber',
  'knownFrom',
  'registryHandle',
  'joinedAt',
  'admissionAskedAt',
  'admittedAt',
  'refusedAt',
  'suspendedAt',
  'createdAt',
] as const

export function selectFile(db: Kysely<DB>, orgId: string) {
  return db.selectFrom('organisations').select(files).where('id', '=', orgId).executeTakeFirst()
}

export interface ListFilter {
  kind?: string
  standing?: string
  before?: { createdAt: Date; id: string }
  limit: number
}

export function selectOrganisationList(db: Kysely<DB>, filter: ListFilter) {
  let query = db.selectFrom('organisations as o').select(files.map((column) => `o.${column}` as const))
  if (filter.kind !== undefined) query = query.where('o.kind', '=', filter.kind)
  const suspended = sql<boolean>`o.suspended_at is not null`
  const admitted = sql<boolean>`o.suspended_at is null and o.admitted_at is not null`
  const rest = sql<boolean>`o.suspended_at is null and o.admitted_at is null`
  switch (filter.standing) {
    case 'suspended':
      query = query.where(suspended)
      break
    case 'admitted':
      query = query.where(admitted)
      break
    case 'refused':
      query = query.where(rest).where('o.refusedAt', 'is not', null)
      break
    case 'waiting':
      query = query.where(rest).where('o.refusedAt', 'is', null).where('o.joinedAt', 'is not', null)
      break
    case 'known':
    case 'invited':
      query = query
        .where(rest)
        .where('o.refusedAt', 'is', null)
        .where('o.joinedAt', 'is', null)
        .where('o.kind', filter.standing === 'known' ? '=' : '<>', 'provider')
      break
  }
  const { before } = filter
  if (before) query = query.where(sql<boolean>`(o.created_at, o.id) < (${before.createdAt}, ${before.id})`)
  return query.orderBy('o.createdAt', 'desc').orderBy('o.id', 'desc').limit(filter.limit).execute()
}

/** Who waits for the desk, the one that asked first above. */
export function selectWaiting(db: Kysely<DB>, limit: number) {
  return db
    .selectFrom('organisations as o')
    .select(['o.id', 'o.name', 'o.country', 'o.knownFrom', 'o.admissionAskedAt', 'o.legalName', 'o.registryNumber'])
    .select((of) =>
      of
        .selectFrom('networkClaims as c')
        .select((count) => count.fn.countAll<number>().as('count'))
        .whereRef('c.orgId', '=', 'o.id')
        .where('c.endedAt', 'is', null)
        .as('claims'),
    )
    .where('o.admissionAskedAt', 'is not', null)
    .where('o.admittedAt', 'is', null)
    .where('o.refusedAt', 'is', null)
    .where('o.suspendedAt', 'is', null)
    .orderBy('o.admissionAskedAt')
    .orderBy('o.id')
    .limit(limit)
    .execute()
}

export function selectContactLines(db: Kysely<DB>, orgId: string) {
  return db
    .selectFrom('contacts')
    .select(['id', 'kind', 'email', 'source', 'verifiedAt', 'unreachableAt', 'position'])
    .where('orgId', '=', orgId)
    .where('removedAt', 'is', null)
    .orderBy('position')
    .orderBy('id')
    .execute()
}

export function selectNetworkLines(db: Kysely<DB>, orgId: string) {
  return db
    .selectFrom('networks')
    .select(['id', 'kind', 'family', 'network', 'prefixLength', 'domain', 'asn', 'proof', 'effectiveAt', 'endedAt'])
    .where('orgId', '=', orgId)
    .orderBy('createdAt')
    .orderBy('id')
    .limit(200)
    .execute()
}

/** Claims that are under way or stand, without those that were refused or have ended. */
export function selectClaimLines(db: Kysely<DB>, orgId: string) {
  return db
    .selectFrom('networkClaims')
    .select(['id', 'kind', 'network', 'prefixLength', 'domain', 'asn'])
    .select(['proof', 'provenAt', 'contradictions', 'networkId', 'decision'])
    .where('orgId', '=', orgId)
    .where('endedAt', 'is', null)
    .where((where) => where.or([where('decision', 'is', null), where('decision', '<>', 'refused')]))
    .orderBy('createdAt')
    .execute()
}

export function selectEndpointLines(db: Kysely<DB>, orgId: string) {
  return db
    .selectFrom('endpoints')
    .select(['id', 'url', 'state', 'verifiedAt', 'failures'])
    .where('orgId', '=', orgId)
    .where('state', '<>', 'retired')
    .orderBy('id')
    .execute()
}

export function selectPeopleLines(db: Kysely<DB>, orgId: string) {
  return db
    .selectFrom('memberships')
    .innerJoin('people', 'people.id', 'memberships.personId')
    .select(['people.id', 'people.name', 'people.email', 'memberships.role', 'memberships.createdAt'])
    .where('memberships.orgId', '=', orgId)
    .orderBy('memberships.createdAt')
    .orderBy('people.id')
    .execute()
}

/** How many mails to it ended how, since then. */
export function selectMailFates(db: Kysely<DB>, orgId: string, since: Date) {
  return db
    .selectFrom('mails')
    .select(['state', (of) => of.fn.countAll<number>().as('count')])
    .where('orgId', '=', orgId)
    .where('preparedAt', '>', since)
    .groupBy('state')
    .orderBy('state')
    .execute()
}

/** Whether a rehearsal of one of its endpoints was passed. */
export async function selectRehearsed(db: Kysely<DB>, orgId: string): Promise<boolean> {
  const rehearsal = await db
    .selectFrom('rehearsals')
    .select('id')
    .where('orgId', '=', orgId)
    .where('state', '=', 'passed')
    .limit(1)
    .executeTakeFirst()
  return rehearsal !== undefined
}
