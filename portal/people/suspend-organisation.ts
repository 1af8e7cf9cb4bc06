import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from './may.ts'
import { endSessions, insertDecision, lockOrganisation, updateOrganisation } from './organisation-store.server.ts'
import { readReason } from './reason.ts'

type Refused = 'own-desk' | 'invalid-reason' | 'unknown-organisation' | 'forbidden'

/**
 * The desk takes an organisation out, and says why: its people's sessions end, its tokens open nothing, what was addressed
 * to it goes on to the desk. Nothing is lost; see `reinstateOrganisation`.
 */
export function suspendOrganisation(
  ground: Ground,
  actor: Actor,
  input: { orgId: string; reason: string },
): Promise<{ result: 'suspended' | 'already-suspended' | Refused }> {
  return ground.db.transaction(async (tx) => {
    if (actor.kind !== 'person' || !may(actor, 'organisations.decide')) return { result: 'forbidden' }
    const reason = readReason(input.reason)
    if (reason === null) return { result: 'invalid-reason' }
    const organisation = await lockOrganisation(tx.db, input.orgId)
    if (!organisation) return { result: 'unknown-organisation' }
    // Somebody has to be left who can take it back.
    if (organisation.kind === 'platform') return { result: 'own-desk' }
    if (organisation.suspendedAt) return { result: 'already-suspended' }
    const { orgId } = input
    const { personId } = actor
    const decisionId = newId('dec')
    await updateOrganisation(tx.db, orgId, { suspendedAt: tx.now })
    await endSessions(tx.db, orgId, tx.now)
    await insertDecision(tx.db, { id: decisionId, orgId, decision: 'suspended', reason, personId, decidedAt: tx.now })
    await record(tx, orgId, 'organisation.suspended', { orgId, decisionId, personId })
    return { result: 'suspended' }
  })
}

/** Back to what it was. Its people sign in again; sessions that were ended stay ended. */
export function reinstateOrganisation(
  ground: Ground,
  actor: Actor,
  input: { orgId: string; reason: string },
): Promise<{ result: 'reinstated' | 'not-suspended' | Refused }> {
  return ground.db.transaction(async (tx) => {
    if (actor.kind !== 'person' || !may(actor, 'organisations.decide')) return { result: 'forbidden' }
    const reason = readReason(input.reason)
    if (reason === null) return { result: 'invalid-reason' }
    const organisation = await lockOrganisation(tx.db, input.orgId)
    if (!organisation) return { result: 'unknown-organisation' }
    if (!organisation.suspendedAt) return { result: 'not-suspended' }
    const { orgId } = input
    const { personId } = actor
    const decisionId = newId('dec')
    await updateOrganisation(tx.db, orgId, { suspendedAt: null })
    await insertDecision(tx.db, { id: decisionId, orgId, decision: 'reinstated', reason, personId, decidedAt: tx.now })
    await record(tx, orgId, 'organisation.reinstated', { orgId, decisionId, personId })
    return { result: 'reinstated' }
  })
}
