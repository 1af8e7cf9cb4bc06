import { type Kysely, sql, type Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'

export interface NewSession {
  id: string
  tokenHash: Buffer
  personId: string
  orgId: string
  assurance: number
  browser: string
  createdAt: Date
  lastSeenAt: Date
  confirmedAt: Date
  expiresAt: Date
}

export async function insertSession(db: Transaction<DB>, session: NewSession) {
  await db.insertInto('sessions').values(session).execute()
}

/** A session that is neither ended nor expired, with what its person is today: rights are read, never remembered. */
export function selectSession(db: Kysely<DB>, tokenHash: Buffer, now: Date) {
  return (
    db
      .selectFrom('sessions')
      .innerJoin('memberships', (join) =>
        join.onRef('memberships.orgId', '=', 'sessions.orgId').onRef('memberships.personId', '=', 'sessions.personId'),
      )
      .innerJoin('organisations', 'organisations.id', 'sessions.orgId')
      .select([
        'sessions.id',
        'sessions.tokenHash',
        'sessions.personId',
        'sessions.orgId',
        'sessions.assurance',
        'sessions.lastSeenAt',
        'memberships.role',
        'organisations.kind as orgKind',
        'organisations.notifierKind',
        hasFactor('sessions.personId').as('hasFactor'),
      ])
      .where('sessions.tokenHash', '=', tokenHash)
      .where('sessions.endedAt', 'is', null)
      .where('sessions.expiresAt', '>', now)
      // Begun at an instant that has not come yet, by a clock that has been set back since: it would live that much longer.
      .where('sessions.createdAt', '<=', new Date(now.getTime() + 600_000))
      .where('organisations.suspendedAt', 'is', null)
      .executeTakeFirst()
  )
}

function hasFactor(personId: 'sessions.personId') {
  return sql<boolean>`(
    exists (select from totp_factors f where f.person_id = ${sql.ref(personId)} and f.confirmed_at is not null)
    or exists (select from passkeys k where k.person_id = ${sql.ref(personId)}))`
}

export function selectSessionById(db: Kysely<DB>, sessionId: string) {
  return db.selectFrom('sessions').selectAll().where('id', '=', sessionId).executeTakeFirst()
}

/** Those that still open something, newest first. */
export function selectSessionsOf(db: Kysely<DB>, personId: string, now: Date) {
  return db
    .selectFrom('sessions')
    .innerJoin('organisations', 'organisations.id', 'sessions.orgId')
    .select([
      'sessions.id',
      'sessions.orgId',
      'sessions.browser',
      'sessions.assurance',
      'sessions.createdAt',
      'sessions.lastSeenAt',
      'sessions.expiresAt',
      'organisations.name as orgName',
    ])
    .where('sessions.personId', '=', personId)
    .where('sessions.endedAt', 'is', null)
    .where('sessions.expiresAt', '>', now)
    .orderBy('sessions.createdAt', 'desc')
    .orderBy('sessions.id', 'desc')
    .execute()
}

export async function setSessionSeen(db: Kysely<DB>, sessionId: string, at: Date) {
  await db.updateTable('sessions').set({ lastSeenAt: at }).where('id', '=', sessionId).execute()
}

/** Ends those of a person that fit, and says which they were. */
export async function setSessionsEnded(
  db: Transaction<DB>,
  personId: string,
  which: { id?: string; orgId?: string; but?: string },
  at: Date,
): Promise<string[]> {
  let ending = db.updateTable('sessions').set({ endedAt: at }).where('personId', '=', personId)
  if (which.id !== undefined) ending = ending.where('id', '=', which.id)
  if (which.orgId !== undefined) ending = ending.where('orgId', '=', which.orgId)
  if (which.but !== undefined) ending = ending.where('id', '<>', which.but)
  const ended = await ending.where('endedAt', 'is', null).where('expiresAt', '>', at).returning('id').execute()
  return ended.map(({ id }) => id)
}

export async function setSessionAssured(db: Transaction<DB>, sessionId: string, at: Date) {
  await db
    .updateTable('sessions')
    .set({ assurance: 2, confirmedAt: at })
    .where('id', '=', sessionId)
    .where('endedAt', 'is', null)
    .execute()
}

export async function setSessionOrganisation(db: Transaction<DB>, sessionId: string, orgId: string) {
  await db.updateTable('sessions').set({ orgId }).where('id', '=', sessionId).where('endedAt', 'is', null).execute()
}
