import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

export type Family = 4 | 6

/** An address as bytes: what networks are compared with. */
export interface Address {
  family: Family
  bytes: Buffer
  /** The one spelling that is compared and shown. */
  text: string
}

/** A CIDR range, its network address without host bits. */
export interface Prefix {
  family: Family
  network: Buffer
  length: number
}

/** Strict: `127.1`, octal, zone ids and the like are no addresses. IPv4 in IPv6 clothes is IPv4. */
export function readAddress(text: string): Address | null {
  if (isIP(text) === 0 || text.includes('%')) return null
  const parsed = ipaddr.process(text)
  const bytes = Buffer.from(parsed.toByteArray())
  return { family: parsed.kind() === 'ipv4' ? 4 : 6, bytes, text: parsed.toString() }
}

/** Null when it is no range, or has bits set behind its length. */
export function readPrefix(text: string): Prefix | null {
  const [host, bits, more] = text.trim().split('/')
  if (host === undefined || bits === undefined || more !== undefined || !/^\d{1,3}$/.test(bits)) return null
  const address = readAddress(host)
  const length = Number(bits)
  if (!address || host.includes('.') !== (address.family === 4) || length > address.bytes.length * 8) return null
  const network = masked(address.bytes, length)
  return network.equals(address.bytes) ? { family: address.family, network, length } : null
}

/** Every range that could hold the address, widest first: looked up by equality, which any index answers. */
export function candidatesOf(address: Address): Prefix[] {
  const prefixes: Prefix[] = []
  for (let length = 0; length <= address.bytes.length * 8; length += 1) {
    prefixes.push({ family: address.family, network: masked(address.bytes, length), length })
  }
  return prefixes
}

export function contains(prefix: Prefix, address: Address): boolean {
  return prefix.family === address.family && masked(address.bytes, prefix.length).equals(prefix.network)
}

/** Whether every address of `inner` lies in `outer`; a range holds itself. */
export function holdsRange(outer: Prefix, inner: Prefix): boolean {
  return (
    outer.family === inner.family &&
    outer.length <= inner.length &&
    masked(inner.network, outer.length).equals(outer.network)
  )
}

/** The last address of a range. */
export function lastOf({ network, length }: Prefix): Buffer {
  const last = Buffer.from(network)
  for (let bit = length; bit < last.length * 8; bit += 1) {
    last[bit >> 3] = (last[bit >> 3] ?? 0) | (0x80 >> (bit & 7))
  }
  return last
}

/** Whether two ranges share an address: then one of them holds the other. */
export function rangesShare(one: Prefix, other: Prefix): boolean {
  return holdsRange(one, other) || holdsRange(other, one)
}

function masked(bytes: Uint8Array, length: number): Buffer {
  const network = Buffer.from(bytes)
  for (let index = 0; index < network.length; index += 1) {
    const kept = Math.min(8, Math.max(0, length - index * 8))
    network[index] = (network[index] ?? 0) & (0xff00 >> kept) & 0xff
  }
  return network
}

/** Nobody's server on the open internet: IANA's special-purpose registries, less the ranges for documentation. */
const inward = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '240.0.0.0/4',
].flatMap((text) => readPrefix(text) ?? [])
// Only 2000::/3 is given out to anybody. Inside it: protocol assignments with Teredo, and 6to4, which hides an IPv4 address.
const globalV6 = ['2000::/3'].flatMap((text) => readPrefix(text) ?? [])
const inwardV6 = ['2001::/23', '2002::/16'].flatMap((text) => readPrefix(text) ?? [])

/** Whether something can stand at this address for everybody to see, or configuration says its range counts. */
export function isOutward(address: Address, allowedRanges: readonly string[]): boolean {
  if (allowedRanges.some((range) => holds(range, address))) return true
  if (address.family === 4) return !inward.some((prefix) => contains(prefix, address))
  return globalV6.some((prefix) => contains(prefix, address)) && !inwardV6.some((prefix) => contains(prefix, address))
}

/** The same of a whole range: no part of it may be inward. */
export function isOutwardRange(range: Prefix, allowedRanges: readonly string[]): boolean {
  const allowed = allowedRanges.flatMap((text) => readPrefix(text) ?? [])
  if (allowed.some((prefix) => holdsRange(prefix, range))) return true
  if (range.family === 4) return !inward.some((prefix) => rangesShare(prefix, range))
  return globalV6.some((prefix) => holdsRange(prefix, range)) && !inwardV6.some((prefix) => rangesShare(prefix, range))
}

function holds(range: string, address: Address): boolean {
  const prefix = readPrefix(range)
  return prefix !== null && contains(prefix, address)
}
