import type { Ground } from '../ground/ground.ts'
import { selectWaitingInvitations } from './invitation-store.server.ts'
import { may, mayChangeRole, type PersonActor } from './may.ts'
import { selectMembers, selectWithFactor } from './member-store.server.ts'
import { type Role, roles } from './person.ts'

export interface MemberView {
  personId: string
  name: string
  email: string
  role: Role
  since: string
  yourself: boolean
  secondFactor: boolean
  /** What this actor may make of them; empty where nothing. */
  rolesToGive: Role[]
  removable: boolean
}

export interface InvitationView {
  id: string
  email: string
  role: Role
  sentAt: string
  expiresAt: string
  expired: boolean
}

/** The people of the actor's organisation, and who has been invited. */
export async function findMembers(
  ground: Ground,
  actor: PersonActor,
): Promise<
  | { result: 'found'; members: MemberView[]; invitations: InvitationView[]; rolesToInvite: Role[] }
  | { result: 'forbidden' }
> {
  if (!may(actor, 'people.read')) return { result: 'forbidden' }
  const { read } = ground.db
  const rows = await selectMembers(read, actor.orgId)
  const assured = await selectWithFactor(
    read,
    rows.map(({ personId }) => personId),
  )
  const members = rows.map((row) => {
    const role = row.role as Role
    const member = { personId: row.personId, role }
    return {
      ...member,
      name: row.name,
      email: row.email,
      since: row.createdAt.toISOString(),
      yourself: row.personId === actor.personId,
      secondFactor: assured.has(row.personId),
      rolesToGive: roles.filter((to) => to !== role && mayChangeRole(actor, member, to)),
      removable: mayChangeRole(actor, member, null),
    }
  })
  const now = ground.clock.now()
  const invited = may(actor, 'people.manage') ? await selectWaitingInvitations(read, actor.orgId) : []
  return {
    result: 'found',
    members,
    invitations: invited.map((one) => ({
      id: one.id,
      email: one.email,
      role: one.role as Role,
      sentAt: one.lastSentAt.toISOString(),
      expiresAt: one.expiresAt.toISOString(),
      expired: one.expiresAt <= now,
    })),
    rolesToInvite: roles.filter((role) => mayChangeRole(actor, { personId: '', role }, role)),
  }
}
