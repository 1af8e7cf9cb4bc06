/** Addresses as numbers, and what lies between two of them as CIDR. */

/** Of an address in its one spelling, as `readAddress` gives it. */
export function numberOf(address: string): bigint {
  if (!address.includes(':')) {
    return BigInt(address.split('.').reduce((number, part) => number * 256 + Number(part), 0))
  }
  const [head = '', tail] = address.split('::')
  const words = (text: string) => (text === '' ? [] : text.split(':'))
  const [before, after] = [words(head), words(tail ?? '')]
  const filled =
    tail === undefined ? before : [...before, ...Array(8 - before.length - after.length).fill('0'), ...after]
  return BigInt(`0x${filled.map((word) => word.padStart(4, '0')).join('')}`)
}

export function addressOf(family: 4 | 6, number: bigint): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => Number((number >> shift) & 255n)).join('.')
  const words = Array.from({ length: 8 }, (_, index) => ((number >> BigInt(112 - index * 16)) & 65535n).toString(16))
  // The URL parser knows how the longest run of zeros is written (RFC 5952).
  return new URL(`http://[${words.join(':')}]`).hostname.slice(1, -1)
}

/** How many addresses a prefix of this length holds. */
export function widthOf(family: 4 | 6, length: number): bigint {
  return 1n << BigInt((family === 4 ? 32 : 128) - length)
}

/** The fewest CIDR ranges that hold exactly the addresses from `first` to `last`. */
export function cidrsBetween(family: 4 | 6, first: bigint, last: bigint): string[] {
  const bits = family === 4 ? 32 : 128
  const cidrs: string[] = []
  for (let next = first; next <= last; ) {
    let length = bits
    while (length > 0 && next % widthOf(family, length - 1) === 0n && next + widthOf(family, length - 1) - 1n <= last) {
      length -= 1
    }
    cidrs.push(`${addressOf(family, next)}/${length}`)
    next += widthOf(family, length)
  }
  return cidrs
}
