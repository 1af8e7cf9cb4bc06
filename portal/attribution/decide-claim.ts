import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import { readReason } from '../people/reason.ts'
import { setNetworkEffective } from './attribution-store.server.ts'
import { endNetworkIn } from './end-network.ts'
import { stateOf } from './network-claim.ts'
import { lockClaim, lockNetworks, updateClaim } from './network-claim-store.server.ts'
import { settleNetwork } from './settle-network.ts'

export type ClaimDecided =
  | 'accepted'
  | 'refused'
  /** Not proven yet, or it counts already, or it is over: there is nothing to decide. */
  | 'not-waiting'
  /** It lies in somebody's network. The desk agrees in nobody's place. */
  | 'needs-consent'
  | 'invalid-reason'
  | 'unknown-claim'
  | 'forbidden'

/** A person of the platform's desk decides about a claim that is contradicted, or young, and says why. */
export function decideClaim(
  ground: Ground,
  actor: Actor,
  claimId: string,
  decision: 'accepted' | 'refused',
  reasonGiven: string,
): Promise<{ result: ClaimDecided }> {
  return ground.db.transaction(async (tx) => {
    if (actor.kind !== 'person' || !may(actor, 'attribution.decide')) return { result: 'forbidden' }
    const reason = readReason(reasonGiven)
    if (reason === null) return { result: 'invalid-reason' }
    await lockNetworks(tx.db)
    const claim = await lockClaim(tx.db, claimId)
    if (!claim) return { result: 'unknown-claim' }
    const state = stateOf(claim, tx.now)
    const isWaiting = claim.provenAt !== null && claim.decision === null && claim.endedAt === null
    if (!isWaiting || state === 'in_force' || state === 'lapsing') return { result: 'not-waiting' }
    if (decision === 'accepted' && state === 'waiting_consent') return { result: 'needs-consent' }
    const { personId } = actor
    const { orgId, networkId } = claim
    const change = { decision, decidedAt: tx.now, decidedBy: personId, decisionReason: reason }
    const payload = { orgId, claimId, decision, personId }
    if (decision === 'refused') {
      await updateClaim(tx.db, claimId, { ...change, endedAt: tx.now, endedCode: 'desk_refused', nextCheckAt: null })
      await record(tx, orgId, 'network.decided', payload)
      if (networkId) await endNetworkIn(tx, networkId, 'desk_refused')
      return { result: 'refused' }
    }
    if (networkId) await setNetworkEffective(tx.db, networkId, tx.now)
    await settleNetwork(ground, tx, claimId, { change, facts: [{ kind: 'network.decided', payload }] })
    return { result: 'accepted' }
  })
}
