import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { mayChangeRole, type PersonActor } from './may.ts'
import { deleteMembership, lockMembers, setRole } from './member-store.server.ts'
import { type Role, roles } from './person.ts'
import { endSessions } from './session.ts'

export type RoleChanged = 'changed' | 'same' | 'yourself' | 'forbidden' | 'unknown-member' | 'last-owner' | 'invalid'

/** Gives a member another role. Who they were is over: they sign in again as what they are now. */
export function changeRole(
  ground: Ground,
  actor: PersonActor,
  input: { personId: string; role: Role },
): Promise<{ result: RoleChanged }> {
  return ground.db.transaction(async (tx) => {
    if (!roles.includes(input.role)) return { result: 'invalid' }
    const looked = await lookAtMember(tx, actor, input.personId, input.role)
    if ('result' in looked) return looked
    if (looked.role === input.role) return { result: 'same' }
    const { orgId } = actor
    const { personId, role } = input
    await setRole(tx.db, orgId, personId, role)
    await endSessions(tx, personId, { orgId }, 'role-changed')
    await record(tx, orgId, 'member.role-changed', { orgId, personId, role, by: actor.personId })
    return { result: 'changed' }
  })
}

/** Takes somebody out of the organisation, at once: their sessions here end with it. */
export function removeMember(
  ground: Ground,
  actor: PersonActor,
  personId: string,
): Promise<{ result: 'removed' | Exclude<RoleChanged, 'changed' | 'same' | 'invalid'> }> {
  return ground.db.transaction(async (tx) => {
    const looked = await lookAtMember(tx, actor, personId, null)
    if ('result' in looked) return looked
    await takeOut(tx, actor, personId)
    return { result: 'removed' }
  })
}

/** Leaves the organisation. Its last owner cannot: somebody must be able to let others in. */
export function leaveOrganisation(
  ground: Ground,
  actor: PersonActor,
): Promise<{ result: 'left' | 'last-owner' | 'unknown-member' }> {
  return ground.db.transaction(async (tx) => {
    const members = await lockMembers(tx.db, actor.orgId)
    if (!members.some(({ personId }) => personId === actor.personId)) return { result: 'unknown-member' }
    if (isLastOwner(members, actor.personId)) return { result: 'last-owner' }
    await takeOut(tx, actor, actor.personId)
    return { result: 'left' }
  })
}

async function takeOut(tx: Tx, actor: PersonActor, personId: string): Promise<void> {
  const { orgId } = actor
  await deleteMembership(tx.db, orgId, personId)
  await endSessions(tx, personId, { orgId }, 'removed')
  await record(tx, orgId, 'member.removed', { orgId, personId, by: actor.personId })
}

/** The member as they are now, or why this actor, as they are now, may not touch them. */
async function lookAtMember(
  tx: Tx,
  actor: PersonActor,
  personId: string,
  to: Role | null,
): Promise<{ role: Role } | { result: 'yourself' | 'forbidden' | 'unknown-member' | 'last-owner' }> {
  const members = await lockMembers(tx.db, actor.orgId)
  const self = members.find((member) => member.personId === actor.personId)
  const member = members.find((one) => one.personId === personId)
  if (!self) return { result: 'forbidden' }
  if (!member) return { result: 'unknown-member' }
  if (member === self) return { result: 'yourself' }
  const role = member.role as Role
  // Their own role is read again under the lock: two owners who demote each other at once leave one owner.
  if (!mayChangeRole({ ...actor, role: self.role as Role }, { personId, role }, to)) return { result: 'forbidden' }
  if (to !== 'owner' && isLastOwner(members, personId)) return { result: 'last-owner' }
  return { role }
}

function isLastOwner(members: readonly { personId: string; role: string }[], personId: string): boolean {
  const owners = members.filter(({ role }) => role === 'owner')
  return owners.length === 1 && owners[0]?.personId === personId
}
