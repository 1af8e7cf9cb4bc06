import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { endOf, type Invited, invite } from './invitation.ts'
import { lockInvitation, setInvitationRevoked, setInvitationSent } from './invitation-store.server.ts'
import { may, mayChangeRole, type PersonActor } from './may.ts'
import type { Locale, Role } from './person.ts'

/** The first mail and three more, ten minutes apart: enough for a spam folder, no use as a nuisance. */
const sendings = 4
const apart = 10 * 60_000

/** Invites somebody into the actor's organisation. Only an owner invites an owner. */
export function inviteMember(
  ground: Ground,
  actor: PersonActor,
  input: { email: string; role: Role; locale: Locale },
): Promise<Invited | { result: 'forbidden' }> {
  if (!mayChangeRole(actor, { personId: '', role: input.role }, input.role)) {
    return Promise.resolve({ result: 'forbidden' })
  }
  return ground.db.transaction((tx) => invite(tx, { ...input, orgId: actor.orgId, invitedBy: actor.personId }))
}

/** Mails the same invitation again. It does not live longer for that. */
export function resendInvitation(
  ground: Ground,
  actor: PersonActor,
  invitationId: string,
): Promise<{ result: 'sent' | 'forbidden' | 'unknown-invitation' | 'too-soon' | 'too-often' }> {
  if (!may(actor, 'people.manage')) return Promise.resolve({ result: 'forbidden' })
  return ground.db.transaction(async (tx) => {
    const invitation = await lockInvitation(tx.db, invitationId)
    if (invitation?.orgId !== actor.orgId || endOf(invitation, tx.now)) return { result: 'unknown-invitation' }
    if (invitation.sentCount >= sendings) return { result: 'too-often' }
    if (tx.now.getTime() - invitation.lastSentAt.getTime() < apart) return { result: 'too-soon' }
    const sent = invitation.sentCount + 1
    await setInvitationSent(tx.db, invitationId, sent, tx.now)
    const { orgId, role } = invitation
    await record(tx, orgId, 'member.invited', { orgId, invitationId, role, by: actor.personId, sent })
    return { result: 'sent' }
  })
}

/** Takes an invitation back; its link opens nothing any more. */
export function revokeInvitation(
  ground: Ground,
  actor: PersonActor,
  invitationId: string,
): Promise<{ result: 'revoked' | 'forbidden' | 'unknown-invitation' }> {
  if (!may(actor, 'people.manage')) return Promise.resolve({ result: 'forbidden' })
  return ground.db.transaction(async (tx) => {
    const invitation = await lockInvitation(tx.db, invitationId)
    if (invitation?.orgId !== actor.orgId || invitation.acceptedAt || invitation.revokedAt) {
      return { result: 'unknown-invitation' }
    }
    await setInvitationRevoked(tx.db, invitationId, tx.now)
    await record(tx, actor.orgId, 'invitation.revoked', { orgId: actor.orgId, invitationId, by: actor.personId })
    return { result: 'revoked' }
  })
}
