import { timingSafeEqual } from 'node:crypto'
import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import type { PersonActor } from './may.ts'
import { noteDone } from './note-answered.ts'
import {
  countSignIns,
  insertSignIn,
  lockPersonByEmail,
  lockSignIn,
  selectMemberships,
  selectSignIn,
  setSignInConsumed,
} from './people-store.server.ts'
import { type Locale, normaliseEmail } from './person.ts'
import { digestOfSecret } from './secret.ts'
import { actorOf, type BrowserFamily, endSessions, startSession } from './session.ts'

const minute = 60_000

/** How long a mailed link opens the door. */
const linkLives = 15 * minute
/** More than one mistyped word, less than a flood into somebody's mailbox. */
const linksPerPerson = { count: 5, within: 15 * minute }
/** For everybody together: what a mail server can take, and an attacker may not. */
const linksForAll = { count: 300, within: 5 * minute }

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
  input: { email: string; locale?: Locale; back?: string },
): Promise<{ result: 'requested' }> {
  const email = normaliseEmail(input.email)
  await ground.db.transaction(async (tx) => {
    const person = await lockPersonByEmail(tx.db, email) // two requests at once are counted one after the other
    if (!person) return
    const ago = (ms: number) => new Date(tx.now.getTime() - ms)
    const since = { own: ago(linksPerPerson.within), all: ago(linksForAll.within), now: tx.now }
    const asked = await countSignIns(tx.db, person.id, since)
    if (asked.own >= linksPerPerson.count || asked.all >= linksForAll.count) {
      ground.log.warn('sign-in.limited', { count: asked.own })
      return
    }
    const signInId = newId('sgn')
    const expiresAt = new Date(tx.now.getTime() + linkLives)
    const back = input.back ?? null
    await insertSignIn(tx.db, { id: signInId, personId: person.id, requestedAt: tx.now, expiresAt, back })
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

export type SignedIn =
  | {
      result: 'signed-in'
      sessionToken: string
      actor: PersonActor
      /** Where the reader was going when asked who they are; a path of ours. */
      back: string | null
      /** How many organisations there are to choose from. */
      organisations: number
    }
  | { result: 'unknown' | 'expired' | 'consumed' }

/**
 * Signs the person in, once. The session token is shown here and never again. A session that this browser still holds is
 * replaced, in the same organisation; a second factor is asked for again.
 */
export function consumeSignIn(
  ground: Ground,
  token: string,
  from: { browser?: BrowserFamily; replaces?: PersonActor | null } = {},
): Promise<SignedIn> {
  const signInId = readToken(ground, token)
  if (!signInId) return Promise.resolve({ result: 'unknown' })
  return ground.db.transaction(async (tx) => {
    const signIn = await lockSignIn(tx.db, signInId)
    const state = stateOf(signIn, tx.now)
    if (state.result !== 'valid' || !signIn) return { result: state.result === 'valid' ? 'unknown' : state.result }
    const memberships = await selectMemberships(tx.db, signIn.personId)
    const replaced = from.replaces?.personId === signIn.personId ? from.replaces : null
    const membership = memberships.find(({ orgId }) => orgId === replaced?.orgId) ?? memberships[0]
    if (!membership) return { result: 'unknown' }
    await setSignInConsumed(tx.db, signInId, tx.now)
    await noteDone(tx, signInId)
    if (replaced) await endSessions(tx, replaced.personId, { id: replaced.sessionId }, 'replaced')
    const started = await startSession(tx, ground, {
      personId: signIn.personId,
      orgId: membership.orgId,
      assurance: signIn.assurance,
      browser: from.browser ?? 'other',
    })
    return {
      result: 'signed-in',
      sessionToken: started.sessionToken,
      actor: await actorOf(tx, started.sessionToken),
      back: signIn.back,
      organisations: replaced ? 1 : memberships.length,
    }
  })
}

function stateOf(
  signIn: { consumedAt: Date | null; requestedAt: Date; expiresAt: Date } | undefined,
  now: Date,
): SignInState {
  if (!signIn) return { result: 'unknown' }
  if (signIn.consumedAt) return { result: 'consumed' }
  // Asked for at an instant that has not come yet, by a clock that has been set back since: it would live that much longer.
  const ahead = signIn.requestedAt.getTime() - now.getTime() > 10 * minute
  if (signIn.expiresAt <= now || ahead) return { result: 'expired' }
  return { result: 'valid', expiresAt: signIn.expiresAt }
}

function readToken(ground: Ground, token: string): string | null {
  const found = /^(sgn_[0-9a-z]{26})\.[A-Za-z0-9_-]{43}$/.exec(token)
  const signInId = found?.[1]
  if (!signInId) return null
  return timingSafeEqual(digestOfSecret(token), digestOfSecret(signInToken(ground, signInId))) ? signInId : null
}
