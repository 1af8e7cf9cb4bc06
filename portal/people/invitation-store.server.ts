import type { Kysely, Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'

export interface NewInvitation {
  id: string
  orgId: string
  email: string
  role: string
  locale: string
  invitedBy: string | null
  createdAt: Date
  expiresAt: Date
  lastSentAt: Date
}

/** Invitations of one organisation come one after the other, so that two at once are counted, and not the same twice. */
export async function lockOrganisation(db: Transaction<DB>, orgId: string) {
  await db.selectFrom('organisations').select('id').where('id', '=', orgId).forNoKeyUpdate().executeTakeFirst()
}

export async function insertInvitation(db: Transaction<DB>, invitation: NewInvitation) {
  await db.insertInto('invitations').values(invitation).execute()
}

export function selectInvitation(db: Kysely<DB>, invitationId: string) {
  return db.selectFrom('invitations').selectAll().where('id', '=', invitationId).executeTakeFirst()
}

export function lockInvitation(db: Transaction<DB>, invitationId: string) {
  return db.selectFrom('invitations').selectAll().where('id', '=', invitationId).forNoKeyUpdate().executeTakeFirst()
}

/** The one for this mailbox that was neither accepted nor revoked, expired or not. */
export function lockWaitingInvitation(db: Transaction<DB>, orgId: string, email: string) {
  return db
    .selectFrom('invitations')
    .selectAll()
    .where('orgId', '=', orgId)
    .where('email', '=', email)
    .where('acceptedAt', 'is', null)
    .where('revokedAt', 'is', null)
    .forNoKeyUpdate()
    .executeTakeFirst()
}

/** Newest first; those that were accepted are members, and those revoked are gone. */
export function selectWaitingInvitations(db: Kysely<DB>, orgId: string) {
  return db
    .selectFrom('invitations')
    .selectAll()
    .where('orgId', '=', orgId)
    .where('acceptedAt', 'is', null)
    .where('revokedAt', 'is', null)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(200)
    .execute()
}

export async function countInvitations(db: Transaction<DB>, about: { orgId?: string; email?: string }, since: Date) {
  let counted = db
    .selectFrom('invitations')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('createdAt', '>', since)
  if (about.orgId !== undefined) counted = counted.where('orgId', '=', about.orgId)
  if (about.email !== undefined) counted = counted.where('email', '=', about.email)
  return Number((await counted.executeTakeFirstOrThrow()).count)
}

export async function setInvitationSent(db: Transaction<DB>, invitationId: string, sentCount: number, at: Date) {
  await db.updateTable('invitations').set({ sentCount, lastSentAt: at }).where('id', '=', invitationId).execute()
}

export async function setInvitationRevoked(db: Transaction<DB>, invitationId: string, at: Date) {
  await db.updateTable('invitations').set({ revokedAt: at }).where('id', '=', invitationId).execute()
}

export async function setInvitationAccepted(db: Transaction<DB>, invitationId: string, personId: string, at: Date) {
  await db
    .updateTable('invitations')
    .set({ acceptedAt: at, acceptedBy: personId })
    .where('id', '=', invitationId)
    .execute()
}
