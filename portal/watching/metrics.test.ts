import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { attemptDueDeliveries } from '../delivery/attempt-delivery.ts'
import * as build from '../testing/build/delivery.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { createMeters, labelValues, type Meters, nodeLabels } from './meters.ts'
import { startMetricsServer } from './metrics-server.ts'
import { readMetrics } from './read-metrics.ts'

const start = '2026-11-21T10:00:00.000Z'
const push = (ground: TestGround) => attemptDueDeliveries(ground, { workerId: 'test', limit: 32, jitter: () => 0.5 })

/** The samples of a scrape: `name{labels}` to its value. */
function samples(text: string): Record<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}

/** A line on which what is committed is noted, as in the real portal. */
function watchedLine(work: (ground: TestGround, on: build.Line, meters: Meters) => Promise<void>) {
  const meters = createMeters({ node: false })
  return build.withLine(start, (ground, on) => work(ground, on, meters), {}, { recorded: meters.note })
}

const read = (ground: TestGround, meters: Meters) =>
  readMetrics({ ground, queue: ground.queue, meters }).then((text) => samples(text))

test('what was taken, tried and received is counted, and how long it took', () =>
  watchedLine(async (ground, on, meters) => {
    await build.endpoint(ground, on.provider)
    ground.outbound.answer(build.endpointUrl, 500)
    await build.issuedNotice(ground, on)
    await push(ground)
    ground.outbound.answer(build.endpointUrl, 202)
    ground.clock.advance(8_000)
    await push(ground)
    const found = await read(ground, meters)
    expect(found).toMatchObject({
      'noticeline_notices_taken_total{regime="ntd_code"}': 1,
      'noticeline_delivery_attempts_total{result="failed"}': 1,
      'noticeline_delivery_attempts_total{result="received"}': 1,
      'noticeline_deliveries_received_total{how="push"}': 1,
      noticeline_commit_to_202_seconds_count: 1,
      'noticeline_commit_to_202_seconds_bucket{le="5"}': 0,
      'noticeline_commit_to_202_seconds_bucket{le="10"}': 1,
      noticeline_commit_to_202_seconds_sum: 8,
      noticeline_database_up: 1,
      noticeline_keys_up: 1,
      noticeline_dead_letters: 0,
    })
    // Measured once, however often it is asked.
    expect((await read(ground, meters))['noticeline_commit_to_202_seconds_count']).toBe(1)
  }))

test('the age of the queue and the deadlines at risk are those of this moment', () =>
  watchedLine(async (ground, on, meters) => {
    await build.endpoint(ground, on.provider)
    await build.submittedNotice(ground, on, { deadline: { within: 'PT1H' } })
    ground.clock.advance(30_000)
    expect((await read(ground, meters))['noticeline_oldest_owed_reaction_seconds']).toBe(30)
    await ground.runReactions()
    const at = async (ms: number) => {
      ground.clock.advance(ms)
      const found = await read(ground, meters)
      return [
        found['noticeline_oldest_due_delivery_seconds{receiver="working"}'],
        found['noticeline_deliveries_waiting{state="queued"}'],
        found['noticeline_deliveries_at_risk'],
        found['noticeline_deliveries_overdue'],
      ]
    }
    expect(await at(45 * 60_000)).toEqual([2700, 1, 0, 0])
    expect(await at(1000)).toEqual([2701, 1, 1, 0])
    expect(await at(15 * 60_000 - 2000)).toEqual([3599, 1, 1, 0])
    expect(await at(1000)).toEqual([3600, 1, 0, 1])
    ground.outbound.answer(build.endpointUrl, 202)
    await push(ground)
    expect(await at(0)).toEqual([0, 0, 0, 0])
  }))

test('a database that is not there is said to be so, and nothing old passes for the present', () =>
  watchedLine(async (ground, on, meters) => {
    await build.endpoint(ground, on.provider)
    await build.issuedNotice(ground, on)
    await read(ground, meters)
    const gone = () => Promise.reject(new Error('gone'))
    const nobody = new Proxy(ground.db.read, {
      get: () => () => {
        throw new Error('gone')
      },
    })
    const broken = { ...ground, db: { ...ground.db, read: nobody }, keys: { ...ground.keys, current: gone } }
    const text = await readMetrics({
      ground: broken as never,
      queue: { lagMs: gone, countDeadLetters: gone },
      meters,
    })
    const found = samples(text)
    expect(found).toMatchObject({ noticeline_database_up: 0, noticeline_keys_up: 0 })
    expect(Object.keys(found).filter((name) => /oldest|waiting|risk|overdue|dead_letters/.test(name))).toEqual([])
  }))

