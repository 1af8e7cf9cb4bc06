import { isIP } from 'node:net'
import { numberOf } from './ranges.ts'
import type { AnnouncedRange } from './routing-file.ts'

/** A line that says nothing that could be meant, with its number. */
export class RoutingLineError extends Error {
  override readonly name = 'RoutingLineError'
}

/** `first,last,number,"name"`, as the files of ip-location-db have it. Throws at the first line that is none. */
export function readRoutingCsv(text: string, family: 4 | 6): AnnouncedRange[] {
  const ranges: AnnouncedRange[] = []
  let number = 0
  for (const line of text.split('\n')) {
    number += 1
    if (line.trim() === '') continue
    const [, from = '', to = '', asn = '', quoted, plain = ''] =
      /^([^,]*),([^,]*),(\d{1,10}),(?:"((?:[^"]|"")*)"|([^"\r].*?))\r?$/.exec(line) ?? []
    const fits = isIP(from) === family && isIP(to) === family && !/[%.]/.test(family === 6 ? from + to : '')
    const [first, last] = fits ? [numberOf(from), numberOf(to)] : [1n, 0n]
    if (first > last || Number(asn) < 1 || Number(asn) >= 2 ** 32) {
      throw new RoutingLineError(`Line ${number} is not first address, last address, number, name.`)
    }
    const name = (quoted?.replaceAll('""', '"') ?? plain).trim()
    ranges.push({ first, last, asn: Number(asn), name })
  }
  return ranges
}
