import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { keepAcceptance } from './accept-terms.ts'
import { admit } from './decide-admission.ts'
import { type JoiningState, readJoiningToken, stateOfJoining } from './joining.ts'
import {
  hasMembers,
  insertAnsweredContact,
  insertContestedClaim,
  type JoiningRow,
  lockJoining,
  selectCompanyAt,
  selectJoining,
  selectMembership,
  setContactAnswered,
  setJoiningConsumed,
} from './joining-store.server.ts'
import type { PersonActor } from './may.ts'
import { noteDone } from './note-answered.ts'
import {
  lockOrganisation,
  type OrganisationRow,
  selectOrganisation,
  updateOrganisation,
} from './organisation-store.server.ts'
import { insertMembership, insertOrganisation, insertPerson, lockPersonByEmail } from './people-store.server.ts'
import { actorOf, type BrowserFamily, startSession } from './session.ts'
import { currentTerms, type TermsFor, termsOf } from './terms.ts'

export interface JoiningView {
  kind: JoiningRow['kind']
  /** The company that joins or is claimed, or who was invited. */
  organisation: string
  personName: string
  email: string
  expiresAt: Date
  /** Which text is accepted with it. */
  terms: { of: TermsFor; version: string }
  /** It has people of its own: they and the desk will hear of it, and nothing else happens. */
  contested: boolean
}

export type DescribedJoining = { result: 'valid'; joining: JoiningView } | { result: Exclude<JoiningState, 'valid'> }

/** What a mailed link would do. Opening it changes nothing: mail scanners open links too. */
export async function describeJoining(ground: Ground, token: string): Promise<DescribedJoining> {
  const joiningId = readJoiningToken(ground, token)
  const joining = joiningId ? await selectJoining(ground.db.read, joiningId) : null
  const state = stateOfJoining(joining, ground.clock.now())
  if (!joining || state !== 'valid') return { result: state === 'valid' ? 'unknown' : state }
  const { read } = ground.db
  const orgId = await targetOf(read, joining)
  const organisation = orgId === null ? null : await selectOrganisation(read, orgId)
  const terms = termsOf(organisation?.kind ?? 'provider') ?? 'provider'
  return {
    result: 'valid',
    joining: {
      kind: joining.kind,
      organisation: organisation?.name ?? joining.companyName ?? '',
      personName: joining.personName,
      email: joining.email,
      expiresAt: joining.expiresAt,
      terms: { of: terms, version: currentTerms[terms] },
      contested: joining.kind !== 'invitation' && organisation !== null && (await isOwned(read, organisation)),
    },
  }
}

export type JoiningConsumed =
  /** Signed in as the owner. The session token is shown here and never again. */
  | { result: 'joined'; orgId: string; how: JoiningRow['kind']; sessionToken: string; actor: PersonActor }
  /** The company has people of its own: they and the desk are told, and nothing else has changed. */
  | { result: 'contested' }
  /** This mailbox belongs to somebody of the company already: there is nothing to join, only to sign in. */
  | { result: 'already-member' }
  | { result: 'terms-missing' }
  | { result: Exclude<JoiningState, 'valid'> }

/**
 * The mailbox answers: a person pressed the button behind a link that was mailed to it, and accepted the terms. They become
 * the owner; the mailbox is the company's first contact; the company waits for its admission.
 */
