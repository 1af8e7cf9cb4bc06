/** `pnpm bench [name…]`: what ours costs beside the least that could be done, as ratios within one run. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../architecture/tree.ts'
import { deliver } from './deliver.ts'
import { machine } from './machine.ts'
import { type Bench, type Comparison, compare, type Spread } from './measure.ts'
import { memory } from './memory.ts'
import { receive } from './receive.ts'
import { refuse } from './refuse.ts'
import { routing, routingLoad, routingMemory } from './routing.ts'
import { submit } from './submit.ts'
import { verify } from './verify.ts'

const benches: Record<string, (scale: number) => Promise<Bench>> = {
  verify,
  refuse,
  receive,
  submit,
  deliver,
  routing,
  routingLoad,
}
const rounds = 5

const quick = process.argv.includes('--quick')
const named = process.argv.slice(2).filter((word) => !word.startsWith('--'))
/** No comparisons but weighings; the second takes half an hour and is kept in a file of its own. */
const weighings = ['routingMemory', 'memory']
const unknown = named.filter((name) => !Object.hasOwn(benches, name) && !weighings.includes(name))
if (unknown.length > 0) {
  console.error(
    `No such bench: ${unknown.join(', ')}. There are ${[...Object.keys(benches), ...weighings].join(', ')}.`,
  )
  process.exit(1)
}

const found: Comparison[] = []
for (const [name, open] of Object.entries(benches)) {
  if (named.length > 0 && !named.includes(name)) continue
  process.stderr.write(`${name} …\n`)
  const bench = await open(quick ? 0.1 : 1)
  try {
    found.push(...(await compare(bench, rounds)))
  } finally {
    await bench.close()
  }
}
const table = tableOf(found)
const weighed = named.length === 0 || named.includes('routingMemory') ? await routingMemory(rounds) : ''
process.stdout.write(`${found.length > 0 ? `${table}\n` : ''}${weighed ? `\n${weighed}\n` : ''}`)
if (named.includes('memory')) {
  const held = await memory(quick ? 0.01 : 1, (line) => process.stderr.write(`${line}\n`))
  if (!quick) writeFileSync(join(root, 'test/bench/MEMORY.md'), heldPage(held))
  process.stdout.write(`${held}\n`)
}
if (!quick && named.length === 0) writeFileSync(join(root, 'test/bench/RESULTS.md'), page(`${table}\n\n${weighed}`))
else process.stdout.write('\nNot kept: only a whole run writes RESULTS.md.\n')
process.exit(0)

function tableOf(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(({ ours, peer, less, wall, cpu }) =>
    [ours, peer, ...cells(wall), ...cells(cpu), less].join(' | '),
  )
  const heads = [
    'ours',
    'peer',
    'µs each',
    'peer',
    'ratio',
    'CPU µs each',
    'peer',
    'CPU ratio',
    'what the peer does less',
  ]
  return [heads.join(' | '), heads.map((_, index) => (index > 1 && index < 8 ? '--:' : '---')).join(' | '), ...rows]
    .map((row) => `| ${row} |`)
    .join('\n')
}

function cells({ ours, peer, ratio }: Comparison['wall']): string[] {
  return [ours.toFixed(0), peer.toFixed(0), tell(ratio)]
}

function tell({ median, min, max }: Spread): string {
  const digits = max < 10 ? 2 : 1
  return `${median.toFixed(digits)} (${min.toFixed(digits)}..${max.toFixed(digits)})`
}

function page(table: string): string {
  return `# Bench

${machine()}

Written by \`pnpm bench\`. Each row is ours beside a peer in one run: everybody takes a turn in each of ${rounds} rounds,
after one that is not counted, and who begins changes. A ratio is taken within a round; shown are the median and the
spread (least..most) of the ${rounds}. Wall time is per operation with the lanes of that bench full (verify 1, receive 16, submit 8,
deliver 32), so it is a throughput turned round, not a latency. CPU time is that of the Node process that does the work
(for receive the receivers' process, for submit the portal's); PostgreSQL's and the callers' are in the wall time only,
since all share the machine. No figure was tuned: the peers are the least one could write, and the last column says
what they leave undone.

${table}
`
}

function heldPage(held: string): string {
  return `# What a receiver holds

${machine(null)}

Written by \`pnpm bench memory\`. A receiver is sent events without HTTP: half are notices of three items, which its handler
answers, half close one. Time passes on its clock so that it remembers the notices of ninety days, which are 5,000; what is
older it forgets as it does by itself. Tokens are signed (and sealed) in the same process, and receipts and reports are
taken there; that is in the figures. The heap is read after a full collection. Resident memory is what the machine left it.

${held}
`
}
