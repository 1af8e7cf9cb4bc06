import type { Ground } from '../ground/ground.ts'
import { type Address, isOutward, readAddress } from './address.ts'
import { selectDomains } from './attribution-store.server.ts'
import type { ChainFinding, ChainLink, Confidence, Evidence, HoldingNetwork } from './chain.ts'
import { findHolder, findReseller } from './network-holder.ts'

const lookupMs = 2000

/**
 * Who answers for an address, by proven networks: the address in the URL, else the one that was given, else one look-up
 * of the name. It asks the network, so it stands outside every transaction, and it never guesses: what is not proven is
 * `unattributed`, and is sought in the registries (`seekChain`) or waits for a person.
 */
export async function findChain(ground: Ground, locator: { url: string; ip: string | null }): Promise<ChainFinding> {
  const host = new URL(locator.url).hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  const seen = await addressesOf(ground, host, locator.ip)
  if ('code' in seen) return { result: 'unattributed', code: seen.code, seenAddresses: [] }
  const seenAddresses = seen.addresses.map((address) => address.text)
  const now = ground.clock.now()
  const holders: (HoldingNetwork | null)[] = []
  for (const address of seen.addresses) {
    holders.push(await findHolder(ground, address, now))
  }
  const found = holders.filter((holder) => holder !== null)
  const [holder] = found
  if (!holder) return { result: 'unattributed', code: 'no_network', seenAddresses, seenBy: seen.by }
  // Neither it nor, by its registry's mailbox, whoever it is called there: the desk decides whom to ask instead.
  if (found.some(({ suspended }) => suspended))
    return { result: 'unattributed', code: 'provider_suspended', seenAddresses }
  if (found.some((other) => other.orgId !== holder.orgId)) {
    return { result: 'unattributed', code: 'several_providers', seenAddresses }
  }
  if (found.length < holders.length) return { result: 'unattributed', code: 'partly_unknown', seenAddresses }
  const hosting: ChainLink = {
    org: holder.orgId,
    role: 'hosting',
    accountable: true,
    network: holder.id,
    evidence: [seen.by, 'network'],
  }
  const reseller = await findReseller(ground, holder, seen.addresses, namesOf(host), now)
  const operator = await siteOperatorOf(ground, host, holder.orgId, now)
  return {
    result: 'attributed',
    chain: [hosting, ...reseller, ...operator],
    confidence: confidences[seen.by],
    seenAddresses,
  }
}

/** What a notifier saw may have moved since; what stands in the address, or is looked up now, has not. */
const confidences = { address_in_url: 'high', address_given: 'medium', dns: 'high' } as const satisfies Partial<
  Record<Evidence, Confidence>
>

type Seen = { by: keyof typeof confidences; addresses: Address[] } | { code: 'lookup_failed' | 'no_address' }

async function addressesOf(ground: Ground, host: string, ip: string | null): Promise<Seen> {
  const literal = readAddress(host)
  if (literal) return { by: 'address_in_url', addresses: [literal] }
  const given = ip === null ? null : readAddress(ip)
  if (given) return { by: 'address_given', addresses: [given] }
  const resolved = await ground.lookups.resolve(host, lookupMs)
  if (resolved.result === 'failed') return { code: 'lookup_failed' }
  if (resolved.result === 'none') return { code: 'no_address' }
  const addresses = resolved.addresses.flatMap((text) => readAddress(text) ?? [])
  // A name that points inside is nobody's server, and no network may be proven for what it points at.
  const outward = addresses.filter((address) => isOutward(address, ground.config.allowedRanges))
  return outward.length === 0 ? { code: 'no_address' } : { by: 'dns', addresses: outward }
}

/** A proven domain makes a site operator: shown in the chain, addressed by nobody, and never in the host's place. */
export async function siteOperatorOf(ground: Ground, host: string, hostOrgId: string, now: Date): Promise<ChainLink[]> {
  const names = namesOf(host)
  if (names.length === 0) return []
  const [domain] = await selectDomains(ground.db.read, names, now)
  if (!domain || domain.orgId === hostOrgId) return []
  return [{ org: domain.orgId, role: 'site_operator', accountable: false, network: domain.id, evidence: ['domain'] }]
}

/** A host's name and the names above it, the longest first; none where it is an address. */
function namesOf(host: string): string[] {
  if (readAddress(host)) return []
  const labels = host.split('.')
  return labels.map((_, index) => labels.slice(index).join('.')).filter((name) => name.includes('.'))
}
