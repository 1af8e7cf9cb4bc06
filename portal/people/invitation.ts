import { timingSafeEqual } from 'node:crypto'
import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import {
  countInvitations,
  insertInvitation,
  lockOrganisation,
  lockWaitingInvitation,
  selectInvitation,
  setInvitationRevoked,
} from './invitation-store.server.ts'
import { isMember } from './member-store.server.ts'
import { selectOrganisations, selectPerson, selectPersonByEmail } from './people-store.server.ts'
import { isEmail, type Locale, normaliseEmail, type Role } from './person.ts'
import { digestOfSecret } from './secret.ts'

const day = 24 * 60 * 60_000
const lives = 7 * day
/** More than a company grows by in a day; less than a mailing list. */
const perOrganisation = 20
/** Whoever invites: nobody's mailbox is filled by us. */
const perMailbox = 5

/** The secret of a mailed invitation is made again from its id, so nothing in the database opens a door. */
export function invitationToken(ground: Pick<Ground, 'vault'>, invitationId: string): string {
  return `${invitationId}.${ground.vault.derive('invitation', invitationId)}`
}

export interface NewInvite {
  orgId: string
  email: string
  role: Role
  locale: Locale
  /** Null where nobody of the organisation invites: its first person, invited by the platform. */
  invitedBy: string | null
}

export type Invited =
  | { result: 'invited'; invitationId: string }
  | { result: 'already-member' | 'already-invited' | 'too-many' | 'invalid' }

/**
 * Invites a mailbox, inside the caller's transaction; the mail follows from the fact. It is bound to that mailbox, works
 * for seven days, and is consumed by a click. Whether the caller may is the caller's question: see `inviteMember`.
 */
export async function invite(tx: Tx, input: NewInvite): Promise<Invited> {
  const email = normaliseEmail(input.email)
  if (!isEmail(email)) return { result: 'invalid' }
  await lockOrganisation(tx.db, input.orgId)
  const waiting = await lockWaitingInvitation(tx.db, input.orgId, email)
  if (await isMember(tx.db, input.orgId, email)) return { result: 'already-member' }
  if (waiting && waiting.expiresAt > tx.now) return { result: 'already-invited' }
  const since = new Date(tx.now.getTime() - day)
  const byOrganisation = await countInvitations(tx.db, { orgId: input.orgId }, since)
  const toMailbox = await countInvitations(tx.db, { email }, since)
  if (byOrganisation >= perOrganisation || toMailbox >= perMailbox) return { result: 'too-many' }
  if (waiting) await setInvitationRevoked(tx.db, waiting.id, tx.now)
  const invitationId = newId('inv')
  const { orgId, role, locale, invitedBy } = input
  const expiresAt = new Date(tx.now.getTime() + lives)
  const row = { id: invitationId, orgId, email, role, locale, invitedBy, createdAt: tx.now, expiresAt }
  await insertInvitation(tx.db, { ...row, lastSentAt: tx.now })
  await record(tx, orgId, 'member.invited', { orgId, invitationId, role, by: invitedBy, sent: 1 })
  return { result: 'invited', invitationId }
}

export type InvitationEnd = 'unknown' | 'expired' | 'revoked' | 'accepted'

/** What an invitation would do, for the page it opens. Opening it changes nothing: mail scanners open links too. */
export async function describeInvitation(
  ground: Ground,
  token: string,
): Promise<
  | {
      result: 'valid'
      email: string
      role: Role
      orgName: string
      orgKind: string
      invitedBy: string | null
      expiresAt: Date
      /** Whether this mailbox belongs to somebody we know: then it is they who sign in. */
      known: boolean
    }
  | { result: InvitationEnd }
> {
  const { read } = ground.db
  const invitationId = readInvitationToken(ground, token)
  const invitation = invitationId ? await selectInvitation(read, invitationId) : undefined
  const ended = endOf(invitation, ground.clock.now())
  if (ended || !invitation) return { result: ended ?? 'unknown' }
  const [organisation] = await selectOrganisations(read, [invitation.orgId])
  if (!organisation || organisation.suspendedAt) return { result: 'revoked' }
  const inviter = invitation.invitedBy ? await selectPerson(read, invitation.invitedBy) : null
  return {
    result: 'valid',
    email: invitation.email,
    role: invitation.role as Role,
    orgName: organisation.name,
    orgKind: organisation.kind,
    invitedBy: inviter?.name ?? null,
    expiresAt: invitation.expiresAt,
    known: (await selectPersonByEmail(read, invitation.email)) !== undefined,
  }
}

export function endOf(
  invitation: { acceptedAt: Date | null; revokedAt: Date | null; expiresAt: Date } | undefined,
  now: Date,
): InvitationEnd | null {
  if (!invitation) return 'unknown'
  if (invitation.acceptedAt) return 'accepted'
  if (invitation.revokedAt) return 'revoked'
  return invitation.expiresAt <= now ? 'expired' : null
}

export function readInvitationToken(ground: Ground, token: string): string | null {
  const invitationId = /^(inv_[0-9a-z]{26})\.[A-Za-z0-9_-]{43}$/.exec(token)?.[1]
  if (!invitationId) return null
  const right = digestOfSecret(invitationToken(ground, invitationId))
  return timingSafeEqual(digestOfSecret(token), right) ? invitationId : null
}
