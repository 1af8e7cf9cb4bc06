import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { keepJoining } from './ask-to-join.ts'
import { lockContestedClaim, selectOpenClaims, setClaimSettled } from './joining-store.server.ts'
import { type Actor, may } from './may.ts'
import { insertDecision } from './organisation-store.server.ts'
import { readReason } from './reason.ts'

/**
 * The desk settles a claim on a company that has its own people. Upheld: the mailbox that claimed is invited as an owner,
 * beside those there are. Dismissed: nothing changes. Either way the owners can see what was decided and why.
 */
export function settleClaim(
  ground: Ground,
  actor: Actor,
  input: { claimId: string; decision: 'upheld' | 'dismissed'; reason: string },
): Promise<{
  result: 'upheld' | 'dismissed' | 'already-settled' | 'unknown-claim' | 'invalid-reason' | 'forbidden'
}> {
  return ground.db.transaction(async (tx) => {
    if (actor.kind !== 'person' || !may(actor, 'organisations.decide')) return { result: 'forbidden' }
    const reason = readReason(input.reason)
    if (reason === null) return { result: 'invalid-reason' }
    const { claimId, decision } = input
    const claim = await lockContestedClaim(tx.db, claimId)
    if (!claim) return { result: 'unknown-claim' }
    if (claim.settledAt) return { result: 'already-settled' }
    const { orgId } = claim
    const { personId } = actor
    const decisionId = newId('dec')
    const kept = decision === 'upheld' ? 'claim_upheld' : 'claim_dismissed'
    await insertDecision(tx.db, { id: decisionId, orgId, decision: kept, reason, personId, decidedAt: tx.now })
    await setClaimSettled(tx.db, claimId, tx.now, decisionId)
    if (decision === 'upheld') {
      await keepJoining(tx, {
        kind: 'invitation',
        email: claim.email,
        personName: claim.personName,
        locale: claim.locale === 'nl' ? 'nl' : 'en',
        orgId,
        contactId: null,
        companyName: null,
        country: null,
        askedBy: personId,
      })
    }
    await record(tx, orgId, 'claim.settled', { orgId, claimId, decisionId, personId, decision })
    return { result: decision }
  })
}

export interface OpenClaim {
  id: string
  orgId: string
  orgName: string
  email: string
  personName: string
  claimedAt: Date
}

/** Claims that wait for the desk, oldest first. */
export async function findOpenClaims(
  ground: Ground,
  actor: Actor,
  limit = 100,
): Promise<{ result: 'found'; claims: OpenClaim[] } | { result: 'forbidden' }> {
  if (!may(actor, 'organisations.read')) return { result: 'forbidden' }
  return { result: 'found', claims: await selectOpenClaims(ground.db.read, limit) }
}
