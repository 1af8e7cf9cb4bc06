import type { Kysely, Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'
import type { Locale, OrgKind } from './person.ts'

const columns = [
  'id',
  'kind',
  'notifierKind',
  'name',
  'country',
  'locale',
  'phone',
  'trustedFlagger',
  'adheresSince',
  'admittedAt',
  'suspendedAt',
  'createdAt',
  'legalName',
  'registry',
  'registryNumber',
  'joinedAt',
  'admissionAskedAt',
  'refusedAt',
  'knownFrom',
  'registryHandle',
] as const

export async function selectOrganisation(db: Kysely<DB>, orgId: string) {
  const row = await db.selectFrom('organisations').select(columns).where('id', '=', orgId).executeTakeFirst()
  return row ? organisationOf(row) : null
}

/** For update: two decisions at once are taken one after the other. */
export async function lockOrganisation(db: Transaction<DB>, orgId: string) {
  const row = await db
    .selectFrom('organisations')
    .select(columns)
    .where('id', '=', orgId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return row ? organisationOf(row) : null
}

export type OrganisationRow = NonNullable<Awaited<ReturnType<typeof selectOrganisation>>>

export async function updateOrganisation(
  db: Transaction<DB>,
  orgId: string,
  change: Partial<Omit<OrganisationRow, 'id' | 'kind' | 'notifierKind' | 'createdAt'>>,
) {
  if (Object.keys(change).length === 0) return
  await db.updateTable('organisations').set(change).where('id', '=', orgId).execute()
}

export async function insertDecision(
  db: Transaction<DB>,
  decision: { id: string; orgId: string; decision: string; reason: string; personId: string | null; decidedAt: Date },
) {
  await db.insertInto('decisions').values(decision).execute()
}

export function selectDecision(db: Kysely<DB>, decisionId: string) {
  return db.selectFrom('decisions').selectAll().where('id', '=', decisionId).executeTakeFirst()
}

/** What was decided about an organisation, newest first, with the name of who decided. */
export function selectDecisions(db: Kysely<DB>, orgId: string) {
  return db
    .selectFrom('decisions')
    .leftJoin('people', 'people.id', 'decisions.personId')
    .select([
      'decisions.id',
      'decisions.decision',
      'decisions.reason',
      'decisions.decidedAt',
      'people.name as personName',
    ])
    .where('decisions.orgId', '=', orgId)
    .orderBy('decisions.decidedAt', 'desc')
    .orderBy('decisions.id', 'desc')
    .execute()
}

/** Every session of its people ends. Answers how many were open. */
export async function endSessions(db: Transaction<DB>, orgId: string, at: Date): Promise<number> {
  const done = await db
    .updateTable('sessions')
    .set({ endedAt: at })
    .where('orgId', '=', orgId)
    .where('endedAt', 'is', null)
    .executeTakeFirst()
  return Number(done.numUpdatedRows)
}

/** Who answers for an organisation: its owners, with the language each is written to in. */
export async function selectOwners(db: Kysely<DB>, orgId: string) {
  const rows = await db
    .selectFrom('memberships')
    .innerJoin('people', 'people.id', 'memberships.personId')
    .select(['people.id', 'people.email', 'people.name', 'people.locale'])
    .where('memberships.orgId', '=', orgId)
    .where('memberships.role', '=', 'owner')
    .orderBy('memberships.createdAt')
    .orderBy('people.id')
    .execute()
  return rows.map((row) => ({ ...row, locale: localeOf(row.locale) }))
}

/** Owners of the platform's own desk: who hears of what the desk has to settle. */
export async function selectDeskOwners(db: Kysely<DB>) {
  const rows = await db
    .selectFrom('memberships')
    .innerJoin('people', 'people.id', 'memberships.personId')
    .innerJoin('organisations', 'organisations.id', 'memberships.orgId')
    .select(['people.id', 'people.email', 'people.name', 'people.locale'])
    .where('organisations.kind', '=', 'platform')
    .where('organisations.suspendedAt', 'is', null)
    .where('memberships.role', '=', 'owner')
    .orderBy('people.id')
    .execute()
  return rows.map((row) => ({ ...row, locale: localeOf(row.locale) }))
}

/** False where this version had been accepted before. */
export async function insertTermsAccepted(
  db: Transaction<DB>,
  row: { orgId: string; version: string; personId: string; acceptedAt: Date },
) {
  const done = await db
    .insertInto('termsAccepted')
    .values(row)
    .onConflict((conflict) => conflict.columns(['orgId', 'version']).doNothing())
    .executeTakeFirst()
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export function selectTermsAccepted(db: Kysely<DB>, orgId: string) {
  return db
    .selectFrom('termsAccepted')
    .innerJoin('people', 'people.id', 'termsAccepted.personId')
    .select(['termsAccepted.version', 'termsAccepted.acceptedAt', 'people.name as personName'])
    .where('termsAccepted.orgId', '=', orgId)
    .orderBy('termsAccepted.acceptedAt', 'desc')
    .execute()
}

export async function insertConsent(
  db: Transaction<DB>,
  row: { id: string; orgId: string; regime: string; givenBy: string; givenAt: Date },
) {
  const done = await db
    .insertInto('serviceConsents')
    .values(row)
    // The index stands over those that were not withdrawn.
    .onConflict((conflict) => conflict.columns(['orgId', 'regime']).where('withdrawnAt', 'is', null).doNothing())
    .executeTakeFirst()
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function withdrawConsents(
  db: Transaction<DB>,
  row: { orgId: string; regime: string; withdrawnBy: string; withdrawnAt: Date },
) {
  const done = await db
    .updateTable('serviceConsents')
    .set({ withdrawnBy: row.withdrawnBy, withdrawnAt: row.withdrawnAt })
    .where('orgId', '=', row.orgId)
    .where('regime', '=', row.regime)
    .where('withdrawnAt', 'is', null)
    .executeTakeFirst()
  return done.numUpdatedRows > 0n
}

/** Every consent there was, newest first; of one organisation, or those that stand with all that take part. */
export function selectConsents(db: Kysely<DB>, of: { orgId: string } | { standing: true; limit: number }) {
  let query = db
    .selectFrom('serviceConsents as c')
    .innerJoin('organisations as o', 'o.id', 'c.orgId')
    .innerJoin('people as giver', 'giver.id', 'c.givenBy')
    .leftJoin('people as taker', 'taker.id', 'c.withdrawnBy')
    .select([
      'c.id',
      'c.orgId',
      'o.name as orgName',
      'o.country',
      'c.regime',
      'c.givenAt',
      'giver.name as givenBy',
      'c.withdrawnAt',
      'taker.name as withdrawnBy',
    ])
  if ('orgId' in of) query = query.where('c.orgId', '=', of.orgId)
  else {
    query = query
      .where('c.withdrawnAt', 'is', null)
      .where('o.admittedAt', 'is not', null)
      .where('o.suspendedAt', 'is', null)
      .orderBy('o.name')
      .limit(of.limit)
  }
  return query.orderBy('c.givenAt', 'desc').orderBy('c.id', 'desc').execute()
}

function localeOf(locale: string): Locale {
  return locale === 'nl' ? 'nl' : 'en'
}

function organisationOf<Row extends { kind: string; locale: string }>(row: Row) {
  return { ...row, kind: row.kind as OrgKind, locale: localeOf(row.locale) }
}

/** Names of people and organisations by their ids, which tell them apart. */
export async function selectNames(
  db: Kysely<DB>,
  ids: { people: readonly string[]; organisations: readonly string[]; programs?: readonly string[] },
): Promise<Map<string, string>> {
  const people = [...new Set(ids.people)]
  const organisations = [...new Set(ids.organisations)]
  const programs = [...new Set(ids.programs ?? [])]
  const rows = [
    ...(people.length === 0
      ? []
      : await db.selectFrom('people').select(['id', 'name']).where('id', 'in', people).execute()),
    ...(organisations.length === 0
      ? []
      : await db.selectFrom('organisations').select(['id', 'name']).where('id', 'in', organisations).execute()),
    ...(programs.length === 0
      ? []
      : await db.selectFrom('apiTokens').select(['id', 'name']).where('id', 'in', programs).execute()),
  ]
  return new Map(rows.map(({ id, name }) => [id, name]))
}
