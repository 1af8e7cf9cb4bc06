/**
 * The routing table as one file: a line of JSON that says what follows, then plain arrays of numbers, little-endian, as
 * they stand in memory. Loading is reading it; nothing is parsed.
 */
import { createHash } from 'node:crypto'

/** One range that one autonomous system announces; both ends belong to it. */
export interface AnnouncedRange {
  first: bigint
  last: bigint
  asn: number
  name: string
}

export interface RoutingTable {
  compiledAt: Date
  /** Where it is from, in words, as its licence asks to be told. */
  source: string
  /** Of each range: where it begins and ends, and the place of its system in `asns`. Sorted; no two overlap. */
  v4: { first: Uint32Array; last: Uint32Array; holder: Uint32Array }
  /** The same with four words an address, the most significant first. */
  v6: { first: Uint32Array; last: Uint32Array; holder: Uint32Array }
  /** Numbers of the systems, ascending; the name of one lies in `names` between its offset and the next. */
  asns: Uint32Array
  offsets: Uint32Array
  names: Uint8Array
}

const magic = 'noticeline-routing 1'
const endOfHeader = 0x0a

/** Where two ranges overlap, the one that begins later holds: it is the one inside, or the newer word. */
export function tableOf(
  v4: readonly AnnouncedRange[],
  v6: readonly AnnouncedRange[],
  about: { compiledAt: Date; source: string },
): RoutingTable {
  const nameOf = new Map<number, string>()
  for (const { asn, name } of [...v4, ...v6]) if (!nameOf.has(asn)) nameOf.set(asn, name)
  const asns = Uint32Array.from([...nameOf.keys()]).sort()
  const places = new Map([...asns].map((asn, place) => [asn, place]))
  const texts = [...asns].map((asn) => Buffer.from(nameOf.get(asn) ?? '', 'utf8'))
  const offsets = new Uint32Array(asns.length + 1)
  for (const [place, text] of texts.entries()) offsets[place + 1] = (offsets[place] ?? 0) + text.length
  const holders = (ranges: readonly AnnouncedRange[]) => Uint32Array.from(ranges, ({ asn }) => places.get(asn) ?? 0)
  const [flat4, flat6] = [flattened(v4), flattened(v6)]
  return {
    ...about,
    v4: {
      first: Uint32Array.from(flat4, ({ first }) => Number(first)),
      last: Uint32Array.from(flat4, ({ last }) => Number(last)),
      holder: holders(flat4),
    },
    v6: {
      first: wordsOf(flat6.map(({ first }) => first)),
      last: wordsOf(flat6.map(({ last }) => last)),
      holder: holders(flat6),
    },
    asns,
    offsets,
    names: Buffer.concat(texts),
  }
}

function flattened(ranges: readonly AnnouncedRange[]): AnnouncedRange[] {
  const sorted = [...ranges].sort((one, other) => (one.first < other.first ? -1 : one.first > other.first ? 1 : 0))
  const flat: AnnouncedRange[] = []
  // Ranges that went on behind one inside them, the innermost last.
  const open: AnnouncedRange[] = []
  let from = 0n
  const keep = (range: AnnouncedRange, last: bigint) => {
    if (from <= last) flat.push({ ...range, first: from, last })
    from = last + 1n
  }
  const closeBefore = (limit: bigint | null) => {
    for (let top = open.at(-1); top && (limit === null || top.last < limit); top = open.at(-1)) {
      keep(top, top.last)
      open.pop()
    }
  }
  for (const range of sorted) {
    closeBefore(range.first)
    const around = open.at(-1)
    if (around) keep(around, range.first - 1n)
    from = range.first
    open.push(range)
  }
  closeBefore(null)
  return flat
}

/** Four words an address, the most significant first. */
export function wordsOf(numbers: readonly bigint[]): Uint32Array {
  const words = new Uint32Array(numbers.length * 4)
  for (const [index, number] of numbers.entries()) {
    for (let word = 0; word < 4; word += 1) {
      words[index * 4 + word] = Number((number >> BigInt(96 - word * 32)) & 0xffffffffn)
    }
  }
  return words
}

export function encodeTable(table: RoutingTable): Buffer {
  const parts = partsOf(table).map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength))
  const body = Buffer.concat(parts)
  const header = JSON.stringify({
    magic,
    compiledAt: table.compiledAt.toISOString(),
    source: table.source,
    v4: table.v4.first.length,
    v6: table.v6.first.length / 4,
    asns: table.asns.length,
    names: table.names.length,
    sha256: createHash('sha256').update(body).digest('hex'),
  })
  // Padded so that the numbers lie where a processor reads them in one piece.
  const padded = header.padEnd(
    Math.ceil((Buffer.byteLength(header) + 1) / 8) * 8 - 1 - (Buffer.byteLength(header) - header.length),
  )
  return Buffer.concat([Buffer.from(padded), Buffer.from([endOfHeader]), body])
}

/** Null: this is no such file, or it is not whole. */
export function decodeTable(file: Buffer): RoutingTable | null {
  const end = file.subarray(0, 4096).indexOf(endOfHeader)
  if (end < 0 || end % 8 !== 7) return null
  let header: Record<string, unknown>
  try {
    header = JSON.parse(file.toString('utf8', 0, end)) as Record<string, unknown>
  } catch {
    return null
  }
  const [v4 = -1, v6 = -1, asns = -1, names = -1] = [header['v4'], header['v6'], header['asns'], header['names']].map(
    Number,
  )
  if (header['magic'] !== magic || ![v4, v6, asns, names].every(Number.isSafeInteger)) return null
  const body = file.subarray(end + 1)
  const lengths = [v4, v4, v4, v6 * 4, v6 * 4, v6, asns, asns + 1]
  if (body.length !== lengths.reduce((sum, length) => sum + length * 4, 0) + Number(names)) return null
  if (createHash('sha256').update(body).digest('hex') !== header['sha256']) return null
  let at = body.byteOffset
  const [first4, last4, holder4, first6, last6, holder6, numbers, offsets] = lengths.map((length) => {
    const part = new Uint32Array(body.buffer, at, length)
    at += length * 4
    return part
  }) as [Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array]
  return {
    compiledAt: new Date(String(header['compiledAt'])),
    source: String(header['source']),
    v4: { first: first4, last: last4, holder: holder4 },
    v6: { first: first6, last: last6, holder: holder6 },
    asns: numbers,
    offsets,
    names: new Uint8Array(body.buffer, at, names),
  }
}

function partsOf({ v4, v6, asns, offsets, names }: RoutingTable): (Uint32Array | Uint8Array)[] {
  return [v4.first, v4.last, v4.holder, v6.first, v6.last, v6.holder, asns, offsets, names]
}
