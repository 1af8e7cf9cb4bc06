import type { Kysely, Selectable, Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'
import type { JoiningKind } from './joining.ts'
import type { Locale } from './person.ts'

export type JoiningRow = Omit<Selectable<DB['joinings']>, 'kind' | 'locale'> & { kind: JoiningKind; locale: Locale }

export async function selectJoining(db: Kysely<DB>, joiningId: string): Promise<JoiningRow | null> {
  const row = await db.selectFrom('joinings').selectAll().where('id', '=', joiningId).executeTakeFirst()
  return (row as JoiningRow | undefined) ?? null
}

/** With every other one of its mailbox: of two links pressed at once, the second finds what the first has made. */
export async function lockJoining(db: Transaction<DB>, joiningId: string): Promise<JoiningRow | null> {
  const rows = await db
    .selectFrom('joinings')
    .selectAll()
    .where('email', '=', (of) => of.selectFrom('joinings as own').select('own.email').where('own.id', '=', joiningId))
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
  return (rows.find(({ id }) => id === joiningId) as JoiningRow | undefined) ?? null
}

export async function insertJoining(db: Transaction<DB>, row: JoiningRow) {
  await db.insertInto('joinings').values(row).execute()
}

export async function setJoiningConsumed(db: Transaction<DB>, joiningId: string, at: Date) {
  await db.updateTable('joinings').set({ consumedAt: at }).where('id', '=', joiningId).execute()
}

/** Links asked for since then, to this mailbox and to all. What the desk sends counts for nobody. */
export async function countJoinings(db: Transaction<DB>, email: string, since: { own: Date; all: Date }) {
  const count = (from: Date) =>
    db
      .selectFrom('joinings')
      .select((of) => of.fn.countAll<number>().as('count'))
      .where('kind', '<>', 'invitation')
      .where('askedAt', '>', from)
  const own = await count(since.own).where('email', '=', email).executeTakeFirstOrThrow()
  const all = await count(since.all).executeTakeFirstOrThrow()
  return { own: Number(own.count), all: Number(all.count) }
}

/** The company whose mailbox this is: one with people of its own first, then the one that is known longest. */
export function selectCompanyAt(db: Kysely<DB>, email: string) {
  return (
    db
      .selectFrom('contacts')
      .innerJoin('organisations', 'organisations.id', 'contacts.orgId')
      .select(['organisations.id as orgId', 'contacts.id as contactId'])
      .where((where) => where(where.fn('lower', ['contacts.email']), '=', email))
      .where('organisations.kind', '=', 'provider')
      .where('contacts.removedAt', 'is', null)
      // What somebody typed and never answered from is nobody's mailbox.
      .where((where) =>
        where.or([where('contacts.verifiedAt', 'is not', null), where('organisations.joinedAt', 'is', null)]),
      )
      .orderBy((by) => by.case().when('organisations.joinedAt', 'is', null).then(1).else(0).end())
      .orderBy('organisations.createdAt')
      .orderBy('organisations.id')
      .limit(1)
      .executeTakeFirst()
  )
}

export function selectContact(db: Kysely<DB>, orgId: string, contactId: string) {
  return db
    .selectFrom('contacts')
    .select(['id', 'email'])
    .where('id', '=', contactId)
    .where('orgId', '=', orgId)
    .executeTakeFirst()
}

/** The mailbox has answered: a person pressed what was mailed to it. */
export async function setContactAnswered(db: Transaction<DB>, orgId: string, email: string, at: Date) {
  await db
    .updateTable('contacts')
    .set({
      verifiedAt: at,
      lapsesAt: halfYearAfter(at),
      lapsedAt: null,
      reminded: 0,
      silent: 0,
      unreachableAt: null,
      unreachableCode: null,
      complainedAt: null,
      updatedAt: at,
    })
    .where('orgId', '=', orgId)
    .where((where) => where(where.fn('lower', ['email']), '=', email))
    .where('removedAt', 'is', null)
    .execute()
}

/** Whoever answers is asked again after half a year. */
function halfYearAfter(at: Date): Date {
  const later = new Date(at)
  later.setUTCMonth(later.getUTCMonth() + 6)
  return later
}

export async function insertAnsweredContact(
  db: Transaction<DB>,
  contact: { id: string; orgId: string; email: string; languages: string[]; createdAt: Date },
) {
  await db
    .insertInto('contacts')
    .values({
      ...contact,
      kind: 'abuse',
      phone: null,
      position: 1,
      verifiedAt: contact.createdAt,
      lapsesAt: halfYearAfter(contact.createdAt),
      updatedAt: contact.createdAt,
    })
    .execute()
}

export async function hasMembers(db: Kysely<DB>, orgId: string): Promise<boolean> {
  const row = await db
    .selectFrom('memberships')
    .select('personId')
    .where('orgId', '=', orgId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

export function selectMembership(db: Kysely<DB>, orgId: string, personId: string) {
  return db
    .selectFrom('memberships')
    .select('role')
    .where('orgId', '=', orgId)
    .where('personId', '=', personId)
    .executeTakeFirst()
}

/** False where the same mailbox has claimed the same company already, and that is not settled. */
export async function insertContestedClaim(
  db: Transaction<DB>,
  claim: { id: string; orgId: string; email: string; personName: string; locale: string; claimedAt: Date },
) {
  const done = await db
    .insertInto('contestedClaims')
    .values(claim)
    .onConflict((conflict) => conflict.columns(['orgId', 'email']).where('settledAt', 'is', null).doNothing())
    .executeTakeFirst()
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export function selectContestedClaim(db: Kysely<DB>, claimId: string) {
  return db.selectFrom('contestedClaims').selectAll().where('id', '=', claimId).executeTakeFirst()
}

export function lockContestedClaim(db: Transaction<DB>, claimId: string) {
  return db.selectFrom('contestedClaims').selectAll().where('id', '=', claimId).forNoKeyUpdate().executeTakeFirst()
}

export async function setClaimSettled(db: Transaction<DB>, claimId: string, at: Date, decisionId: string) {
  await db.updateTable('contestedClaims').set({ settledAt: at, decisionId }).where('id', '=', claimId).execute()
}

/** Claims the desk has to settle, oldest first. */
export function selectOpenClaims(db: Kysely<DB>, limit: number) {
  return db
    .selectFrom('contestedClaims as c')
    .innerJoin('organisations as o', 'o.id', 'c.orgId')
    .select(['c.id', 'c.orgId', 'o.name as orgName', 'c.email', 'c.personName', 'c.claimedAt'])
    .where('c.settledAt', 'is', null)
    .orderBy('c.claimedAt')
    .orderBy('c.id')
    .limit(limit)
    .execute()
}
