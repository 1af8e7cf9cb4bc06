import type { Kysely, Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'
import type { NotifierKind, Organisation, OrgKind, Role } from './person.ts'

const organisationColumns = [
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
  'knownFrom',
] as const

export async function selectOrganisations(db: Kysely<DB>, orgIds: readonly string[]): Promise<Organisation[]> {
  if (orgIds.length === 0) return []
  const rows = await db.selectFrom('organisations').select(organisationColumns).where('id', 'in', orgIds).execute()
  return rows.map((row) => ({
    ...row,
    kind: row.kind as OrgKind,
    notifierKind: row.notifierKind as NotifierKind | null,
    knownFrom: row.knownFrom as Organisation['knownFrom'],
    locale: row.locale === 'nl' ? 'nl' : 'en',
  }))
}

export async function insertOrganisation(db: Transaction<DB>, organisation: Organisation & { createdAt: Date }) {
  await db.insertInto('organisations').values(organisation).execute()
}

export function lockPersonByEmail(db: Transaction<DB>, email: string) {
  return db.selectFrom('people').selectAll().where('email', '=', email).forNoKeyUpdate().executeTakeFirst()
}

export function lockPerson(db: Transaction<DB>, personId: string) {
  return db.selectFrom('people').selectAll().where('id', '=', personId).forNoKeyUpdate().executeTakeFirst()
}

export function selectPersonByEmail(db: Kysely<DB>, email: string) {
  return db.selectFrom('people').selectAll().where('email', '=', email).executeTakeFirst()
}

export async function insertPerson(
  db: Transaction<DB>,
  person: { id: string; email: string; name: string; locale: string; createdAt: Date },
) {
  await db.insertInto('people').values(person).execute()
}

/** False where the person is a member already. */
export async function insertMembership(
  db: Transaction<DB>,
  membership: { orgId: string; personId: string; role: Role; createdAt: Date },
) {
  const done = await db
    .insertInto('memberships')
    .values(membership)
    .onConflict((conflict) => conflict.columns(['orgId', 'personId']).doNothing())
    .executeTakeFirst()
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Sign-ins asked for since then, by this person and by everybody. */
export async function countSignIns(db: Transaction<DB>, personId: string, since: { own: Date; all: Date; now: Date }) {
  // What was asked for at an instant that has not come yet was asked for by a clock that has been set back since.
  const latest = new Date(since.now.getTime() + 600_000)
  const own = await db
    .selectFrom('signIns')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('personId', '=', personId)
    .where('requestedAt', '>', since.own)
    .where('requestedAt', '<=', latest)
    .executeTakeFirstOrThrow()
  const all = await db
    .selectFrom('signIns')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('requestedAt', '>', since.all)
    .where('requestedAt', '<=', latest)
    .executeTakeFirstOrThrow()
  return { own: Number(own.count), all: Number(all.count) }
}

export async function insertSignIn(
  db: Transaction<DB>,
  signIn: {
    id: string
    personId: string
    requestedAt: Date
    expiresAt: Date
    assurance?: number
    back?: string | null
  },
) {
  await db.insertInto('signIns').values(signIn).execute()
}

export function selectSignIn(db: Kysely<DB>, signInId: string) {
  return db.selectFrom('signIns').selectAll().where('id', '=', signInId).executeTakeFirst()
}

export function lockSignIn(db: Transaction<DB>, signInId: string) {
  return db.selectFrom('signIns').selectAll().where('id', '=', signInId).forNoKeyUpdate().executeTakeFirst()
}

export async function setSignInConsumed(db: Transaction<DB>, signInId: string, at: Date) {
  await db.updateTable('signIns').set({ consumedAt: at }).where('id', '=', signInId).execute()
}

export function selectPerson(db: Kysely<DB>, personId: string) {
  return db.selectFrom('people').selectAll().where('id', '=', personId).executeTakeFirst()
}

/** The memberships of a person in organisations that are not suspended, oldest first. */
export function selectMemberships(db: Kysely<DB>, personId: string) {
  return db
    .selectFrom('memberships')
    .innerJoin('organisations', 'organisations.id', 'memberships.orgId')
    .select([
      'memberships.orgId',
      'memberships.role',
      'organisations.kind as orgKind',
      'organisations.notifierKind',
      'organisations.name as orgName',
    ])
    .where('memberships.personId', '=', personId)
    .where('organisations.suspendedAt', 'is', null)
    .orderBy('memberships.createdAt')
    .orderBy('memberships.orgId')
    .execute()
}

export async function insertApiToken(
  db: Transaction<DB>,
  token: {
    id: string
    orgId: string
    name: string
    tokenHash: Buffer
    hint: string
    live: boolean
    scopes: string[]
    createdAt: Date
    expiresAt: Date | null
    createdBy: string | null
    replaces: string | null
  },
) {
  await db.insertInto('apiTokens').values(token).execute()
}

export function selectApiToken(db: Kysely<DB>, tokenHash: Buffer, now: Date) {
  return db
    .selectFrom('apiTokens')
    .innerJoin('organisations', 'organisations.id', 'apiTokens.orgId')
    .select([
      'apiTokens.id',
      'apiTokens.orgId',
      'apiTokens.tokenHash',
      'apiTokens.scopes',
      'apiTokens.live',
      'apiTokens.lastUsedAt',
      'organisations.kind as orgKind',
    ])
    .where('apiTokens.tokenHash', '=', tokenHash)
    .where('apiTokens.revokedAt', 'is', null)
    .where((where) => where.or([where('apiTokens.expiresAt', 'is', null), where('apiTokens.expiresAt', '>', now)]))
    .where('organisations.suspendedAt', 'is', null)
    .executeTakeFirst()
}

export async function setApiTokenUsed(db: Kysely<DB>, apiTokenId: string, at: Date) {
  await db.updateTable('apiTokens').set({ lastUsedAt: at }).where('id', '=', apiTokenId).execute()
}

export async function setApiTokenRevoked(db: Transaction<DB>, orgId: string, apiTokenId: string, at: Date) {
  const done = await db
    .updateTable('apiTokens')
    .set({ revokedAt: at })
    .where('id', '=', apiTokenId)
    .where('orgId', '=', orgId)
    .where('revokedAt', 'is', null)
    .executeTakeFirst()
  return done.numUpdatedRows > 0n
}
