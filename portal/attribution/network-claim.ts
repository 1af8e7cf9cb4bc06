import { type InputError, pointerTo } from '@noticeline/sdk/protocol'
import { isOutwardRange, type Prefix, readAddress, readPrefix } from './address.ts'
import type { ClaimProof } from './claim-proof.ts'

export { type ClaimProof, claimProofs } from './claim-proof.ts'

/** What is claimed, as it is asked for. */
export type Claimed = { cidr: string } | { asn: number } | { domain: string }

/** What is claimed, read. */
export type ClaimedNetwork =
  | ({ kind: 'cidr' } & Prefix)
  | { kind: 'asn'; asn: number }
  | { kind: 'domain'; domain: string }

/** What speaks against a claim, so that a person of the desk decides. */
export const contradictions = [
  /** The routing table says that another company announces it, whose mailbox the registry's entry does not name. */
  'routing_other',
  /** Nobody announces it, or no routing table is loaded. */
  'not_announced',
  /** Longer than what is routed by itself, so it lies in somebody's network, and nobody here holds that. */
  'inside_unknown',
  /** It holds networks of others. */
  'holds_others',
  /** Somebody else claims it, or a part of it, at the same time. */
  'contested',
  /** The name is another provider's by proof. */
  'name_of_another',
  /** The desk ended it, or a network around or in it, before. */
  'ended_by_desk',
] as const
export type Contradiction = (typeof contradictions)[number]

/** How far a claim is. Derived from its dates, stored nowhere. */
export type ClaimState =
  | 'proving'
  | 'waiting_consent'
  | 'waiting_desk'
  /** Proven, and young: it counts from `effectiveAt` on. */
  | 'waiting_time'
  | 'in_force'
  /** It counts, but its proof was not found at the last look; `graceEndsAt` says how long. */
  | 'lapsing'
  | 'refused'
  | 'ended'

export interface ClaimDates {
  proof: ClaimProof
  provenAt: Date | null
  holderId: string | null
  consentedAt: Date | null
  consentRefusedAt: Date | null
  decision: string | null
  endedAt: Date | null
  missingSince: Date | null
  /** Of the network it became. */
  effectiveAt: Date | null
}

export function stateOf(claim: ClaimDates, now: Date): ClaimState {
  if (claim.decision === 'refused' || claim.consentRefusedAt) return 'refused'
  if (claim.endedAt && claim.endedAt <= now) return 'ended'
  if (claim.effectiveAt) {
    if (claim.effectiveAt > now) return 'waiting_time'
    return claim.missingSince ? 'lapsing' : 'in_force'
  }
  // Consent is a proof too; of what is shown in another way, the holder hears when it was shown.
  if (!claim.provenAt) return claim.proof === 'parent_consent' ? 'waiting_consent' : 'proving'
  return claim.holderId && !claim.consentedAt ? 'waiting_consent' : 'waiting_desk'
}

/** The smallest part of the internet that is routed by itself. Whatever is longer lies in somebody's network. */
export const longestRouted = { 4: 24, 6: 48 } as const

/** Nobody holds a range wider than the registries ever gave to one company. */
export const widest = { 4: 8, 6: 16 } as const

/** Reads what is claimed; what can be nobody's is refused here, each with its code. */
export function readClaimed(
  what: Claimed,
  allowedRanges: readonly string[],
): { ok: true; network: ClaimedNetwork } | { ok: false; errors: InputError[] } {
  if ('cidr' in what) return readRange(what.cidr, allowedRanges)
  if ('asn' in what) return readAsn(what.asn)
  return readDomain(what.domain)
}

type Reading = ReturnType<typeof readClaimed>

function wrong(member: string, code: string, message: string): Reading {
  return { ok: false, errors: [{ pointer: pointerTo([member]), code, message }] }
}

