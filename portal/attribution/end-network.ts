import { type NewFact, recordAll } from '../facts/record.ts'
import type { Tx } from '../ground/ground.ts'
import { selectConsentedBy, selectNetwork, selectNetworksOf, setNetworkEnded } from './attribution-store.server.ts'
import { endDelegationsOf } from './delegation-store.server.ts'
import { lockClaimOfNetwork, updateClaim } from './network-claim-store.server.ts'
import { liesIn } from './weigh-network.ts'

/** Why a claim ended. */
export type EndedCode =
  | 'not_proven'
  | 'lapsed'
  | 'given_up'
  | 'mailbox_refused'
  | 'consent_refused'
  | 'consent_revoked'
  | 'desk_refused'
  | 'desk_ended'
  /** The network around it, whose holder had agreed, is no longer that holder's. */
  | 'parent_ended'

/**
 * Within the caller's transaction: from now on the network counts for nobody by this proof, nor does what counted only
 * because its holder had agreed, nor what its holder had handed on. `decided`: whose word it was, and why. Snapshots that were taken stay. False where it had
 * ended before.
 */
export async function endNetworkIn(
  tx: Tx,
  networkId: string,
  code: EndedCode,
  decided: { personId: string; reason: string } | null = null,
): Promise<boolean> {
  const ended = await setNetworkEnded(tx.db, networkId, {
    endedAt: tx.now,
    endedCode: code,
    endedBy: decided?.personId ?? null,
    endedReason: decided?.reason ?? null,
  })
  if (!ended) return false
  const { orgId } = ended
  const network = await selectNetwork(tx.db, networkId)
  const claim = await lockClaimOfNetwork(tx.db, networkId)
  const facts: NewFact[] = [
    { kind: 'network.ended', payload: { orgId, networkId, code, ...(decided && { personId: decided.personId }) } },
  ]
  if (claim) {
    await updateClaim(tx.db, claim.id, { endedAt: tx.now, endedCode: code, nextCheckAt: null })
    facts.push({ kind: 'network.claim-ended', payload: { orgId, claimId: claim.id, code } })
  }
  for (const { id: delegationId, toOrgId } of await endDelegationsOf(tx.db, networkId, tx.now)) {
    facts.push({ kind: 'network.delegation-ended', payload: { orgId, toOrgId, delegationId, code: 'parent_ended' } })
  }
  await recordAll(tx, orgId, facts)
  if (network?.kind !== 'cidr') return true
  const left = (await selectNetworksOf(tx.db, orgId)).filter((other) => other.kind === 'cidr' && !other.endedAt)
  for (const child of await selectConsentedBy(tx.db, orgId)) {
    const isHeld = left.some((other) => liesIn(child, other))
    if (liesIn(child, network) && !isHeld) await endNetworkIn(tx, child.id, 'parent_ended')
  }
  return true
}
