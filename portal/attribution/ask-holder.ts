import type { Ground, RegistryAnswer, RegistryQuestion } from '../ground/ground.ts'
import type { Confidence, Evidence } from './chain.ts'
import {
  companyOf,
  coverOf,
  type NamedCompany,
  type RegistryObject,
  type Standing,
  sameCompany,
  shortened,
  standingOf,
} from './registry-object.ts'

/** One object on the way from the address outwards, or the announcing system's. Sealed: it names hosts and people. */
export interface SeenObject {
  about: 'network' | 'system'
  standing: Standing
  object: RegistryObject
}

/** Why no company was found to write to. */
export type HolderCode =
  /** Neither the registry nor the routing table knows anybody. */
  | 'registry_unknown'
  /** A holder is known, and gives no mailbox for abuse. */
  | 'registry_no_mailbox'
  /** The network's holder and whoever announces it are two companies. */
  | 'registry_contradicted'

/** The two candidates as the desk sees them. */
export interface HolderFindings {
  network: NamedCompany | null
  system: (NamedCompany & { asn: number }) | null
}

export type FoundHolder = { findings: HolderFindings; seen: SeenObject[] } & (
  | { result: 'found'; company: NamedCompany; confidence: Confidence; evidence: Evidence[] }
  | { result: 'unknown'; code: HolderCode }
)

/** The registry could not be asked now: the same question is worth asking again. */
export interface AskAgain {
  result: 'again'
  code: 'limited' | 'unreachable' | 'malformed' | 'timeout'
  retryAfterMs: number | null
}

/** Nobody nests networks deeper than this. */
const mostSteps = 6

/**
 * Who holds the network of an address that nobody proved, by the registry and the routing table. It asks outwards from the
 * address until it comes to what the registry gave out itself: what a holder writes about its customers inside is noted,
 * and never written to, since any of them may be the one it is about. The two sources agreeing gives medium confidence,
 * one alone low, and where they name two companies nobody is chosen. Asks the network: outside every transaction.
 */
export async function askHolder(ground: Ground, ip: string): Promise<FoundHolder | AskAgain> {
  const outwards = await askOutwards(ground, ip)
  if ('result' in outwards) return outwards
  const announced = ground.routing.holderOf(ip)
  const system = announced ? await ground.lookups.registry({ asn: announced.asn }) : null
  if (system?.result === 'failed') return again(system)
  const seen = [...outwards.seen]
  if (system?.result === 'found') seen.push({ about: 'system', standing: 'direct', object: system })
  const { holder, sure } = outwards
  // An object that may be a customer's counts only where the announcing system bears it out.
  const borneOut = holder && system?.result === 'found' && sameCompany(holder, system)
  const network = sure || borneOut ? holder : null
  const byNetwork = network && companyOf(network)
  const bySystem = system?.result === 'found' ? companyOf(system) : null
  const findings: HolderFindings = {
    network: byNetwork,
    system: bySystem && announced ? { ...bySystem, asn: announced.asn } : null,
  }
  const unknown = (code: HolderCode) => ({ result: 'unknown', code, findings, seen }) as const
  const found = (company: NamedCompany, confidence: Confidence, evidence: Evidence[]) =>
    ({ result: 'found', company, confidence, evidence, findings, seen }) as const
  if (byNetwork && borneOut) return found(byNetwork, 'medium', ['registry', 'routing'])
  if (network && saysWho(network) && system?.result === 'found' && !borneOut) return unknown('registry_contradicted')
  if (byNetwork) return found(byNetwork, 'low', ['registry'])
  if (bySystem) return found(bySystem, 'low', ['routing', 'registry'])
  return unknown(seen.length > 0 ? 'registry_no_mailbox' : 'registry_unknown')
}

/** The objects around an address, the innermost first, and the one whose holder answers for it. */
async function askOutwards(
  ground: Ground,
  ip: string,
): Promise<{ holder: RegistryObject | null; sure: boolean; seen: SeenObject[] } | AskAgain> {
  const seen: SeenObject[] = []
  let question: RegistryQuestion | null = { ip }
  for (let step = 0; step < mostSteps && question; step += 1) {
    const answer: RegistryAnswer = await ground.lookups.registry(question)
    if (answer.result === 'failed') return again(answer)
    if (answer.result === 'none') break
    const standing = standingOf(answer)
    // The same object again: the registry knows nothing wider, whatever it was asked.
    if (seen.some(({ object }) => object.handle === answer.handle && object.ranges[0] === answer.ranges[0])) break
    seen.push({ about: 'network', standing, object: answer })
    if (standing === 'direct' || standing === 'registry') break
    question = widerThan(answer)
  }
  const last = seen.findLast(({ standing }) => standing !== 'registry')
  // What lies directly in the registry's own range was given out by the registry, whatever it calls that.
  const outermost = seen.at(-1)?.standing === 'registry'
  if (!last || last.standing === 'inner') return { holder: null, sure: false, seen }
  return { holder: last.object, sure: last.standing === 'direct' || outermost, seen }
}

/** Whether an object names anybody at all. */
function saysWho(object: RegistryObject): boolean {
  return object.abuse.length > 0 || object.holder?.handle != null
}

/** The smallest range that is wider than the object: the registry answers with what lies around it. */
function widerThan(object: RegistryObject): RegistryQuestion | null {
  const cover = coverOf(object)
  if (!cover || cover.length === 0) return null
  const wider = object.ranges.length === 1 ? shortened(cover) : cover
  return { range: textOf(wider) }
}

function textOf({ family, network, length }: ReturnType<typeof shortened>): string {
  if (family === 4) return `${[...network].join('.')}/${length}`
  const words = network.toString('hex').match(/.{4}/g) ?? []
  return `${new URL(`http://[${words.join(':')}]`).hostname.slice(1, -1)}/${length}`
}

function again({ code, retryAfterMs }: Extract<RegistryAnswer, { result: 'failed' }>): AskAgain {
  return { result: 'again', code, retryAfterMs }
}
