/** `pnpm bench memory`: what a receiver holds while a million events pass through it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChild } from './child.ts'
import type { Sample } from './memory-process.ts'

/** The table, and whether the second half held as much as the first. */
export async function memory(scale: number, tell: (line: string) => void = () => {}): Promise<string> {
  const runs = [
    { name: 'memory store, plain tokens', folder: false, sealed: false, events: 1_000_000 * scale },
    { name: 'file store, sealed', folder: true, sealed: true, events: 100_000 * scale },
  ]
  const parts: string[] = []
  for (const { name, folder, sealed, events } of runs) {
    const place = folder ? mkdtempSync(join(tmpdir(), 'noticeline-memory-')) : null
    const child = await startChild('./memory-process.ts', { NODE_OPTIONS: '--expose-gc --import tsx' })
    const step = events / 20
    const rows: (Sample & { events: number })[] = []
    try {
      await child.ask('open', { folder: place === null ? null : join(place, 'inbox'), sealed })
      for (let played = step; played <= events; played += step) {
        rows.push({ events: played, ...(await child.ask<Sample>('play', step)) })
        tell(`${name}: ${rowOf(rows.at(-1) as Sample & { events: number })}`)
      }
      await child.ask('close')
    } finally {
      await child.stop()
      if (place !== null) rmSync(place, { recursive: true, force: true })
    }
    parts.push(
      [
        `${name}, ${events} events:`,
        '',
        '| events | remembered | heap in use, MiB | resident (RSS), MiB | CPU µs an event so far |',
        '| --: | --: | --: | --: | --: |',
        ...rows.map(rowOf),
        '',
        trend(rows),
      ].join('\n'),
    )
  }
  return parts.join('\n\n')
}

function rowOf({ events, remembered, heapUsed, rss, cpuMs }: Sample & { events: number }): string {
  const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1)
  return `| ${events} | ${remembered} | ${mib(heapUsed)} | ${mib(rss)} | ${((cpuMs * 1000) / events).toFixed(0)} |`
}

/** The line of least squares through the second half, when as much is remembered as ever will be. */
function trend(rows: readonly (Sample & { events: number })[]): string {
  const later = rows.slice(rows.length / 2)
  const slope = (of: (row: Sample & { events: number }) => number) => {
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    const [x, y] = [mean(later.map(({ events }) => events)), mean(later.map(of))]
    const up = later.reduce((sum, row) => sum + (row.events - x) * (of(row) - y), 0)
    return up / later.reduce((sum, { events }) => sum + (events - x) ** 2, 0)
  }
  const of = (member: 'heapUsed' | 'rss') => slope((row) => row[member]).toFixed(2)
  return `Slope of the second half: heap ${of('heapUsed')} bytes an event, RSS ${of('rss')}.`
}
