import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { endOf, type InvitationEnd, readInvitationToken } from './invitation.ts'
import { lockInvitation, setInvitationAccepted } from './invitation-store.server.ts'
import type { PersonActor } from './may.ts'
import { noteDone } from './note-answered.ts'
import {
  insertMembership,
  insertPerson,
  lockPersonByEmail,
  selectOrganisations,
  selectPerson,
} from './people-store.server.ts'
import type { Role } from './person.ts'
import { actorOf, type BrowserFamily, startSession } from './session.ts'
import { setSessionOrganisation } from './session-store.server.ts'

export type Accepted =
  /** Somebody new: the click has shown that the mailbox is theirs, and signs them in. */
  | { result: 'signed-in'; sessionToken: string; actor: PersonActor }
  /** Somebody who is signed in: the session goes on in the organisation just joined. */
  | { result: 'joined' }
  /** Somebody we know who is not signed in: an invitation lives for a week, too long to open what else they have. */
  | { result: 'joined-sign-in' }
  /** Signed in as somebody else than the mailbox it was sent to. */
  | { result: 'other-person'; email: string }
  | { result: 'name-missing' }
  | { result: InvitationEnd }

/** Makes the invited person a member, once. */
export function acceptInvitation(
  ground: Ground,
  token: string,
  from: { actor: PersonActor | null; name: string; browser?: BrowserFamily },
): Promise<Accepted> {
  const invitationId = readInvitationToken(ground, token)
  if (!invitationId) return Promise.resolve({ result: 'unknown' })
  return ground.db.transaction(async (tx) => {
    const invitation = await lockInvitation(tx.db, invitationId)
    const ended = endOf(invitation, tx.now)
    if (ended || !invitation) return { result: ended ?? 'unknown' }
    const [organisation] = await selectOrganisations(tx.db, [invitation.orgId])
    if (!organisation || organisation.suspendedAt) return { result: 'revoked' }
    const signedIn = from.actor ? await selectPerson(tx.db, from.actor.personId) : null
    if (signedIn && signedIn.email !== invitation.email) return { result: 'other-person', email: signedIn.email }
    const known = await lockPersonByEmail(tx.db, invitation.email)
    const name = from.name.trim().slice(0, 100)
    if (!known && name === '') return { result: 'name-missing' }
    const personId = known?.id ?? newId('psn')
    const { orgId, email, locale, role } = invitation
    if (!known) await insertPerson(tx.db, { id: personId, email, name, locale, createdAt: tx.now })
    await insertMembership(tx.db, { orgId, personId, role: role as Role, createdAt: tx.now })
    await setInvitationAccepted(tx.db, invitationId, personId, tx.now)
    await noteDone(tx, invitationId)
    const entered = await enter(tx, ground, { personId, orgId, known: known !== undefined }, from)
    await record(tx, orgId, 'member.joined', { orgId, personId, role, invitationId })
    return entered
  })
}

async function enter(
  tx: Tx,
  ground: Ground,
  member: { personId: string; orgId: string; known: boolean },
  from: { actor: PersonActor | null; browser?: BrowserFamily },
): Promise<Accepted> {
  const { personId, orgId, known } = member
  if (from.actor) {
    await setSessionOrganisation(tx.db, from.actor.sessionId, orgId)
    await record(tx, personId, 'person.moved', { personId, sessionId: from.actor.sessionId, orgId })
    return { result: 'joined' }
  }
  if (known) return { result: 'joined-sign-in' }
  const session = { personId, orgId, assurance: 1, browser: from.browser ?? 'other' } as const
  const { sessionToken } = await startSession(tx, ground, session)
  return { result: 'signed-in', sessionToken, actor: await actorOf(tx, sessionToken) }
}