test('no label holds an address, a host or a name: only what is on the list', () =>
  watchedLine(async (ground, on, meters) => {
    const word = 'quokkaxylophone'
    await build.endpoint(ground, on.provider, { url: `https://${word}.example/${word}` })
    await ground.db.read.updateTable('organisations').set({ name: word }).execute()
    await build.issuedNotice(ground, on, { items: [{ url: `https://${word}.tern.example/${word}` }] })
    await push(ground)
    meters.note([
      {
        id: 'x',
        chain: 'x',
        seq: 1,
        kind: 'notice.issued',
        at: new Date(start),
        payload: { regime: `https://${word}` },
      },
      { id: 'x', chain: 'x', seq: 1, kind: 'delivery.attempted', at: new Date(start), payload: { result: word } },
      { id: 'x', chain: 'x', seq: 1, kind: 'mail.sent', at: new Date(start), payload: { to: word } },
    ])
    const whole = createMeters({ node: true })
    for (const one of [meters, whole]) {
      const text = await readMetrics({ ground, queue: ground.queue, meters: one })
      expect(text).not.toContain(word)
      for (const [, inside = ''] of text.matchAll(/^[^#\n{]+\{([^}]*)\}/gm)) {
        for (const [, label = '', value = ''] of inside.matchAll(/(\w+)="([^"]*)"/g)) {
          if (label === 'le' || nodeLabels.includes(label)) continue
          expect(Object.keys(labelValues)).toContain(label)
          expect([...labelValues[label as keyof typeof labelValues], 'other']).toContain(value)
        }
      }
    }
    expect(await read(ground, meters)).toMatchObject({ 'noticeline_notices_taken_total{regime="other"}': 1 })
  }))

test('a poll that waits is counted while it waits', () => {
  const meters = createMeters({ node: false })
  meters.polling(1)
  meters.polling(1)
  meters.polling(-1)
  return meters.registry.getSingleMetricAsString('noticeline_poll_connections').then((text) => {
    expect(text).toMatch(/noticeline_poll_connections 1$/m)
  })
})

test('the port answers /metrics and nothing else, and asks once for everybody who asks at the same time', async () => {
  let asked = 0
  let answer = (_text: string) => {}
  const answered = new Promise<string>((resolve) => {
    answer = resolve
  })
  const server = await startMetricsServer({
    host: '127.0.0.1',
    port: 0,
    read: () => {
      asked += 1
      return answered
    },
    log: { error: () => {} },
  })
  const at = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init)
  try {
    const both = Promise.all([at('/metrics'), at('/metrics')])
    await expect.poll(() => asked).toBe(1)
    setTimeout(() => answer('a 1\n'), 50)
    const [first, second] = await both
    expect([first.status, await first.text(), await second.text(), asked]).toEqual([200, 'a 1\n', 'a 1\n', 1])
    expect(first.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect((await at('/')).status).toBe(404)
    expect((await at('/v1/notices')).status).toBe(404)
    expect((await at('/metrics', { method: 'POST', body: 'x' })).status).toBe(405)
  } finally {
    await server.stop()
  }
})

test('every alert names metrics that are there, and says in words what is wrong and what to do', async () => {
  const lines = readFileSync(join(import.meta.dirname, 'alerts.yml'), 'utf8').split('\n')
  const alerts = lines
    .join('\n')
    .split(/^ {6}- alert: /m)
    .slice(1)
  expect(alerts.length).toBeGreaterThan(10)
  const text = await createMeters({ node: true }).registry.metrics()
  const known = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name)
  const names = new Set<string>()
  for (const alert of alerts) {
    const name = /^\w+/.exec(alert)?.[0] ?? ''
    expect(names, 'each once').not.toContain(name)
    names.add(name)
    const expr = /^ {8}expr: (.+)$/m.exec(alert)?.[1] ?? ''
    const used = [...expr.matchAll(/\b(?:noticeline|nodejs|process)_\w+/g)].map(([metric]) =>
      metric.replace(/_bucket$/, ''),
    )
    expect(used.length, name).toBeGreaterThan(0)
    for (const metric of used) expect(known, name).toContain(metric)
    for (const [, label = '', value = ''] of expr.matchAll(/(\w+)=~?"([^"]*)"/g)) {
      const values: readonly string[] = labelValues[label as keyof typeof labelValues]
      for (const one of value.split('|')) expect(values, name).toContain(one)
    }
    expect(alert).toMatch(/^ {8}labels: \{ severity: (page|ticket) \}$/m)
    // A colon and a space inside would end the text there for whoever reads it as YAML.
    expect(alert).toMatch(/^ {10}summary: [A-Z][^:\n]{20,}\.$/m)
    expect(alert).toMatch(/^ {10}action: [A-Z][^:\n]{40,}\.$/m)
  }
})
