import type { Ground } from '../ground/ground.ts'
import { type Address, candidatesOf } from './address.ts'
import { selectAsnHolders, selectHoldingNetworks } from './attribution-store.server.ts'
import { type ChainLink, type HoldingNetwork, holderOf } from './chain.ts'
import { selectDelegationsAt } from './delegation-store.server.ts'
import { longestRouted } from './network-claim.ts'

/**
 * Whose network an address is in, by proven ranges and by proven autonomous systems. A range that is routed by itself goes
 * before the system that announces it today, so that nobody gains an address by announcing it. What is longer lies in the
 * system's network, and counts only with its holder's consent.
 */
export async function findHolder(ground: Ground, address: Address, now: Date): Promise<HoldingNetwork | null> {
  const networks = await selectHoldingNetworks(ground.db.read, candidatesOf(address), now)
  const range = holderOf(networks)
  const route = ground.routing.holderOf(address.text)
  const [system] = route ? await selectAsnHolders(ground.db.read, route.asn, now) : []
  if (!system) return range
  const { id, orgId, suspendedAt } = system
  const asSystem = { id, orgId, prefixLength: 0, consentBy: null, suspended: suspendedAt !== null }
  if (!range) return asSystem
  const widest = Math.min(...networks.map(({ prefixLength }) => prefixLength))
  return widest <= longestRouted[address.family] ? range : holderOf([asSystem, ...networks])
}

/**
 * The reseller whom the holder has handed the customers at an address, or under a name, on to. Shown in the chain,
 * addressed by nobody: the holder stays accountable.
 */
export async function findReseller(
  ground: Ground,
  holder: HoldingNetwork,
  addresses: readonly Address[],
  names: readonly string[],
  now: Date,
): Promise<ChainLink[]> {
  // Items at several addresses are one reseller's only where all of them are.
  const each = await Promise.all(
    addresses.map((address) => selectDelegationsAt(ground.db.read, holder.orgId, candidatesOf(address), names, now)),
  )
  const [first = [], ...others] = each
  const link = first.find(({ id }) => others.every((other) => other.some((one) => one.id === id)))
  if (!link) return []
  return [
    {
      org: link.toOrgId,
      role: 'reseller',
      accountable: false,
      network: link.networkId,
      delegation: link.id,
      evidence: ['delegation'],
    },
  ]
}
