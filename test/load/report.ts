import { machine } from '../bench/machine.ts'
import type { Reading } from '../bench/portal-process.ts'
import { drips } from './drip.ts'
import { type Recorder, slopeOf } from './record.ts'
import { pauses, reportShare } from './users.ts'

export type Sample = Reading & {
  /** Milliseconds since the beginning. */
  readonly at: number
}

interface Found {
  readonly recorder: Recorder
  readonly samples: readonly Sample[]
  readonly minutes: number
  /** Lines of slow callers that the portal ended. */
  readonly ended: number
}

const mebi = 2 ** 20
/** While caches fill and code is compiled, memory grows for good reasons. */
const settled = 0.2

export function tell({ recorder, samples, minutes, ended }: Found): string {
  const kinds = [...recorder.kinds().sort(), null]
  const errors = recorder.errors()
  return `# Load

${machine()}

Written by \`pnpm load\`. One portal process (worker inside), 50 notifiers and 200 people at once for ${minutes} minutes, each waiting
for one answer before the next request: a notifier pauses ${pauses.program / 1000} s on average, a person ${pauses.person / 1000} s; one look at an item in
${Math.round(1 / reportShare)} ends in a report by form. The callers, the providers' endpoints and PostgreSQL run on the same machine. Times in milliseconds, from the request to the last byte of its answer.

${table(
  ['request', 'count', 'p50', 'p95', 'p99', 'max'],
  kinds.map((kind) => {
    const { count, p50, p95, p99, max } = recorder.summary(kind)
    return [kind ?? 'all', count, ...[p50, p95, p99, max].map(ms)]
  }),
)}

Errors: **${errors.length}**${errors.length > 0 ? ` (${countErrors(errors)})` : ''}. Anything but the answer that was due counts, a line that broke as well.

## Slow callers

Six parts of equal length after a tenth to warm up: without slow callers and with them, in turns. Slow are
${drips.slowHeaders} lines that send their headers a byte at a time, ${drips.slowBodies} that send a body so, and ${drips.slowReaders} that ask for
large answers and hardly read. The portal ended ${ended} of their lines, and they came again.

${table(
  ['request', 'p50 without', 'with', 'p95 without', 'with', 'p99 without', 'with'],
  kinds.map((kind) => {
    const [without, withThem] = [recorder.summary(kind, 'calm'), recorder.summary(kind, 'drip')]
    const pairs = (['p50', 'p95', 'p99'] as const).flatMap((share) => [ms(without[share]), ms(withThem[share])])
    return [kind ?? 'all', ...pairs]
  }),
)}

## The portal's process

${memory(samples)}
`
}

function memory(samples: readonly Sample[]): string {
  const last = samples.at(-1)?.at ?? 0
  const later = samples.filter(({ at }) => at >= last * settled)
  const kept = later.flatMap(({ at, kept }) => (kept === null ? [] : [{ at, kept }]))
  const first = later[0]
  if (!first || kept.length < 2) return 'Too short to say anything about memory.'
  const end = later.at(-1) ?? first
  const rss = slopeOf(later.map(({ at, rss }) => ({ x: at / 60_000, y: rss / mebi })))
  const heap = slopeOf(kept.map(({ at, kept }) => ({ x: at / 60_000, y: kept / mebi })))
  const held = later.map(({ heldUp }) => heldUp)
  const cores = (end.cpuMs - first.cpuMs) / (end.at - first.at)
  const waited = end.waitedMs === null || first.waitedMs === null ? null : end.waitedMs - first.waitedMs
  const crowded =
    waited === null
      ? ''
      : `, and was ready to run but kept waiting by others for ${((100 * waited) / (end.at - first.at)).toFixed(0)} % of the time`
  const rows = [
    ['resident memory', size(first.rss), size(end.rss), size(Math.max(...later.map(({ rss }) => rss))), slope(rss)],
    [
      'heap after a full collection',
      size(kept[0]?.kept ?? 0),
      size(kept.at(-1)?.kept ?? 0),
      size(Math.max(...kept.map((one) => one.kept))),
      slope(heap),
    ],
  ]
  return `${table(['after the first fifth', 'first, MiB', 'last', 'most', 'MiB a minute'], rows)}

It used ${cores.toFixed(2)} of a core${crowded}. Its event loop was held up for at most ${ms(Math.max(...held.map(({ maxMs }) => maxMs)))} ms; the 99th percentile
of a two-second stretch was ${ms(median(held.map(({ p99Ms }) => p99Ms)))} ms in the median. Twenty times in the run all garbage is collected, so that the heap\nshows what stays; that holds everybody up for a moment.`
}

function countErrors(errors: ReturnType<Recorder['errors']>): string {
  const counts = new Map<string, number>()
  for (const { kind, message } of errors) {
    const name = `${kind}: ${message}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts].map(([name, count]) => `${count} × ${name}`).join(', ')
}

function table(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const lines = [heads, heads.map((_, index) => (index === 0 ? '---' : '--:')), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}

const ms = (value: number) => value.toFixed(value < 10 ? 1 : 0)
const size = (bytes: number) => (bytes / mebi).toFixed(0)
const slope = (perMinute: number) => `${perMinute > 0 ? '+' : ''}${perMinute.toFixed(2)}`
