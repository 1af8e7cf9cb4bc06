import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import { endNetworkIn } from './end-network.ts'
import { lockClaim, lockNetworks, updateClaim } from './network-claim-store.server.ts'
import { settleNetwork } from './settle-network.ts'

/**
 * The holder of a network agrees that a part of it is somebody else's to answer for, or does not. Until it agrees, notices
 * for that part go to the holder alone, as before.
 */
export function answerConsent(
  ground: Ground,
  actor: Actor,
  claimId: string,
  answer: 'agree' | 'refuse',
): Promise<{ result: 'agreed' | 'refused' | 'already-answered' | 'unknown-claim' | 'forbidden' }> {
  return ground.db.transaction(async (tx) => {
    if (!may(actor, 'networks.share')) return { result: 'forbidden' }
    await lockNetworks(tx.db)
    const claim = await lockClaim(tx.db, claimId)
    const holderId = claim?.holderId
    if (!claim || !holderId || !may(actor, 'networks.share', { orgId: holderId })) return { result: 'unknown-claim' }
    if (claim.consentedAt || claim.endedAt || claim.networkId) return { result: 'already-answered' }
    const { orgId } = claim
    if (answer === 'refuse') {
      await updateClaim(tx.db, claimId, {
        consentRefusedAt: tx.now,
        endedAt: tx.now,
        endedCode: 'consent_refused',
        nextCheckAt: null,
      })
      await record(tx, orgId, 'network.consent-refused', { orgId, claimId, holderId })
      return { result: 'refused' }
    }
    await settleNetwork(ground, tx, claimId, {
      change: { consentedAt: tx.now },
      facts: [{ kind: 'network.consented', payload: { orgId, claimId, holderId } }],
    })
    return { result: 'agreed' }
  })
}

/** The holder takes its consent back: from now on notices for that part go to the holder again. */
export function revokeConsent(
  ground: Ground,
  actor: Actor,
  claimId: string,
): Promise<{ result: 'revoked' | 'unknown-claim' | 'forbidden' }> {
  return ground.db.transaction(async (tx) => {
    if (!may(actor, 'networks.share')) return { result: 'forbidden' }
    await lockNetworks(tx.db)
    const claim = await lockClaim(tx.db, claimId)
    const holderId = claim?.holderId
    if (!claim?.networkId || !holderId || !may(actor, 'networks.share', { orgId: holderId })) {
      return { result: 'unknown-claim' }
    }
    return { result: (await endNetworkIn(tx, claim.networkId, 'consent_revoked')) ? 'revoked' : 'unknown-claim' }
  })
}
