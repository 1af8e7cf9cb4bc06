import { randomBytes, timingSafeEqual } from 'node:crypto'
import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import type { PersonActor } from './may.ts'
import {
  countSignIns,
  insertSession,
  insertSignIn,
  lockPersonByEmail,
  lockSignIn,
  selectMemberships,
  selectSession,
  selectSignIn,
  setSessionEnded,
  setSessionSeen,
  setSignInConsumed,
} from './people-store.server.ts'
import { type Locale, normaliseEmail, type OrgKind, type Role } from './person.ts'
import { digestOfSecret } from './secret.ts'

const minute = 60_000
const day = 24 * 60 * minute

/** How long a mailed link opens the door. */
const linkLives = 15 * minute
/** More than one mistyped word, less than a flood into somebody's mailbox. */
const linksPerPerson = { count: 5, within: 15 * minute }
/** For everybody together: what a mail server can take, and an attacker may not. */
const linksForAll = { count: 300, within: 5 * minute }
/** Every request would be a write otherwise. */
const seenEvery = minute

/** The secret of a mailed link is made again from its id, so nothing in the database opens a door. */
export function signInToken(ground: Pick<Ground, 'vault'>, signInId: string): string {
  return `${signInId}.${ground.vault.derive('sign-in', signInId)}`
}

/**
 * Asks for a link by mail. The answer is the same for a known mailbox, an unknown one and one that asked too often: who
 * has an account is nobody's business.
 */
export async function requestSignIn(
  ground: Ground,
  input: { email: string; locale?: Locale },
): Promise<{ result: 'requested' }> {
  const email = normaliseEmail(input.email)
  await ground.db.transaction(async (tx) => {
    const person = await lockPersonByEmail(tx.db, email) // two requests at once are counted one after the other
    if (!person) return
    const ago = (ms: number) => new Date(tx.now.getTime() - ms)
    const since = { own: ago(linksPerPerson.within), all: ago(linksForAll.within) }
    const asked = await countSignIns(tx.db, person.id, since)
    if (asked.own >= linksPerPerson.count || asked.all >= linksForAll.count) {
      ground.log.warn('sign-in.limited', { count: asked.own })
      return
    }
    const signInId = newId('sgn')
    const expiresAt = new Date(tx.now.getTime() + linkLives)
    await insertSignIn(tx.db, { id: signInId, personId: person.id, requestedAt: tx.now, expiresAt })
    const locale = input.locale === undefined ? {} : { locale: input.locale }
    await record(tx, person.id, 'sign-in.requested', { signInId, personId: person.id, ...locale })
  })
  return { result: 'requested' }
}

export type SignInState = { result: 'valid'; expiresAt: Date } | { result: 'unknown' | 'expired' | 'consumed' }

/** What a link would do. Opening it changes nothing: mail scanners open links too. */
export async function describeSignIn(ground: Ground, token: string): Promise<SignInState> {
  const signInId = readToken(ground, token)
  if (!signInId) return { result: 'unknown' }
  return stateOf(await selectSignIn(ground.db.read, signInId), ground.clock.now())
}

/** Signs the person in, once. The session token is shown here and never again. */
export function consumeSignIn(
  ground: Ground,
  token: string,
): Promise<
  { result: 'signed-in'; sessionToken: string; actor: PersonActor } | { result: 'unknown' | 'expired' | 'consumed' }
> {
  const signInId = readToken(ground, token)
  if (!signInId) return Promise.resolve({ result: 'unknown' })
  return ground.db.transaction(async (tx) => {
    const signIn = await lockSignIn(tx.db, signInId)
    const state = stateOf(signIn, tx.now)
    if (state.result !== 'valid' || !signIn) return { result: state.result === 'valid' ? 'unknown' : state.result }
    const [membership] = await selectMemberships(tx.db, signIn.personId)
    if (!membership) return { result: 'unknown' }
    await setSignInConsumed(tx.db, signInId, tx.now)
    const sessionToken = randomBytes(32).toString('base64url')
    const session = {
      id: newId('ses'),
      tokenHash: digestOfSecret(sessionToken),
      personId: signIn.personId,
      orgId: membership.orgId,
      assurance: 1,
      createdAt: tx.now,
      lastSeenAt: tx.now,
      expiresAt: new Date(tx.now.getTime() + ground.config.sessionDays * day),
    }
    await insertSession(tx.db, session)
    const { personId, orgId } = session
    await record(tx, personId, 'person.signed-in', { personId, orgId, sessionId: session.id })
    return { result: 'signed-in', sessionToken, actor: actorOf({ ...session, ...membership }) }
  })
}

/** Who holds this session, or null: unknown, ended, expired, no member any more, or the organisation is suspended. */
export async function findSession(ground: Ground, sessionToken: string): Promise<PersonActor | null> {
  const now = ground.clock.now()
  const tokenHash = digestOfSecret(sessionToken)
  const session = await selectSession(ground.db.read, tokenHash, now)
  if (!session || !timingSafeEqual(session.tokenHash, tokenHash)) return null
  if (now.getTime() - session.lastSeenAt.getTime() >= seenEvery) await setSessionSeen(ground.db.read, session.id, now)
  return actorOf(session)
}

/** Ends the session; its token opens nothing any more. */
export function signOut(ground: Ground, actor: PersonActor): Promise<{ result: 'signed-out' | 'already-signed-out' }> {
  return ground.db.transaction(async (tx) => {
    if (!(await setSessionEnded(tx.db, actor.sessionId, tx.now))) return { result: 'already-signed-out' }
    const { personId, sessionId } = actor
    await record(tx, personId, 'person.signed-out', { personId, sessionId })
    return { result: 'signed-out' }
  })
}

function stateOf(signIn: { consumedAt: Date | null; expiresAt: Date } | undefined, now: Date): SignInState {
  if (!signIn) return { result: 'unknown' }
  if (signIn.consumedAt) return { result: 'consumed' }
  if (signIn.expiresAt <= now) return { result: 'expired' }
  return { result: 'valid', expiresAt: signIn.expiresAt }
}

function readToken(ground: Ground, token: string): string | null {
  const found = /^(sgn_[0-9a-z]{26})\.[A-Za-z0-9_-]{43}$/.exec(token)
  const signInId = found?.[1]
  if (!signInId) return null
  return timingSafeEqual(digestOfSecret(token), digestOfSecret(signInToken(ground, signInId))) ? signInId : null
}

function actorOf(session: {
  id: string
  personId: string
  orgId: string
  orgKind: string
  role: string
  assurance: number
}): PersonActor {
  return {
    kind: 'person',
    personId: session.personId,
    orgId: session.orgId,
    orgKind: session.orgKind as OrgKind,
    role: session.role as Role,
    assurance: session.assurance,
    sessionId: session.id,
  }
}