export function consumeJoining(
  ground: Ground,
  token: string,
  accepts: { terms: string | null; browser?: BrowserFamily },
): Promise<JoiningConsumed> {
  const joiningId = readJoiningToken(ground, token)
  if (!joiningId) return Promise.resolve({ result: 'unknown' })
  return ground.db.transaction(async (tx): Promise<JoiningConsumed> => {
    const joining = await lockJoining(tx.db, joiningId)
    const state = stateOfJoining(joining, tx.now)
    if (!joining || state !== 'valid') return { result: state === 'valid' ? 'unknown' : state }
    const target = await targetOf(tx.db, joining)
    const organisation = target === null ? null : await lockOrganisation(tx.db, target)
    const person = await lockPersonByEmail(tx.db, joining.email)
    if (organisation && person && (await selectMembership(tx.db, organisation.id, person.id))) {
      await consumed(tx, joiningId)
      return { result: 'already-member' }
    }
    if (organisation && joining.kind !== 'invitation' && (await isOwned(tx.db, organisation))) {
      await consumed(tx, joiningId)
      await contest(tx, joining, organisation.id)
      return { result: 'contested' }
    }
    const terms = termsOf(organisation?.kind ?? 'provider')
    if (terms && accepts.terms !== currentTerms[terms]) return { result: 'terms-missing' }
    await consumed(tx, joiningId)
    const orgId = organisation?.id ?? (await found(tx, joining))
    const personId = person?.id ?? newId('psn')
    const { email, personName: name, locale, kind: how } = joining
    if (!person) await insertPerson(tx.db, { id: personId, email, name, locale, createdAt: tx.now })
    await insertMembership(tx.db, { orgId, personId, role: 'owner', createdAt: tx.now })
    await takeIn(tx, joining, orgId, personId, organisation)
    if (terms) await keepAcceptance(tx, { orgId, personId, version: currentTerms[terms] })
    const { sessionToken } = await startSession(tx, ground, {
      personId,
      orgId,
      assurance: 1,
      browser: accepts.browser ?? 'other',
    })
    return { result: 'joined', orgId, how, sessionToken, actor: await actorOf(tx, sessionToken) }
  })
}

async function consumed(tx: Tx, joiningId: string): Promise<void> {
  await setJoiningConsumed(tx.db, joiningId, tx.now)
  await noteDone(tx, joiningId)
}

/** A company nobody knew until now. */
async function found(tx: Tx, joining: JoiningRow): Promise<string> {
  const orgId = newId('org')
  await insertOrganisation(tx.db, {
    id: orgId,
    kind: 'provider',
    notifierKind: null,
    name: joining.companyName ?? joining.email,
    country: joining.country ?? 'NL',
    locale: joining.locale,
    phone: null,
    trustedFlagger: false,
    adheresSince: null,
    admittedAt: null,
    suspendedAt: null,
    knownFrom: null,
    createdAt: tx.now,
  })
  return orgId
}

async function takeIn(
  tx: Tx,
  joining: JoiningRow,
  orgId: string,
  personId: string,
  before: OrganisationRow | null,
): Promise<void> {
  const { id: joiningId, email, locale, kind: how } = joining
  const isProvider = (before?.kind ?? 'provider') === 'provider'
  if (isProvider && before) await setContactAnswered(tx.db, orgId, email, tx.now)
  if (isProvider && !before)
    await insertAnsweredContact(tx.db, { id: newId('ctc'), orgId, email, languages: [locale], createdAt: tx.now })
  await updateOrganisation(tx.db, orgId, {
    joinedAt: before?.joinedAt ?? tx.now,
    ...(isProvider && !before?.admittedAt ? { admissionAskedAt: tx.now } : {}),
    ...(before ? {} : { locale }),
  })
  await record(tx, orgId, 'organisation.joined', { orgId, personId, joiningId, how })
  // Whom the desk invited it has looked at already.
  if (!isProvider && how === 'invitation' && !before?.admittedAt)
    await admit(tx, { orgId, by: 'invitation', reason: 'invited', personId: joining.askedBy })
}

async function contest(tx: Tx, joining: JoiningRow, orgId: string): Promise<void> {
  const { email, personName, locale } = joining
  const claimId = newId('clm')
  if (!(await insertContestedClaim(tx.db, { id: claimId, orgId, email, personName, locale, claimedAt: tx.now }))) return
  await record(tx, orgId, 'claim.contested', { orgId, claimId })
}

/** Which record it is about: the one that is named, else the one whose mailbox this is. */
async function targetOf(db: Ground['db']['read'], joining: JoiningRow): Promise<string | null> {
  if (joining.orgId !== null) return joining.orgId
  return (await selectCompanyAt(db, joining.email))?.orgId ?? null
}

/** Somebody acts for it already, or the desk has taken it out: nobody comes in by a mailbox alone. */
async function isOwned(db: Ground['db']['read'], organisation: OrganisationRow): Promise<boolean> {
  return organisation.suspendedAt !== null || organisation.joinedAt !== null || (await hasMembers(db, organisation.id))
}
