import { deflateRawSync } from 'node:zlib'
import type { Ground } from '../ground/ground.ts'
import { askHolder, type FoundHolder } from './ask-holder.ts'
import type { ChainFinding, ChainLink, Confidence, Evidence, UnattributedCode } from './chain.ts'
import { findChain, siteOperatorOf } from './find-chain.ts'
import type { SearchNotes } from './keep-attributions.ts'
import type { NamedCompany } from './registry-object.ts'

/** A company that never heard of us, and the chain it is the head of once it is kept. */
export interface KnownChain {
  company: NamedCompany
  confidence: Confidence
  evidence: Evidence[]
  /** Who stands in the chain beside it, and answers for nothing. */
  others: ChainLink[]
}

export type Sought =
  /** A network was proven meanwhile, or there is nothing to ask a registry about. */
  | { result: 'settled'; finding: ChainFinding }
  | { result: 'known'; known: KnownChain; seenAddresses: string[]; search: SearchNotes }
  | { result: 'unknown'; code: UnattributedCode; seenAddresses: string[]; search: SearchNotes }
  /** Somebody did not answer; worth asking again. */
  | { result: 'again'; code: string; retryAfterMs: number | null }

/** What a registry may know more about: the address is there and nobody's, or could not be looked up. */
export function isSought(finding: ChainFinding): boolean {
  return finding.result === 'unattributed' && (finding.code === 'no_network' || finding.code === 'lookup_failed')
}

/**
 * Who answers for an address in nobody's proven network: looked up once more, and then in the registries and the routing
 * table. Every address of a name has to be one company's. Asks the network: outside every transaction.
 */
export async function seekChain(ground: Ground, locator: { url: string; ip: string | null }): Promise<Sought> {
  const finding = await findChain(ground, locator)
  if (finding.result === 'unattributed' && finding.code === 'lookup_failed') {
    return { result: 'again', code: 'lookup_failed', retryAfterMs: null }
  }
  if (finding.result === 'attributed' || finding.code !== 'no_network') return { result: 'settled', finding }
  const { seenAddresses, seenBy } = finding
  const holders: FoundHolder[] = []
  for (const address of seenAddresses) {
    const holder = await askHolder(ground, address)
    if (holder.result === 'again') return holder
    holders.push(holder)
  }
  const search = notesOf(holders)
  const unknown = holders.find((holder) => holder.result === 'unknown')
  if (unknown?.result === 'unknown') return { result: 'unknown', code: unknown.code, seenAddresses, search }
  const found = holders.flatMap((holder) => (holder.result === 'found' ? [holder] : []))
  const [first] = found
  if (!first) return { result: 'unknown', code: 'registry_unknown', seenAddresses, search }
  if (found.some(({ company }) => keyOf(company) !== keyOf(first.company))) {
    return { result: 'unknown', code: 'several_providers', seenAddresses, search }
  }
  const host = new URL(locator.url).hostname.replace(/\.$/, '')
  const known = {
    company: first.company,
    // As sure as the least sure of them.
    confidence: found.some(({ confidence }) => confidence === 'low') ? ('low' as const) : ('medium' as const),
    evidence: [...(seenBy ? [seenBy] : []), ...new Set(found.flatMap(({ evidence }) => evidence))],
    others: await siteOperatorOf(ground, host, '', ground.clock.now()),
  }
  return { result: 'known', known, seenAddresses, search }
}

function keyOf({ registryHandle, mailbox }: NamedCompany): string {
  return `${registryHandle} ${mailbox.toLowerCase()}`
}

/** Kept once each, however many addresses lie in one network. */
function notesOf(holders: readonly FoundHolder[]): SearchNotes {
  const answers = new Map<string, SearchNotes['answers'][number]>()
  for (const { about, standing, object } of holders.flatMap(({ seen }) => seen)) {
    const raw = deflateRawSync(object.raw).toString('base64')
    answers.set(`${object.registry} ${object.handle}`, { about, standing, registry: object.registry, raw })
  }
  return { findings: holders.map(({ findings }) => findings), answers: [...answers.values()] }
}
