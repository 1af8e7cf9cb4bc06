import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createRouting, openRouting, routingFile } from '../../portal/ground/routing.ts'
import { readRoutingCsv } from '../../portal/ground/routing-csv.ts'
import { decodeTable, encodeTable, tableOf } from '../../portal/ground/routing-file.ts'
import { root } from '../architecture/tree.ts'
import { startChild } from './child.ts'
import { type Bench, measure } from './measure.ts'

const silent = { info: () => {}, warn: () => {}, error: () => {} }

/** The table of the whole internet, compiled to a file that is removed at the end. */
function compiled() {
  const folder = dirname(createRequire(join(root, 'portal/package.json')).resolve('@ip-location-db/asn/package.json'))
  const [v4, v6] = ([4, 6] as const).map((family) =>
    readRoutingCsv(readFileSync(join(folder, `asn-ipv${family}.csv`), 'utf8'), family),
  )
  const bytes = encodeTable(tableOf(v4 ?? [], v6 ?? [], { compiledAt: new Date(0), source: 'bench' }))
  const directory = mkdtempSync(join(tmpdir(), 'noticeline-bench-'))
  writeFileSync(routingFile(directory), bytes)
  const table = decodeTable(bytes)
  if (!table) throw new Error('The table was not read back')
  const mebibytes = (bytes.length / 2 ** 20).toFixed(1)
  return { directory, table, mebibytes, close: async () => rmSync(directory, { recursive: true }) }
}

/** Added up, so that no look-up is left out as useless. */
const sum = { found: 0 }

/** What a look-up costs: real table, addresses from everywhere, one after the other. */
export async function routing(scale: number): Promise<Bench> {
  const { table, mebibytes, close } = compiled()
  const held = createRouting(table)
  const count = Math.ceil(1_000_000 * scale)
  const numbers = Uint32Array.from({ length: 4096 }, (_, index) => Math.imul(index + 1, 2_654_435_761))
  const texts = Array.from(numbers, (number) => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.'))
  return {
    ours: [
      {
        name: `routing: \`holderOf\` in ${held.size} ranges, ${mebibytes} MiB in memory`,
        run: () =>
          measure(count, async () => {
            for (let turn = 0; turn < count; turn += 1) if (held.holderOf(texts[turn & 4095] as string)) sum.found += 1
          }),
      },
    ],
    peers: [
      {
        name: 'a bare binary search in the same numbers',
        less: 'no address read from text, no name, no IPv6: a number in, a place in an array out',
        run: () =>
          measure(count, async () => {
            const { first, last } = table.v4
            for (let turn = 0; turn < count; turn += 1) sum.found += bare(first, last, numbers[turn & 4095] as number)
          }),
      },
    ],
    close,
  }
}

/** What it costs a start that the table is there. */
export async function routingLoad(): Promise<Bench> {
  const { directory, mebibytes, close } = compiled()
  const load = async () => {
    sum.found += openRouting(directory, silent).size
  }
  const read = async () => {
    sum.found += readFileSync(routingFile(directory)).length
  }
  return {
    ours: [{ name: `routing: loading the ${mebibytes} MiB`, run: () => measure(1, load) }],
    peers: [{ name: 'reading that file', less: 'no digest', run: () => measure(1, read) }],
    close,
  }
}

interface Memory {
  rss: number
  heapUsed: number
  arrayBuffers: number
}

/** What a process holds with the table and without it: fresh processes, side by side, each after a collection. */
export async function routingMemory(rounds: number): Promise<string> {
  const { directory, mebibytes, close } = compiled()
  const seen: { without: Memory; with: Memory; ms: number; ranges: number }[] = []
  try {
    for (let round = 0; round < rounds; round += 1) {
      const env = { NODE_OPTIONS: '--expose-gc --import tsx' }
      const [bare, full] = [
        await startChild('./routing-process.ts', env),
        await startChild('./routing-process.ts', env),
      ]
      const { ms, ranges } = await full.ask<{ ms: number; ranges: number }>('load', directory)
      seen.push({ without: await bare.ask<Memory>('memory'), with: await full.ask<Memory>('memory'), ms, ranges })
      await Promise.all([bare.stop(), full.stop()])
    }
  } finally {
    await close()
  }
  const median = (numbers: number[]) => numbers.sort((one, other) => one - other)[numbers.length >> 1] ?? 0
  const mib = (pick: (memory: Memory) => number, which: 'with' | 'without') =>
    median(seen.map((one) => pick(one[which]) / 2 ** 20))
  const row = (name: string, pick: (memory: Memory) => number) => {
    const [without, full] = [mib(pick, 'without'), mib(pick, 'with')]
    return `| ${name} | ${without.toFixed(1)} | ${full.toFixed(1)} | ${(full - without).toFixed(1)} |`
  }
  return [
    `The routing table (${seen[0]?.ranges} ranges, ${mebibytes} MiB in its file), medians of ${rounds} pairs of processes; loaded in ${median(seen.map(({ ms }) => ms)).toFixed(0)} ms:`,
    '',
    '| MiB | without it | with it | more |',
    '| --- | --: | --: | --: |',
    row('resident (RSS)', ({ rss }) => rss),
    row('heap in use', ({ heapUsed }) => heapUsed),
    row('array buffers', ({ arrayBuffers }) => arrayBuffers),
  ].join('\n')
}

function bare(first: Uint32Array, last: Uint32Array, address: number): number {
  let low = 0
  let high = first.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((first[middle] as number) <= address) low = middle + 1
    else high = middle
  }
  return low > 0 && address <= (last[low - 1] as number) ? low - 1 : -1
}