function readRange(text: string, allowedRanges: readonly string[]): Reading {
  const prefix = readPrefix(text)
  if (!prefix) {
    return wrong('cidr', 'not_a_range', 'Write a range such as 198.51.100.0/24 or 2001:db8::/32, without host bits.')
  }
  if (prefix.length < widest[prefix.family]) {
    return wrong('cidr', 'too_wide', 'No company holds a range that wide. Claim what the registry gave you.')
  }
  if (!isOutwardRange(prefix, allowedRanges)) {
    return wrong('cidr', 'special_range', 'This range is private or reserved, so it is nobody’s on the open internet.')
  }
  return { ok: true, network: { kind: 'cidr', ...prefix } }
}

/** RFC 6996, 7300, 7607, 4893. Numbers for documentation (RFC 5398) may be claimed, as ranges for documentation may. */
function readAsn(asn: number): Reading {
  if (!Number.isInteger(asn) || asn < 1 || asn > 4_294_967_295) {
    return wrong('asn', 'not_an_asn', 'Write the number of an autonomous system, such as 64500.')
  }
  const special = asn === 23_456 || (asn >= 64_512 && asn <= 65_535) || asn >= 4_200_000_000
  if (special) return wrong('asn', 'special_asn', 'This number is private or reserved, so it is nobody’s in routing.')
  return { ok: true, network: { kind: 'asn', asn } }
}

// Below these, names are sold to everybody. A rule with its exceptions, not the public suffix list: see decision 017.
const soldBelow = /^(?:ac|co|com|edu|go|gob|gouv|gov|gv|ltd|me|mil|ne|net|nom|or|org|plc|sch)\.[a-z]{2}$/
const rentedBelow = new Set(
  'blogspot.com cloudfront.net github.io gitlab.io herokuapp.com netlify.app pages.dev vercel.app workers.dev web.app'.split(
    ' ',
  ),
)
const neverPublic = /\.(?:alt|internal|invalid|local|localhost|onion|home|lan|corp)$/

function readDomain(text: string): Reading {
  const name = text.trim().toLowerCase().replace(/\.$/, '')
  if (/(?:^|\.)(?:in-addr|ip6)\.arpa$|\.arpa$/.test(name)) {
    return wrong(
      'domain',
      'reverse_zone',
      'A reverse zone shows who answers for names, not whose the addresses are. Claim the range instead.',
    )
  }
  const url = `https://${name}/`
  const domain = /^[^\s/\\:@?#%[\]]+$/.test(name) && URL.canParse(url) ? new URL(url).hostname : ''
  const labels = domain.split('.')
  if (domain.length > 253 || labels.some((label) => !/^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label))) {
    return wrong('domain', 'not_a_domain', 'Write a name such as tern.example, without scheme, port or path.')
  }
  if (readAddress(domain)) return wrong('domain', 'an_address', 'This is an address, no name. Claim the range instead.')
  if (labels.length < 2 || soldBelow.test(domain) || rentedBelow.has(domain)) {
    return wrong('domain', 'public_suffix', 'Names below this one belong to many. Claim the name that is yours alone.')
  }
  if (neverPublic.test(domain)) {
    return wrong('domain', 'special_name', 'This name is reserved, so it is nobody’s on the open internet.')
  }
  return { ok: true, network: { kind: 'domain', domain } }
}

const proofsOf: Record<ClaimedNetwork['kind'], readonly ClaimProof[]> = {
  cidr: ['registry_mail', 'registry_object', 'parent_consent'],
  asn: ['registry_mail', 'registry_object'],
  // A name says nothing about whose the addresses are, and the other way round.
  domain: ['dns_txt', 'file'],
}

/** Whether this proof can show what is claimed at all. */
export function proofFits(kind: ClaimedNetwork['kind'], proof: ClaimProof): boolean {
  return proofsOf[kind].includes(proof)
}

/** How a network is written for people: a range, a number or a name. */
export function writtenAs(network: {
  kind: string
  network?: Uint8Array | null
  prefixLength?: number | null
  asn?: number | string | bigint | null
  domain?: string | null
}): string {
  if (network.kind === 'asn') return `AS${network.asn}`
  if (network.kind === 'domain') return network.domain ?? ''
  return `${textOfBytes(network.network ?? new Uint8Array())}/${network.prefixLength}`
}

function textOfBytes(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16),
  )
  return readAddress(groups.join(':'))?.text ?? groups.join(':')
}
