import { type InputError, pointerTo } from '@noticeline/sdk/protocol'
import { newId } from '../facts/id.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { findOrganisation } from '../people/find-organisation.ts'
import { type Actor, may } from '../people/may.ts'
import { selectNetworksOf } from './attribution-store.server.ts'
import { proofHash } from './claim-token.ts'
import { type Gathered, gatherEvidence } from './gather-evidence.ts'
import {
  type Claimed,
  type ClaimedNetwork,
  type ClaimProof,
  type ClaimState,
  proofFits,
  readClaimed,
  stateOf,
} from './network-claim.ts'
import {
  type ClaimRow,
  countOpenClaims,
  insertClaim,
  lockNetworks,
  selectClaimsOf,
} from './network-claim-store.server.ts'
import { settleNetwork } from './settle-network.ts'
import { liesIn, weighNetwork } from './weigh-network.ts'

export interface NetworkClaim {
  orgId: string
  what: Claimed
  by: ClaimProof
  /**
   * A mailbox that has answered us already, by a link that was mailed to it. Given by code that saw it answer, never by
   * whoever claims: where the registry names it, nothing more is mailed.
   */
  answered?: string
}

export type NetworkClaimed =
  | { result: 'claimed'; claimId: string; state: ClaimState; networkId: string | null; effectiveAt: Date | null }
  | { result: 'invalid'; errors: InputError[] }
  /** The registry could not be asked now; nothing was kept. */
  | { result: 'lookup-failed'; retryAfterMs: number | null }
  | { result: 'already-claimed'; claimId: string | null }
  | { result: 'too-many' }
  | { result: 'unknown-provider' | 'forbidden' }

/** More at once than any company proves; and a mail each to somebody who did not ask for it. */
const mostOpen = 50
const proveWithinMs = 14 * 86_400_000
const firstCheckMs = 3_600_000

/**
 * Says that a range, an autonomous system or a name is an organisation's own. Nothing counts by that: it has to be proven
 * in the way that was chosen, agreed to by whoever holds the network around it, and, where something speaks against it,
 * decided by the platform's desk. The registry and the routing table are asked first, outside any transaction.
 */
export async function claimNetwork(ground: Ground, actor: Actor, claim: NetworkClaim): Promise<NetworkClaimed> {
  const { orgId } = claim
  if (!may(actor, 'networks.write', { orgId })) return { result: 'forbidden' }
  const reading = readClaimed(claim.what, ground.config.allowedRanges)
  if (!reading.ok) return { result: 'invalid', errors: reading.errors }
  const { network } = reading
  if (!proofFits(network.kind, claim.by)) return invalid('proof', `proof_not_for_${network.kind}`, notFor[network.kind])
  const gathered = await gatherEvidence(ground, network, claim.by)
  if (gathered.result !== 'gathered') return gathered
  return ground.db.transaction((tx) => write(ground, tx, claim, network, gathered))
}

const notFor: Record<ClaimedNetwork['kind'], string> = {
  cidr: 'A range is proven by the registry or by the consent of the network it lies in; a name says nothing about it.',
  asn: 'An autonomous system is proven by the registry.',
  domain: 'A name is proven by a text record or a file under it.',
}

function invalid(member: string, code: string, message: string): NetworkClaimed {
  return { result: 'invalid', errors: [{ pointer: pointerTo([member]), code, message }] }
}

async function write(
  ground: Ground,
  tx: Tx,
  claim: NetworkClaim,
  network: ClaimedNetwork,
  { registry, routing }: Gathered,
): Promise<NetworkClaimed> {
  const { orgId, by } = claim
  const provider = await findOrganisation(tx.db, orgId)
  if (provider?.kind !== 'provider') return { result: 'unknown-provider' }
  await lockNetworks(tx.db)
  const what = columnsOf(network)
  const standing = await findStanding(tx, orgId, what)
  if (standing) return standing
  if ((await countOpenClaims(tx.db, orgId)) >= mostOpen) return { result: 'too-many' }

  const claimId = newId('ncl')
  // Consent is asked of whoever holds it here; where nobody does, there is nobody to give it.
  if (by === 'parent_consent') {
    const { holderId } = await weighNetwork(tx, { ...what, id: claimId, orgId, proof: by, routing })
    if (holderId === null) {
      return invalid('proof', 'no_holder', 'Nobody here holds a network around this range. Prove it by the registry.')
    }
  }
  const mailbox = claim.answered?.trim().toLowerCase()
  const answered = by === 'registry_mail' && mailbox !== undefined && mailbox === registry?.mailbox
  await insertClaim(tx.db, {
    ...what,
    id: claimId,
    orgId,
    proof: by,
    tokenHash: proofHash(ground, claimId),
    registry,
    routing,
    provenAt: answered ? tx.now : null,
    expiresAt: new Date(tx.now.getTime() + proveWithinMs),
    nextCheckAt: new Date(tx.now.getTime() + firstCheckMs),
    createdAt: tx.now,
  })
  const settled = await settleNetwork(ground, tx, claimId, {
    facts: [
      { kind: 'network.claimed', payload: { orgId, claimId, proof: by } },
      ...(answered ? [{ kind: 'network.proof-found', payload: { orgId, claimId } } as const] : []),
    ],
  })
  return {
    result: 'claimed',
    claimId,
    state: stateOf(settled, tx.now),
    networkId: settled.networkId,
    effectiveAt: settled.effectiveAt,
  }
}

function columnsOf(network: ClaimedNetwork) {
  const none = { family: null, network: null, prefixLength: null, domain: null, asn: null }
  switch (network.kind) {
    case 'cidr':
      return {
        ...none,
        kind: 'cidr' as const,
        family: network.family as number,
        network: network.network,
        prefixLength: network.length,
      }
    case 'asn':
      return { ...none, kind: 'asn' as const, asn: network.asn }
    case 'domain':
      return { ...none, kind: 'domain' as const, domain: network.domain }
  }
}

/** Held by the organisation already, alone or as part of a wider range, or claimed by it and not decided. */
async function findStanding(tx: Tx, orgId: string, what: ReturnType<typeof columnsOf>): Promise<NetworkClaimed | null> {
  const same = (other: Pick<ClaimRow, 'kind' | 'domain' | 'family' | 'network' | 'prefixLength'> & { asn: unknown }) =>
    other.kind === what.kind &&
    (what.kind === 'cidr'
      ? liesIn(what, other)
      : other.domain === what.domain && String(other.asn) === String(what.asn))
  const open = (await selectClaimsOf(tx.db, orgId)).find(
    (claim) => claim.endedAt === null && claim.decision !== 'refused' && claim.consentRefusedAt === null && same(claim),
  )
  if (open) return { result: 'already-claimed', claimId: open.id }
  const held = (await selectNetworksOf(tx.db, orgId)).find(
    (network) => network.endedAt === null && same(network as Parameters<typeof same>[0]),
  )
  return held ? { result: 'already-claimed', claimId: null } : null
}
