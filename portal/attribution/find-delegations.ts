import type { Ground } from '../ground/ground.ts'
import { findOrganisations } from '../people/find-organisation.ts'
import { type Actor, may } from '../people/may.ts'
import { type DelegationState, type Sees, stateOfDelegation } from './delegation.ts'
import { selectDelegations } from './delegation-store.server.ts'
import { writtenAs } from './network-claim.ts'

export interface DelegationView {
  id: string
  /** Whose network it is, and who stays accountable. */
  orgId: string
  orgName: string
  toOrgId: string
  toOrgName: string
  networkId: string
  part: string
  sees: Sees
  state: DelegationState
  endsAt: Date
  createdAt: Date
}

/** What an organisation has handed on, and what was handed to it, newest first. */
export async function findDelegations(
  ground: Ground,
  actor: Actor,
): Promise<{ result: 'found'; given: DelegationView[]; taken: DelegationView[] } | { result: 'forbidden' }> {
  if (actor.kind === 'nobody' || !may(actor, 'networks.read', { orgId: actor.orgId })) return { result: 'forbidden' }
  const views = await viewsOf(ground, actor.orgId)
  return {
    result: 'found',
    given: views.filter(({ orgId }) => orgId === actor.orgId),
    taken: views.filter(({ toOrgId }) => toOrgId === actor.orgId),
  }
}

/** What was handed on to an organisation. What its people may see of it is the caller's to ask. */
export async function delegationsTo(ground: Ground, orgId: string): Promise<DelegationView[]> {
  return (await viewsOf(ground, orgId)).filter(({ toOrgId }) => toOrgId === orgId)
}

async function viewsOf(ground: Ground, orgId: string): Promise<DelegationView[]> {
  const rows = await selectDelegations(ground.db.read, orgId)
  const names = await findOrganisations(
    ground.db.read,
    rows.flatMap(({ orgId: holder, toOrgId }) => [holder, toOrgId]),
  )
  const now = ground.clock.now()
  return rows.map(
    (row): DelegationView => ({
      id: row.id,
      orgId: row.orgId,
      orgName: names.get(row.orgId)?.name ?? '',
      toOrgId: row.toOrgId,
      toOrgName: names.get(row.toOrgId)?.name ?? '',
      networkId: row.networkId,
      part: writtenAs({ ...row, kind: row.domain === null ? 'cidr' : 'domain' }),
      sees: row.sees,
      state: stateOfDelegation(row, now),
      endsAt: row.endsAt,
      createdAt: row.createdAt,
    }),
  )
}
