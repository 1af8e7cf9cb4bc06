import { newId } from '../facts/id.ts'
import { type NewFact, recordAll } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { insertNetwork, keepWhatStood } from './attribution-store.server.ts'
import { type ClaimChange, type ClaimRow, lockClaim, lockNetworks, updateClaim } from './network-claim-store.server.ts'
import { prefixOf, weighNetwork } from './weigh-network.ts'

/**
 * Does with a claim what can be done now, after `change` to it: weighs it again, asks the holder it lies with, and, when it
 * is proven, agreed to, and uncontradicted or accepted, makes it the network it claims to be. Safe to repeat. `facts` are
 * what happened before, in the same transaction.
 */
export async function settleNetwork(
  ground: Pick<Ground, 'config'>,
  tx: Tx,
  claimId: string,
  { change = {}, facts = [] }: { change?: ClaimChange; facts?: readonly NewFact[] } = {},
): Promise<ClaimRow> {
  await lockNetworks(tx.db)
  const before = await lockClaim(tx.db, claimId)
  if (!before) throw new Error('A claim that is not there was to be settled')
  const claim = { ...before, ...change }
  const settled = isSettled(claim) ? { change: {}, more: [] } : await settle(ground, tx, before, claim)
  await updateClaim(tx.db, claimId, { ...change, ...settled.change })
  await recordAll(tx, claim.orgId, [...facts, ...settled.more])
  return (await lockClaim(tx.db, claimId)) ?? claim
}

function isSettled(claim: ClaimRow): boolean {
  return claim.networkId !== null || claim.endedAt !== null || claim.decision === 'refused'
}

async function settle(
  ground: Pick<Ground, 'config'>,
  tx: Tx,
  before: ClaimRow,
  claim: ClaimRow,
): Promise<{ change: ClaimChange; more: NewFact[] }> {
  const { orgId } = claim
  const { holderId, contradictions, held } = await weighNetwork(tx, claim)
  const more: NewFact[] = []
  // Agreed to by whoever held it then; another holder is asked anew.
  const consentedAt = holderId === before.holderId ? claim.consentedAt : null
  const provenAt = claim.provenAt ?? (claim.proof === 'parent_consent' ? consentedAt : null)
  const weighed: ClaimChange = { holderId, contradictions, consentedAt, provenAt }
  // The holder hears of a claim when there is something to it, and once.
  const isToAsk = holderId !== null && consentedAt === null && isWorthAsking({ ...claim, provenAt })
  if (isToAsk && !(before.holderId === holderId && isWorthAsking(before))) {
    more.push({ kind: 'network.consent-asked', payload: { orgId, claimId: claim.id, holderId } })
  }
  const accepted = claim.decision === 'accepted'
  const isFree = holderId === null || consentedAt !== null
  if (provenAt === null || !isFree || (contradictions.length > 0 && !accepted)) return { change: weighed, more }

  const wait = accepted || consentedAt !== null ? 0 : ground.config.networkWaitMs
  const effectiveAt = new Date(Math.max(tx.now.getTime(), provenAt.getTime() + wait))
  const networkId = newId('net')
  await insertNetwork(tx.db, {
    ...whatOf(claim),
    id: networkId,
    orgId,
    proof: claim.proof,
    provenAt,
    effectiveAt,
    createdAt: tx.now,
    consentBy: holderId,
    consentedAt,
  })
  await keepWhatStood(tx.db, held, orgId, tx.now)
  more.push({ kind: 'network.proven', payload: { orgId, networkId } })
  return { change: { ...weighed, networkId }, more }
}

function isWorthAsking(claim: Pick<ClaimRow, 'proof' | 'provenAt'>): boolean {
  return claim.proof === 'parent_consent' || claim.provenAt !== null
}

function whatOf(claim: ClaimRow) {
  const prefix = prefixOf(claim)
  if (prefix) {
    return { kind: 'cidr', family: prefix.family, network: prefix.network, prefixLength: prefix.length } as const
  }
  return claim.asn !== null
    ? ({ kind: 'asn', asn: claim.asn } as const)
    : ({ kind: 'domain', domain: claim.domain ?? '' } as const)
}
