import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6
export type AddressRange = readonly [Address, number]

/** Not routable, not ours to call, or somebody's inside. From the IANA special-purpose registries. */
const specialV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
].map((range) => ipaddr.parseCIDR(range))

// Only 2000::/3 is given out to anybody; the rest (::/96, NAT64, ULA, link-local, multicast …) is refused by not being in
// it. What is taken out again: protocol assignments with Teredo, documentation twice, and 6to4, which hides an IPv4 address.
const globalV6 = ipaddr.parseCIDR('2000::/3')
const specialV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'].map((range) => ipaddr.parseCIDR(range))

/** Reads `10.0.0.0/8` or `2001:db8::/32`; null when it is not a range, or has bits set behind its length. */
export function readRange(text: string): AddressRange | null {
  const [address, length] = text.trim().split('/')
  if (!address || !length || isIP(address) === 0 || address.includes('%') || !/^\d{1,3}$/.test(length)) return null
  const parsed = parse(address)
  const bits = Number(length)
  if (bits > (parsed.kind() === 'ipv4' ? 32 : 128)) return null
  const cidr = `${parsed.toString()}/${bits}`
  const network =
    parsed.kind() === 'ipv4' ? ipaddr.IPv4.networkAddressFromCIDR(cidr) : ipaddr.IPv6.networkAddressFromCIDR(cidr)
  return network.toString() === parsed.toString() ? [parsed, bits] : null
}

/** Whether two ranges share an address. */
export function rangesOverlap(one: AddressRange, other: AddressRange): boolean {
  const [first, second] = [plain(one), plain(other)]
  if (first[0].kind() !== second[0].kind()) return false
  return contains([first[0], Math.min(first[1], second[1])], second[0])
}

/**
 * The one spelling of an address that is compared and connected to: IPv4 in four decimal parts, also when it came mapped
 * into IPv6. Null for everything that is not strictly an address, so `127.1` and `fe80::1%eth0` are none.
 */
export function readAddress(text: string): string | null {
  if (isIP(text) === 0 || text.includes('%')) return null
  const address = parse(text)
  const mapped = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()
  return (mapped ? address.toIPv4Address() : address).toString()
}

/** Whether this address may be called: it is public, or configuration says its range may be. */
export function addressMayBeCalled(text: string, allowed: readonly AddressRange[]): boolean {
  return isAllowed(text, allowed) || isPublic(text)
}

/** Whether the address lies in a range that configuration opens, where plain http is let through as well. */
export function isAllowed(text: string, allowed: readonly AddressRange[]): boolean {
  const read = readAddress(text)
  return read !== null && allowed.some((range) => contains(plain(range), parse(read)))
}

function isPublic(text: string): boolean {
  const read = readAddress(text)
  if (read === null) return false
  const address = parse(read)
  if (address.kind() === 'ipv4') return !specialV4.some((range) => contains(range, address))
  return contains(globalV6, address) && !specialV6.some((range) => contains(range, address))
}

// The library reads ::127.0.0.1 as if it were mapped; in hexadecimal it does not.
function parse(text: string): Address {
  return ipaddr.parse(text.includes(':') ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text)
}

// A range of mapped addresses is a range of IPv4.
function plain([address, bits]: AddressRange): AddressRange {
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= 96)
    return [address.toIPv4Address(), bits - 96]
  return [address, bits]
}

function contains([network, bits]: AddressRange, address: Address): boolean {
  if (network instanceof ipaddr.IPv4) return address instanceof ipaddr.IPv4 && address.match(network, bits)
  return address instanceof ipaddr.IPv6 && network instanceof ipaddr.IPv6 && address.match(network, bits)
}
