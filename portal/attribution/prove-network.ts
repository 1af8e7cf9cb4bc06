import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { findOrganisation } from '../people/find-organisation.ts'
import { type Actor, may } from '../people/may.ts'
import { readReason } from '../people/reason.ts'
import { readPrefix } from './address.ts'
import { insertNetwork, selectNetwork } from './attribution-store.server.ts'
import { endNetworkIn } from './end-network.ts'
import { widest } from './network-claim.ts'
import { lockNetworks } from './network-claim-store.server.ts'

export const proofs = [
  'registry_mail',
  'registry_object',
  'parent_consent',
  'dns_txt',
  'file',
  'platform_desk',
] as const
export type Proof = (typeof proofs)[number]

export type NewNetwork = {
  orgId: string
  /** How control was shown. `platform_desk`, when left out: a person of the desk saw to it, so it counts at once. */
  proof?: Proof
  /** The provider in whose network a range lies and that agreed. Without it the smaller range counts for nothing. */
  consentBy?: string
} & ({ cidr: string } | { asn: number } | { domain: string })

/** Keeps that a provider controls a range of addresses, or a name. Decided by the platform's desk. */
export function proveNetwork(
  ground: Ground,
  actor: Actor,
  input: NewNetwork,
): Promise<
  { result: 'proven'; networkId: string; effectiveAt: Date } | { result: 'forbidden' | 'unknown-provider' | 'invalid' }
> {
  return ground.db.transaction(async (tx) => {
    if (!may(actor, 'attribution.decide')) return { result: 'forbidden' }
    const provider = await findOrganisation(tx.db, input.orgId)
    if (provider?.kind !== 'provider') return { result: 'unknown-provider' }
    const what = readClaim(input)
    if (!what) return { result: 'invalid' }
    const proof = input.proof ?? 'platform_desk'
    const wait = proof === 'platform_desk' ? 0 : ground.config.networkWaitMs
    const effectiveAt = new Date(tx.now.getTime() + wait)
    const networkId = newId('net')
    await insertNetwork(tx.db, {
      ...what,
      id: networkId,
      orgId: input.orgId,
      proof,
      provenAt: tx.now,
      effectiveAt,
      createdAt: tx.now,
      consentBy: input.consentBy ?? null,
      consentedAt: input.consentBy === undefined ? null : tx.now,
    })
    await record(tx, input.orgId, 'network.proven', { orgId: input.orgId, networkId })
    return { result: 'proven', networkId, effectiveAt }
  })
}

/**
 * A person of the desk ends a network, and says why: from now on it counts for nobody by this proof. Its contacts are told.
 * Snapshots that were taken stay, and so do notices that were sent; later ones go where they would without it.
 */
export function endNetwork(
  ground: Ground,
  actor: Actor,
  networkId: string,
  reasonGiven: string,
): Promise<{ result: 'ended' | 'already-ended' | 'invalid-reason' | 'unknown-network' | 'forbidden' }> {
  return ground.db.transaction(async (tx) => {
    if (actor.kind !== 'person' || !may(actor, 'attribution.decide')) return { result: 'forbidden' }
    const reason = readReason(reasonGiven)
    if (reason === null) return { result: 'invalid-reason' }
    await lockNetworks(tx.db)
    if (!(await selectNetwork(tx.db, networkId))) return { result: 'unknown-network' }
    const decided = { personId: actor.personId, reason }
    return { result: (await endNetworkIn(tx, networkId, 'desk_ended', decided)) ? 'ended' : 'already-ended' }
  })
}

function readClaim(input: NewNetwork) {
  if ('asn' in input) return input.asn > 0 ? ({ kind: 'asn', asn: input.asn } as const) : null
  if ('domain' in input) {
    const name = input.domain.trim().toLowerCase()
    const url = `https://${name}/`
    const domain = /^[^\s/\\:@?#]+$/.test(name) && URL.canParse(url) ? new URL(url).hostname : ''
    return domain.includes('.') && !domain.endsWith('.') ? ({ kind: 'domain', domain } as const) : null
  }
  const prefix = readPrefix(input.cidr)
  if (!prefix || prefix.length < widest[prefix.family]) return null
  return { kind: 'cidr', family: prefix.family, network: prefix.network, prefixLength: prefix.length } as const
}
