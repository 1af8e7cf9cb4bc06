import { cpus, totalmem } from 'node:os'
import type { Result } from './parts.ts'

/** What was played so far; kept between runs. */
export interface State {
  seed: number
  results: Record<string, Result>
  skipped: Record<string, string>
}

/** What came of it, with the day and the machine. */
export function writeTable({ seed, results, skipped }: State): string {
  const rows = Object.values(results).map((one) => [
    one.part,
    one.database,
    String(one.strokes),
    String(one.notices),
    String(one.losses.length),
    String(one.doubles.length),
    String(one.chains),
    String(one.problems.length),
    one.seconds.toFixed(0),
  ])
  const cells = [
    [
      'part',
      'database',
      'kills and faults',
      'notices',
      'losses',
      'double effects',
      'chains whole',
      'other problems',
      'seconds',
    ],
    ...rows,
  ]
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  const line = (row: string[]) =>
    `| ${row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`
  const [head = [], ...body] = cells
  const rule = `| ${widths.map((width, column) => (column < 2 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  const found = Object.values(results).flatMap(({ part, database, losses, doubles, problems }) =>
    inKinds([...losses, ...doubles, ...problems]).map((said) => `- ${part} on ${database}: ${said}`),
  )
  return [
    '# The loop under the worst',
    '',
    `\`pnpm soak\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, seed ${seed}.`,
    '',
    line(head),
    rule,
    ...body.map(line),
    '',
    ...Object.entries(skipped).map(([name, why]) => `- skipped: ${name}, ${why}`),
    ...(Object.keys(skipped).length > 0 ? [''] : []),
    ...(found.length > 0 ? ['What was not as it should be:', '', ...found, ''] : []),
  ].join('\n')
}

/** What is wrong in the same way is said once, and how often. */
function inKinds(lines: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const line of lines) {
    const kind = (line.split('\n')[0] ?? '').replaceAll(/\b[a-z]{3}_[0-9a-z]{26}\b/g, '…')
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return [...counts].map(([kind, count]) => (count === 1 ? kind : `${count} × ${kind}`))
}
