/**
 * `pnpm bench:delivery [part…] [--debian] [--quick]`: how the engine behaves, beyond what it costs (`pnpm bench deliver`).
 * A whole run writes RESULTS.md beside this file.
 * Parts: throughput, latency, fairness, backlog, several, portals.
 */
import { writeFileSync } from 'node:fs'
import { ownCpu } from '../child.ts'
import { machine } from '../machine.ts'
import { spreadOf } from '../measure.ts'
import { claimTimes, fillUp } from './backlog.ts'
import { type Latency, latencyAt, partOf } from './latency.ts'
import { type LineOptions, openLine } from './line.ts'
import { withPortals } from './portals.ts'
import { serverCpuOf } from './server-cpu.ts'
import { withWorkers } from './several.ts'
import { type Behaviour, faults } from './sink-process.ts'
import { deliverAll } from './throughput.ts'

const quick = process.argv.includes('--quick')
const database = process.argv.includes('--debian') ? 'debian' : 'embedded'
const named = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const rounds = quick ? 3 : 5
const good = (count: number): Behaviour[] => Array.from({ length: count }, () => 'good')
const line = (options: Partial<LineOptions> & Pick<LineOptions, 'behaviours'>) =>
  openLine({ sealed: () => false, database, ...options })
const said: string[] = []
const say = (text: string) => {
  said.push(text)
  process.stdout.write(`${text}\n`)
}
const ms = (value: number) => `${value.toFixed(1)} ms`
const tell = (values: readonly number[], digits = 1) => {
  const { median, min, max } = spreadOf(values)
  return `${median.toFixed(digits)} (${min.toFixed(digits)}..${max.toFixed(digits)})`
}

const parts: Record<string, () => Promise<void>> = {
  /** Where a delivery's time goes: this process is the worker, the endpoints and the database are others. */
  async throughput() {
    const on = await line({ behaviours: good(100) })
    try {
      const server = await serverCpuOf(on.pool)
      const count = quick ? 1_000 : 4_000
      for (const addresses of [1, 3] as const) {
        const found: Record<'perSecond' | 'worker' | 'server' | 'sink', number>[] = []
        for (let round = -1; round < rounds; round += 1) {
          await on.queue(count, undefined, addresses)
          await on.sink.ask('forget')
          const before = { worker: ownCpu(), server: server(), sink: await on.sink.ask<number>('cpu') }
          const began = performance.now()
          await deliverAll(on, count)
          const each = (spent: number) => (spent * 1000) / count
          const one = {
            perSecond: (count * 1000) / (performance.now() - began),
            worker: each(ownCpu() - before.worker),
            server: each(server() - before.server),
            sink: each((await on.sink.ask<number>('cpu')) - before.sink),
          }
          if (round >= 0) found.push(one)
        }
        const of = (column: 'perSecond' | 'worker' | 'server' | 'sink') =>
          tell(
            found.map((one) => one[column]),
            0,
          )
        say(
          `throughput: ${of('perSecond')} deliveries a second of ${addresses} addresses; CPU µs each: worker ${of('worker')}, database ${of('server')}, endpoints ${of('sink')}`,
        )
      }
    } finally {
      await on.close()
    }
  },
  /** From the commit to the receiver, at half of what the same worker delivered a moment before. */
  async latency() {
    const on = await line({ behaviours: good(100) })
    try {
      const count = quick ? 1_000 : 4_000
      const rates: number[] = []
      for (let round = 0; round < 2; round += 1) {
        await on.queue(count)
        await on.sink.ask('forget')
        const began = performance.now()
        await deliverAll(on, count)
        rates.push((count * 1000) / (performance.now() - began))
      }
      const full = rates.at(-1) ?? 0
      const found = await latencyAt(on, full / 2, quick ? 10 : 30)
      say(
        `latency: ${full.toFixed(0)} a second at full load; at half of it p50 ${ms(found.p50)}, p99 ${ms(found.p99)}, most ${ms(found.max)}, ${found.count} deliveries`,
      )
    } finally {
      await on.close()
    }
  },
  /**
   * Healthy endpoints alone; with as much again for others, a fifth of all, who behave; with the same for others who do not;
   * and with much for those at once at the beginning. In turn, so that all see the same machine.
   */
  async fairness() {
    const fault = (_: unknown, at: number) => faults[at % faults.length] ?? 'hang'
    const on = await line({ behaviours: [...good(100), ...Array.from({ length: 20 }, fault)] })
    try {
      const from = (first: number, count: number) => Array.from({ length: count }, (_, number) => first + number)
      const [healthy, behaved, faulty] = [from(0, 80), from(80, 20), from(100, 20)]
      // So many that forty of a round, not five, lie above its p99.
      const [perSecond, seconds] = quick ? [40, 8] : [200, 20]
      const rest = async () => {
        await on.pool.query('update deliveries set next_attempt_at = null where next_attempt_at is not null')
        await on.pool.query('update endpoints set failures = 0, rests = 0, rests_until = null')
      }
      const measure = async (beside: readonly number[], atOnce = 0) => {
        await rest()
        if (atOnce > 0) await on.queue(atOnce, faulty)
        return latencyAt(on, perSecond, seconds, healthy, beside)
      }
      await latencyAt(on, perSecond, 3, healthy)
      const found: Record<'alone' | 'behaved' | 'faulty' | 'burst', Latency>[] = []
      for (let round = 0; round < rounds; round += 1) {
        const alone = await measure([])
        found.push({
          alone,
          behaved: await measure(behaved),
          faulty: await measure(faulty),
          burst: await measure([], 400),
        })
      }
      say(`fairness, healthy endpoints, ${perSecond} a second: ${fairnessOf(found)}`)
    } finally {
      await on.close()
    }
  },
  /** What a claim of 64 costs with more and more waiting. */
  async backlog() {
    const on = await line({ behaviours: good(100) })
    try {
      const sizes = quick ? [1_000, 100_000] : [1_000, 100_000, 1_000_000]
      let least = Number.NaN
      for (const size of sizes) {
        await fillUp(on, size)
        await claimTimes(on, 5)
        const { median, min, max } = spreadOf(await claimTimes(on, 25))
        if (Number.isNaN(least)) least = median
        say(
          `backlog: ${size} waiting, a claim of 64 takes ${median.toFixed(1)} ms (${min.toFixed(1)}..${max.toFixed(1)}), ${(median / least).toFixed(2)} times that at ${sizes[0]}`,
        )
      }
    } finally {
      await on.close()
    }
  },
  /** One worker and two, in processes of their own, on one database. */
  async several() {
    const on = await line({ behaviours: good(100) })
    try {
      const count = quick ? 1_500 : 5_000
      await withWorkers(on, 1, 300)
      const ratios: number[] = []
      for (let round = 0; round < rounds; round += 1) {
        const one = await withWorkers(on, 1, count)
        const two = await withWorkers(on, 2, count)
        ratios.push(two.perSecond / one.perSecond)
        say(
          `several: one worker ${one.perSecond.toFixed(0)} a second (${one.rss.toFixed(0)} MiB), two ${two.perSecond.toFixed(0)}; arrivals ${one.arrivals} and ${two.arrivals} of ${count}, doubles ${one.repeated} and ${two.repeated}`,
        )
      }
      say(`several: two workers deliver ${tell(ratios, 2)} times what one does`)
    } finally {
      await on.close()
    }
  },
  /** One whole portal and two, each with its worker inside, on one database. */
  async portals() {
    const on = await openLine({ behaviours: good(100), sealed: () => false, database: 'debian' })
    try {
      const count = quick ? 300 : 1_500
      const ratios: number[] = []
      for (let round = 0; round < (quick ? 1 : 3); round += 1) {
        const one = await withPortals(on, 1, count)
        const two = await withPortals(on, 2, count)
        ratios.push(two.perSecond / one.perSecond)
        say(
          `portals: one takes and delivers ${one.perSecond.toFixed(0)} a second, two ${two.perSecond.toFixed(0)}; arrivals ${one.arrivals} and ${two.arrivals} of ${count}, doubles ${one.repeated} and ${two.repeated}`,
        )
      }
      say(`portals: two take and deliver ${tell(ratios, 2)} times what one does`)
    } finally {
      await on.close()
    }
  },
}

