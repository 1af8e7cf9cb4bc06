import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Facts } from '../facts/facts.ts'
import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { DB, Ground, Tx } from '../ground/ground.ts'
import { assuranceNeeded, type PersonActor } from './may.ts'
import type { NotifierKind, OrgKind, Role } from './person.ts'
import { digestOfSecret } from './secret.ts'
import {
  insertSession,
  selectSession,
  selectSessionById,
  setSessionSeen,
  setSessionsEnded,
} from './session-store.server.ts'

const minute = 60_000
const day = 24 * 60 * minute

/** Every request would be a write otherwise. */
const seenEvery = minute
/** How long it counts that somebody has just proved who they are. */
const freshFor = 10 * minute

/** As coarse as a person needs to tell their own sessions apart. */
export const browsers = ['firefox', 'chrome', 'edge', 'safari', 'other'] as const
export type BrowserFamily = (typeof browsers)[number]

/** Starts a session inside the caller's transaction. Its token is handed out here and never again. */
export async function startSession(
  tx: Tx,
  ground: Pick<Ground, 'config'>,
  input: { personId: string; orgId: string; assurance: number; browser: BrowserFamily },
): Promise<{ sessionId: string; sessionToken: string }> {
  const sessionToken = randomBytes(32).toString('base64url')
  const sessionId = newId('ses')
  await insertSession(tx.db, {
    ...input,
    id: sessionId,
    tokenHash: digestOfSecret(sessionToken),
    createdAt: tx.now,
    lastSeenAt: tx.now,
    confirmedAt: tx.now,
    expiresAt: new Date(tx.now.getTime() + ground.config.sessionDays * day),
  })
  const { personId, orgId } = input
  await record(tx, personId, 'person.signed-in', { personId, orgId, sessionId })
  return { sessionId, sessionToken }
}

/** Who holds this session, or null: unknown, ended, expired, no member any more, or the organisation is suspended. */
export async function findSession(ground: Ground, sessionToken: string): Promise<PersonActor | null> {
  const now = ground.clock.now()
  const found = await readSession(ground.db.read, sessionToken, now)
  if (!found) return null
  const { actor, lastSeenAt } = found
  if (now.getTime() - lastSeenAt.getTime() >= seenEvery) await setSessionSeen(ground.db.read, actor.sessionId, now)
  return actor
}

/** The same inside the transaction that has just started the session. */
export async function actorOf(tx: Tx, sessionToken: string): Promise<PersonActor> {
  const found = await readSession(tx.db, sessionToken, tx.now)
  if (!found) throw new Error('A session that was just started is not there')
  return found.actor
}

async function readSession(db: Kysely<DB>, sessionToken: string, now: Date) {
  const tokenHash = digestOfSecret(sessionToken)
  const session = await selectSession(db, tokenHash, now)
  if (!session || !timingSafeEqual(session.tokenHash, tokenHash)) return null
  const orgKind = session.orgKind as OrgKind
  const notifierKind = session.notifierKind as NotifierKind | null
  const actor: PersonActor = {
    kind: 'person',
    personId: session.personId,
    orgId: session.orgId,
    orgKind,
    role: session.role as Role,
    assurance: session.assurance,
    assuranceNeeded: assuranceNeeded({ kind: orgKind, notifierKind }, session.hasFactor),
    sessionId: session.id,
  }
  return { actor, lastSeenAt: session.lastSeenAt }
}

/**
 * Whether this person has proved who they are within the last ten minutes: by a mailed link, or by the second factor
 * where one is needed. What cannot be taken back easily asks for it.
 */
export async function isFresh(ground: Ground, actor: PersonActor): Promise<boolean> {
  const session = await selectSessionById(ground.db.read, actor.sessionId)
  if (!session?.confirmedAt || session.endedAt) return false
  return ground.clock.now().getTime() - session.confirmedAt.getTime() < freshFor
}

/** Ends the session; its token opens nothing any more. */
export function signOut(ground: Ground, actor: PersonActor): Promise<{ result: 'signed-out' | 'already-signed-out' }> {
  return ground.db.transaction(async (tx) => {
    const { personId, sessionId } = actor
    const ended = await setSessionsEnded(tx.db, personId, { id: sessionId }, tx.now)
    if (ended.length === 0) return { result: 'already-signed-out' }
    await record(tx, personId, 'person.signed-out', { personId, sessionId })
    return { result: 'signed-out' }
  })
}

/** Ends those of a person's sessions that fit, inside the caller's transaction, and says how many there were. */
export async function endSessions(
  tx: Tx,
  personId: string,
  which: { id?: string; orgId?: string; but?: string },
  why: Facts['sessions.ended']['why'],
): Promise<number> {
  const sessionIds = await setSessionsEnded(tx.db, personId, which, tx.now)
  if (sessionIds.length > 0) await record(tx, personId, 'sessions.ended', { personId, sessionIds, why })
  return sessionIds.length
}
