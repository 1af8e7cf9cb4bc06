import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createCaughtLog } from '../testing/fakes.ts'
import { createRouting, noRouting, openRouting, routingFile } from './routing.ts'
import { RoutingLineError, readRoutingCsv } from './routing-csv.ts'
import { decodeTable, encodeTable, tableOf } from './routing-file.ts'

const directory = mkdtempSync(join(tmpdir(), 'noticeline-routing-'))
afterAll(() => rmSync(directory, { recursive: true }))

const about = { compiledAt: new Date('2026-11-22T09:00:00.000Z'), source: 'invented' }
const v4 = `203.0.113.0,203.0.113.255,64500,"Tern, Inc."
198.51.100.64,198.51.101.127,64501,Mudlark "Servers"
`
const v6 =
  '2001:db8::,2001:db8:0:ffff:ffff:ffff:ffff:ffff,64500,"Tern, Inc."\r\n2001:db8:1::,2001:db8:1::1,64502,"Said ""so"" & \u2013"\n'
const small = () => tableOf(readRoutingCsv(v4, 4), readRoutingCsv(v6, 6), about)

describe('a routing table', () => {
  test('says who announces an address, and in which range', () => {
    const routing = createRouting(small())
    expect(routing.size).toBe(4)
    expect(routing.loadedAt).toEqual(about.compiledAt)
    expect(routing.holderOf('203.0.113.80')).toMatchObject({ asn: 64500, name: 'Tern, Inc.', cidr: '203.0.113.0/24' })
    expect(routing.holderOf('198.51.100.64')).toMatchObject({
      asn: 64501,
      name: 'Mudlark "Servers"',
      cidr: '198.51.100.64/26',
    })
    expect(routing.holderOf('198.51.101.127')).toMatchObject({ cidr: '198.51.101.0/25' })
    expect(routing.holderOf('2001:DB8::0:1')).toMatchObject({ asn: 64500, cidr: '2001:db8::/48' })
    expect(routing.holderOf('2001:db8:1::1')).toMatchObject({
      asn: 64502,
      name: 'Said "so" & \u2013',
      cidr: '2001:db8:1::/127',
    })
    expect(routing.holderOf('::ffff:203.0.113.80')).toMatchObject({ asn: 64500 })
  })

  test('holds exactly its ranges: what lies beside them, or is no address, is nobody’s', () => {
    const routing = createRouting(small())
    for (const ip of ['203.0.112.255', '203.0.114.0', '198.51.100.63', '198.51.101.128', '0.0.0.0', '255.255.255.255'])
      expect(routing.holderOf(ip), ip).toBeNull()
    for (const ip of [
      '2001:db8:1::2',
      '2001:db7:ffff:ffff:ffff:ffff:ffff:ffff',
      '::',
      'ffff::',
      '127.1',
      'tern.example',
      '',
    ])
      expect(routing.holderOf(ip), ip).toBeNull()
  })

  test('gives the ranges of a system, in the fewest CIDR blocks', () => {
    const routing = createRouting(small())
    expect(routing.asnRanges(64500)).toEqual(['203.0.113.0/24', '2001:db8::/48'])
    expect(routing.asnRanges(64501)).toEqual(['198.51.100.64/26', '198.51.100.128/25', '198.51.101.0/25'])
    expect(routing.asnRanges(64999)).toEqual([])
  })

  test('with ranges inside and across each other follows the one that begins later, and then the outer one again', () => {
    const lines =
      '192.0.2.0,192.0.2.255,1,a\n192.0.2.16,192.0.2.31,2,b\n192.0.2.20,192.0.2.23,3,c\n192.0.2.200,192.0.3.15,4,d\n'
    const routing = createRouting(tableOf(readRoutingCsv(lines, 4), [], about))
    const last = [15, 16, 19, 20, 23, 24, 31, 32, 199, 200, 255].map((part) => routing.holderOf(`192.0.2.${part}`)?.asn)
    expect(last).toEqual([1, 2, 2, 3, 3, 2, 2, 1, 1, 4, 4])
    expect(routing.holderOf('192.0.3.15')?.asn).toBe(4)
  })

  test.each([
    ['a word', 'hello', 4],
    ['a missing name', '203.0.113.0,203.0.113.255,64500', 4],
    ['an address of the other kind', '2001:db8::,2001:db8::1,64500,x', 4],
    ['an end before its beginning', '203.0.113.9,203.0.113.1,64500,x', 4],
    ['a shortened address', '203.0.113,203.0.113.255,64500,x', 4],
    ['system 0', '203.0.113.0,203.0.113.1,0,x', 4],
    ['a zone', 'fe80::1%eth0,fe80::2,64500,x', 6],
  ] as const)('is not compiled from %s: the line is named', (_what, line, family) => {
    const good = family === 4 ? '192.0.2.0,192.0.2.1,1,a' : '2001:db8::,2001:db8::1,1,a'
    expect(() => readRoutingCsv(`${good}\n${line}\n`, family)).toThrow(RoutingLineError)
    expect(() => readRoutingCsv(`${good}\n${line}\n`, family)).toThrow(/Line 2 /)
  })
})