function fairnessOf(found: readonly Record<'alone' | 'behaved' | 'faulty' | 'burst', Latency>[]): string {
  type Of = keyof (typeof found)[number]
  // Of all rounds together as well: forty of a round make its p99, and one pause of the machine is forty.
  const all = (of: Of) =>
    partOf(
      found.flatMap((one) => one[of].took).sort((one, other) => one - other),
      0.99,
    )
  const p99 = (of: Of) => `${tell(found.map((one) => one[of].p99))} ms, ${all(of)} over all`
  const ratio = (of: Of, to: Of) =>
    `${tell(
      found.map((one) => one[of].p99 / one[to].p99),
      2,
    )}, ${(all(of) / all(to)).toFixed(2)} over all`
  const behind = Math.max(...found.flatMap((one) => Object.values(one).map((each) => each.behind)))
  return `p99 alone ${p99('alone')}; beside 20 others who behave, a fifth of all that comes being theirs, ${p99('behaved')}; beside 20 who misbehave, as much being theirs, ${p99('faulty')}, ratio to those who behave ${ratio('faulty', 'behaved')}, to alone ${ratio('faulty', 'alone')}; with 400 for those at once at the beginning ${p99('burst')}, ratio to alone ${ratio('burst', 'alone')}; whoever queues fell behind by ${ms(behind)} at most`
}

const unknown = named.filter((name) => !Object.hasOwn(parts, name))
if (unknown.length > 0) {
  console.error(`No such part: ${unknown.join(', ')}. There are ${Object.keys(parts).join(', ')}.`)
  process.exit(1)
}
say(machine(database === 'debian' ? "Debian's PostgreSQL" : 'embedded PostgreSQL'))
for (const [name, run] of Object.entries(parts)) if (named.length === 0 || named.includes(name)) await run()
if (!quick && named.length === 0) writeFileSync(new URL('RESULTS.md', import.meta.url), page(said))
process.exit(0)

function page([where, ...lines]: readonly string[]): string {
  return `# How deliveries behave

${where}

Written by \`pnpm bench:delivery\`. Notices of three addresses where nothing else is said, 100 endpoints of as many companies, two
in flight at each. Shown are medians and spreads (least..most). The database, the endpoints, and whoever submits share the
machine with the worker. No figure was tuned.

${lines.map((line) => `- ${line}`).join('\n')}
`
}
