import { type InputError, pointerTo } from '@noticeline/sdk/protocol'
import type { Ground, RegistryAnswer } from '../ground/ground.ts'
import { holdsRange, lastOf, type Prefix, readAddress, readPrefix } from './address.ts'
import { type ClaimedNetwork, type ClaimProof, writtenAs } from './network-claim.ts'
import type { RegistryEvidence, RoutingEvidence } from './network-claim-store.server.ts'

export interface Gathered {
  registry: RegistryEvidence | null
  routing: RoutingEvidence | null
}

export type Gathering =
  | ({ result: 'gathered' } & Gathered)
  | { result: 'invalid'; errors: InputError[] }
  | { result: 'lookup-failed'; retryAfterMs: number | null }

type Looks = Pick<Ground, 'lookups' | 'routing'>

/** What the registry and the routing table say of what is claimed. Asks the network, so it stands outside transactions. */
export async function gatherEvidence(ground: Looks, network: ClaimedNetwork, proof: ClaimProof): Promise<Gathering> {
  // A registry of names knows who pays for one; whose it is, the name itself has to say.
  if (network.kind === 'domain') return { result: 'gathered', registry: null, routing: null }
  const answer = await askRegistry(ground, network)
  const fromRegistry = proof === 'registry_mail' || proof === 'registry_object'
  if (answer.result === 'failed' && fromRegistry) {
    return { result: 'lookup-failed', retryAfterMs: answer.retryAfterMs }
  }
  const registry = answer.result === 'found' ? evidenceOf(answer) : null
  const member = network.kind
  if (fromRegistry && (!registry || !isOf(network, answer))) {
    const message = 'The registries know no such network, or only a part of it. Claim what the registry has on record.'
    return invalid(member, 'not_registered', message)
  }
  if (proof === 'registry_mail' && registry?.mailbox === null) {
    const message = 'The registry names no mailbox for abuse. Put the token into the registry object instead.'
    return invalid('proof', 'no_registry_mailbox', message)
  }
  const routing = network.kind === 'cidr' ? await askRouting(ground, network, registry) : null
  return { result: 'gathered', registry, routing }
}

function invalid(member: string, code: string, message: string): Gathering {
  return { result: 'invalid', errors: [{ pointer: pointerTo([member]), code, message }] }
}

export function askRegistry(
  { lookups }: Pick<Ground, 'lookups'>,
  network: Exclude<ClaimedNetwork, { kind: 'domain' }>,
): Promise<RegistryAnswer> {
  if (network.kind === 'asn') return lookups.registry({ asn: network.asn })
  return lookups.registry({ range: writtenAs({ ...network, prefixLength: network.length }) })
}

type Found = Extract<RegistryAnswer, { result: 'found' }>

/** The mailbox is the first that is named: the one of the object itself, before those of whoever it belongs to. */
export function evidenceOf(answer: Found): RegistryEvidence {
  return {
    registry: answer.registry,
    handle: answer.handle,
    name: answer.name,
    holder: answer.holder?.name ?? null,
    ranges: answer.ranges.slice(0, 20),
    mailbox: answer.abuse[0]?.email.trim().toLowerCase() ?? null,
  }
}

/** Whether the object is a company's and holds all that is claimed. What is as wide as the block is the registry's own. */
function isOf(network: Exclude<ClaimedNetwork, { kind: 'domain' }>, answer: RegistryAnswer): boolean {
  if (answer.result !== 'found') return false
  if (network.kind === 'asn') return answer.asn === null || answer.asn === network.asn
  const ranges = answer.ranges.flatMap((text) => readPrefix(text) ?? [])
  const block = answer.block === null ? null : readPrefix(answer.block)
  return ranges.some(
    (range) => holdsRange(range, network) && !(block && range.length <= block.length && holdsRange(range, block)),
  )
}

/**
 * Who announces it, at its first address and at its last. It agrees with the registry where the mailbox for abuse of the
 * autonomous system is the one of the range; anything else is for a person to look at.
 */
async function askRouting(
  { lookups, routing }: Looks,
  range: Prefix,
  registry: RegistryEvidence | null,
): Promise<RoutingEvidence | null> {
  const first = routing.holderOf(textOf(range.network))
  const last = routing.holderOf(textOf(lastOf(range)))
  if (!first) return null
  const { asn, name } = first
  const answer = await lookups.registry({ asn })
  const mailbox = answer.result === 'found' ? evidenceOf(answer).mailbox : null
  const agrees = last?.asn === asn && mailbox !== null && mailbox === registry?.mailbox
  return { asn, name, mailbox, agrees }
}

function textOf(bytes: Buffer): string {
  const written = writtenAs({ kind: 'cidr', network: bytes, prefixLength: bytes.length * 8 })
  return readAddress(written.slice(0, written.indexOf('/')))?.text ?? ''
}
