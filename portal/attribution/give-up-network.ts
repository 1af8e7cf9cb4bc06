import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import { selectNetwork } from './attribution-store.server.ts'
import { endNetworkIn } from './end-network.ts'
import { lockClaim, lockNetworks, updateClaim } from './network-claim-store.server.ts'

/** Takes one's own claim back, or ends the network it became: what is found there from now on is nobody's by it. */
export function giveUpNetwork(
  ground: Ground,
  actor: Actor,
  id: string,
): Promise<{ result: 'ended' | 'already-ended' | 'unknown-network' | 'forbidden' }> {
  return ground.db.transaction(async (tx) => {
    if (!may(actor, 'networks.write')) return { result: 'forbidden' }
    await lockNetworks(tx.db)
    const claim = id.startsWith('ncl_') ? await lockClaim(tx.db, id) : null
    const network = claim?.networkId ? null : await selectNetwork(tx.db, id)
    const orgId = claim?.orgId ?? network?.orgId
    if (orgId === undefined || !may(actor, 'networks.write', { orgId })) return { result: 'unknown-network' }
    const networkId = claim?.networkId ?? network?.id
    if (networkId) return { result: (await endNetworkIn(tx, networkId, 'given_up')) ? 'ended' : 'already-ended' }
    if (!claim || claim.endedAt) return { result: 'already-ended' }
    await updateClaim(tx.db, claim.id, { endedAt: tx.now, endedCode: 'given_up', nextCheckAt: null })
    await record(tx, orgId, 'network.claim-ended', { orgId, claimId: claim.id, code: 'given_up' })
    return { result: 'ended' }
  })
}
