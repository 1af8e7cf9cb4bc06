import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { readAddress } from './addresses.ts'
import type { Log, Routing } from './ground.ts'
import { addressOf, cidrsBetween, numberOf, widthOf } from './ranges.ts'
import { decodeTable, type RoutingTable, wordsOf } from './routing-file.ts'

/** No table was loaded: nobody is known to announce anything. */
export const noRouting: Routing = { holderOf: () => null, asnRanges: () => [], loadedAt: null, size: 0 }

/** Where `pnpm db:routing` writes it. */
export function routingFile(dataDir: string): string {
  return join(dataDir, 'routing.bin')
}

/** The table of the data directory, or an empty one: whoever did not compile one does without. */
export function openRouting(dataDir: string, log: Log): Routing {
  const began = performance.now()
  let file: Buffer
  try {
    file = readFileSync(routingFile(dataDir))
  } catch (error) {
    const code = (error as { code?: unknown }).code === 'ENOENT' ? 'none' : 'unreadable'
    log.info('routing.loaded', { code, count: 0 })
    return noRouting
  }
  const table = decodeTable(file)
  if (!table) {
    log.warn('routing.loaded', { code: 'broken', count: 0 })
    return noRouting
  }
  const routing = createRouting(table)
  log.info('routing.loaded', { code: 'found', count: routing.size, ms: Math.round(performance.now() - began) })
  return routing
}

/** Looks addresses up in a table in memory, by binary search. */
export function createRouting(table: RoutingTable): Routing {
  const { v4, v6, asns, offsets, names } = table
  const decoder = new TextDecoder()

  /** Name and range are asked for seldom, and dearer than the search. */
  function holder(place: number, family: 4 | 6, index: number, address: string) {
    return {
      asn: asns[place] ?? 0,
      get name() {
        return decoder.decode(names.subarray(offsets[place], offsets[place + 1]))
      },
      get cidr() {
        return blockAround(numberOf(address), family, boundsAt(family, index))
      },
    }
  }

  function boundsAt(family: 4 | 6, index: number): { first: bigint; last: bigint } {
    if (family === 4) return { first: BigInt(v4.first[index] ?? 0), last: BigInt(v4.last[index] ?? 0) }
    return { first: wideAt(v6.first, index), last: wideAt(v6.last, index) }
  }

  function rangesOf(family: 4 | 6, holders: Uint32Array, place: number): string[] {
    const found: string[] = []
    for (let index = holders.indexOf(place); index >= 0; index = holders.indexOf(place, index + 1)) {
      const { first, last } = boundsAt(family, index)
      found.push(...cidrsBetween(family, first, last))
    }
    return found
  }

  return {
    holderOf(ip) {
      // What is IPv4 as it stands is in its one spelling already.
      const address = isIP(ip) === 4 ? ip : readAddress(ip)
      if (address === null) return null
      if (!address.includes(':')) {
        const index = findV4(v4, numberOfV4(address))
        return index < 0 ? null : holder(v4.holder[index] ?? 0, 4, index, address)
      }
      const index = findV6(v6, wordsOf([numberOf(address)]))
      return index < 0 ? null : holder(v6.holder[index] ?? 0, 6, index, address)
    },
    asnRanges(asn) {
      const place = asns.indexOf(asn)
      return place < 0 ? [] : [...rangesOf(4, v4.holder, place), ...rangesOf(6, v6.holder, place)]
    },
    loadedAt: table.compiledAt,
    size: v4.holder.length + v6.holder.length,
  }
}

/** The place of the range that holds the address, or -1. */
function findV4({ first, last }: RoutingTable['v4'], address: number): number {
  let low = 0
  let high = first.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((first[middle] as number) <= address) low = middle + 1
    else high = middle
  }
  return low > 0 && address <= (last[low - 1] as number) ? low - 1 : -1
}

function findV6({ first, last }: RoutingTable['v6'], address: Uint32Array): number {
  let low = 0
  let high = first.length / 4
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareAt(first, middle, address) <= 0) low = middle + 1
    else high = middle
  }
  return low > 0 && compareAt(last, low - 1, address) >= 0 ? low - 1 : -1
}

function compareAt(words: Uint32Array, index: number, address: Uint32Array): number {
  for (let word = 0; word < 4; word += 1) {
    const difference = (words[index * 4 + word] as number) - (address[word] as number)
    if (difference !== 0) return difference
  }
  return 0
}

function numberOfV4(address: string): number {
  let number = 0
  for (const part of address.split('.')) number = number * 256 + Number(part)
  return number
}

function wideAt(words: Uint32Array, index: number): bigint {
  let number = 0n
  for (let word = 0; word < 4; word += 1) number = (number << 32n) | BigInt(words[index * 4 + word] as number)
  return number
}

/** The widest CIDR range around an address that lies in what is announced. */
function blockAround(address: bigint, family: 4 | 6, { first, last }: { first: bigint; last: bigint }): string {
  let length = family === 4 ? 32 : 128
  const start = (bits: number) => (address / widthOf(family, bits)) * widthOf(family, bits)
  while (length > 0 && start(length - 1) >= first && start(length - 1) + widthOf(family, length - 1) - 1n <= last) {
    length -= 1
  }
  return `${addressOf(family, start(length))}/${length}`
}
