export type ProviderRole = 'hosting' | 'reseller' | 'site_operator' | 'reverse_proxy'
export type Confidence = 'low' | 'medium' | 'high'

/** By what a link of the chain is known. Words only; what was seen on the way is sealed. */
export type Evidence =
  | 'address_in_url'
  | 'address_given'
  | 'dns'
  | 'network'
  | 'domain'
  | 'desk'
  | 'delegation'
  /** The registry of addresses says who holds the network, or the system that announces it. */
  | 'registry'
  /** The routing table says who announces it. */
  | 'routing'

/** One provider that answers for an item, as it is kept in the snapshot: ids and words only. */
export interface ChainLink {
  org: string
  role: ProviderRole
  /** Whose clock the item's is. A site operator never is, and gets nothing unless the host forwards it. */
  accountable: boolean
  /** The proven network behind it, where that is what it is known by. */
  network: string | null
  /** By which it is in the chain, where that is what it is known by. */
  delegation?: string
  evidence: Evidence[]
}

export type UnattributedCode =
  /** The name could not be looked up in time, or the server of names failed. */
  | 'lookup_failed'
  /** The name has no address. */
  | 'no_address'
  /** Who was asked says that it is not theirs. */
  | 'not_hosted_here'
  /** No proven network holds the address. */
  | 'no_network'
  /** Some of its addresses are in a proven network, and some are in none. */
  | 'partly_unknown'
  /** Its addresses belong to several providers. */
  | 'several_providers'
  /** Neither the registry nor the routing table knows anybody. */
  | 'registry_unknown'
  /** A holder is known, and gives no mailbox for abuse. */
  | 'registry_no_mailbox'
  /** The network's holder and whoever announces it are two companies. */
  | 'registry_contradicted'
  /** The registry gave no answer for as long as we asked. */
  | 'registry_silent'
  /** Whoever holds the network, or is named by its registry, was taken out by the desk, which decides whom to ask instead. */
  | 'provider_suspended'

export type ChainFinding =
  | { result: 'attributed'; chain: ChainLink[]; confidence: Confidence; seenAddresses: string[] }
  | {
      result: 'unattributed'
      code: UnattributedCode
      seenAddresses: string[]
      /** How the addresses are known, where there are any. */
      seenBy?: Evidence
    }

/** A proven network that holds an address. */
export interface HoldingNetwork {
  id: string
  orgId: string
  prefixLength: number
  /** The organisation in whose network it lies and that agreed to it. */
  consentBy: string | null
  /** The desk has taken its holder out: it is still theirs, and they are not asked. */
  suspended?: boolean
}

/**
 * Whose network an address is in. The widest one counts; a more specific one inside it counts only for its holder, or
 * where the holder agreed. So nobody takes over an address, and its notices, by claiming a small part around it.
 */
export function holderOf(networks: readonly HoldingNetwork[]): HoldingNetwork | null {
  let holder: HoldingNetwork | null = null
  for (const network of [...networks].sort((left, right) => left.prefixLength - right.prefixLength)) {
    if (!holder || network.orgId === holder.orgId || network.consentBy === holder.orgId) holder = network
  }
  return holder
}