describe('its file', () => {
  test('is read back as it was written', () => {
    const table = small()
    expect(decodeTable(encodeTable(table))).toEqual({ ...table, names: new Uint8Array(table.names) })
  })

  test('that is not there is no table, and nothing breaks', () => {
    const { log, caught } = createCaughtLog()
    expect(openRouting(join(directory, 'missing'), log)).toBe(noRouting)
    expect(noRouting.holderOf('203.0.113.80')).toBeNull()
    expect(caught).toEqual([{ level: 'info', event: 'routing.loaded', fields: { code: 'none', count: 0 } }])
  })

  test('that was cut, changed or is something else is no table, and the log says so', () => {
    const whole = encodeTable(small())
    const changed = Buffer.from(whole)
    changed[changed.length - 3] = (changed[changed.length - 3] ?? 0) ^ 1
    for (const bytes of [
      whole.subarray(0, -1),
      Buffer.concat([whole, Buffer.alloc(1)]),
      changed,
      Buffer.from('{}\n'),
      Buffer.alloc(0),
    ]) {
      const { log, caught } = createCaughtLog()
      writeFileSync(routingFile(directory), bytes)
      expect(openRouting(directory, log)).toBe(noRouting)
      expect(caught).toMatchObject([{ level: 'warn', fields: { code: 'broken' } }])
    }
    writeFileSync(routingFile(directory), whole)
    expect(openRouting(directory, createCaughtLog().log).size).toBe(4)
  })
})

/** A reader that shares nothing with ours: other files of the same data, read line by line beside the sorted numbers. */
function readIndependently(text: string, choose: (rows: readonly Row[]) => bigint[]) {
  const rows = text.split('\n').flatMap((line) => {
    const [first = '', last = '', asn = ''] = line.split(',', 3)
    return line === '' ? [] : [{ first: BigInt(first), last: BigInt(last), asn: Number(asn) }]
  })
  const numbers = choose(rows).sort((one, other) => (one < other ? -1 : 1))
  const said = new Map<bigint, number>()
  let next = 0
  for (const { first, last, asn } of rows) {
    while (next < numbers.length && (numbers[next] ?? 0n) < first) next += 1
    // Where two rows overlap, the one that begins later holds.
    for (let at = next; at < numbers.length && (numbers[at] ?? 0n) <= last; at += 1) said.set(numbers[at] ?? 0n, asn)
  }
  return { numbers, said }
}

interface Row {
  first: bigint
  last: bigint
  asn: number
}

test('a thousand real addresses are announced by whom an independent reader of the same data says', {
  timeout: 90_000,
}, () => {
  const folder = dirname(createRequire(import.meta.url).resolve('@ip-location-db/asn/package.json'))
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  const routing = createRouting(
    tableOf(readRoutingCsv(read('asn-ipv4.csv'), 4), readRoutingCsv(read('asn-ipv6.csv'), 6), about),
  )
  expect(routing.size).toBeGreaterThan(500_000)
  const random = seeded(20261122)
  const pick = (below: number) => Math.floor(random() * below)
  const five = (one: (turn: number) => bigint) => Array.from({ length: 500 }, (_, turn) => one(turn))
  // Anywhere in the old internet; and, since the new one is nearly empty, in, at the end of and behind its ranges.
  const v4 = readIndependently(read('asn-ipv4-num.csv'), () => five(() => BigInt(pick(2 ** 32))))
  const v6 = readIndependently(read('asn-ipv6-num.csv'), (rows) =>
    five((turn) => {
      const { first, last } = rows[pick(rows.length)] ?? { first: 0n, last: 0n }
      return [first, last, last + 1n, first + (last - first) / BigInt(2 + pick(1000))][turn % 4] ?? 0n
    }),
  )
  let announced = 0
  for (const [family, { numbers, said }] of [
    [4, v4],
    [6, v6],
  ] as const) {
    for (const number of numbers) {
      const text =
        family === 4
          ? [24, 16, 8, 0].map((shift) => Number(number >> BigInt(shift)) & 255).join('.')
          : spelledOut(number)
      expect(routing.holderOf(text)?.asn ?? null, text).toBe(said.get(number) ?? null)
      if (said.has(number)) announced += 1
    }
  }
  expect(announced).toBeGreaterThan(600)
})

function spelledOut(number: bigint): string {
  return (number.toString(16).padStart(32, '0').match(/.{4}/g) ?? []).join(':')
}

/** Mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
