import { Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { LogFields } from './ground.ts'
import { createLog } from './log.server.ts'

function caught(level: 'info' | 'warn' | 'silent' = 'info') {
  const lines: string[] = []
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const log = createLog({ level, destination })
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? 'null') as Record<string, unknown> }
}

const full: Required<Omit<LogFields, 'error'>> = {
  noticeId: 'ntc_01jd7z8q4w5x6y7z8a9b0c1d2e',
  itemId: 'itm_01jd7z8q4w5x6y7z8a9b0c1d2e',
  orgId: 'org_01jd7z8q4w5x6y7z8a9b0c1d2e',
  deliveryId: 'dlv_01jd7z8q4w5x6y7z8a9b0c1d2e',
  endpointId: 'end_01jd7z8q4w5x6y7z8a9b0c1d2e',
  reportId: 'rpt_01jd7z8q4w5x6y7z8a9b0c1d2e',
  factId: 'fct_01jd7z8q4w5x6y7z8a9b0c1d2e',
  jobId: '0193502e-0000-7000-8000-000000000000',
  kid: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
  reaction: 'queueDelivery',
  kind: 'item.confirmed-offline',
  code: 'address_refused',
  method: 'POST',
  route: '/v1/notices/{id}/withdraw',
  status: 202,
  ms: 12.5,
  count: 3,
  attempt: 2,
  port: 4680,
  pid: 4711,
  version: '0.1.0',
}

/** One address in every shape it is likely to slip in by. */
const canaries = [
  'https://cust42.canary.example/g/7f3a.jpg',
  'http://203.0.113.80:8080/g',
  'hxxps://cust42[.]canary[.]example/g',
  'cust42.canary.example',
  'canary.example',
  'canary-site.com',
  'canary.nl',
  '/g/canary-7f3a.jpg',
  '203.0.113.80',
  '2001:db8::50',
  '[2001:db8::50]',
  'xn--canary-cua.example',
  'aHR0cHM6Ly9jdXN0NDIuY2FuYXJ5LmV4YW1wbGUvZw',
  'https%3A%2F%2Fcanary.example%2Fg',
  'canary@canary.example',
  'ntc_canary.example',
  'two words\nand https://canary.example',
]

describe('what is on the list', () => {
  test('is written, with the time, the level and the event', () => {
    const { log, last, lines } = caught()
    log.info('delivery.attempted', full)
    const { time, ...rest } = last()
    expect(rest).toEqual({ level: 'info', event: 'delivery.attempted', ...full })
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    expect(lines[0]?.endsWith('\n')).toBe(true)
    expect(log.dropped()).toBe(0)
  })

  test('what is absent is no mistake', () => {
    const { log, last } = caught()
    log.warn('queue slow')
    expect(last()).toMatchObject({ level: 'warn', event: 'queue slow' })
    log.info('queue slow', { count: undefined } as unknown as LogFields)
    expect(log.dropped()).toBe(0)
  })

  test.each([
    '/',
    '/v1/notices',
    '/v1/notices/:id',
    '/provider/items/$itemId',
    '/.well-known/jwks.json',
    '/sign-in/$token',
    '*',
  ])('the route %s', (route) => {
    const { log, last } = caught()
    log.info('api failed', { route: route === '*' ? '/*' : route })
    expect(last()).toHaveProperty('route')
  })
})

describe('what is not on the list', () => {
  test('an address in any field is in no line', () => {
    const { log, lines } = caught()
    let fed = 0
    for (const canary of canaries) {
      log.info(canary)
      for (const name of Object.keys(full)) {
        log.info('delivery.attempted', { [name]: canary })
        fed += 1
      }
      log.error('delivery.failed', { error: new Error(canary) })
      log.error('delivery.failed', { error: canary })
      log.error('delivery.failed', {
        error: Object.assign(new Error('x'), { code: canary, name: canary, hostname: canary }),
      })
      log.error('delivery.failed', { error: new Error('x', { cause: new Error(canary) }) })
      log.error('delivery.failed', { error: { canary } })
    }
    expect(fed).toBeGreaterThan(300)
    const written = lines.join('')
    for (const canary of canaries) expect(written).not.toContain(canary)
    expect(written).not.toMatch(/canary|203\.0|2001:db8|aHR0c/i)
  })

  test('unknown fields are left out and counted, also where they are inherited names', () => {
    const { log, last } = caught()
    log.info('delivery.attempted', {
      url: 'https://canary.example',
      count: 1,
      constructor: 'x',
      toString: 'y',
    } as unknown as LogFields)
    expect(last()).toMatchObject({ count: 1, dropped: 3 })
    expect(last()).not.toHaveProperty('url')
    expect(log.dropped()).toBe(3)
  })

  test.each<LogFields>([
    { status: 3_405_803_856 },
    { port: 2_130_706_433 },
    { count: 3_405_803_856 },
    { count: Number.NaN },
    { ms: -1 },
    { noticeId: 'ntc_1' },
    { kid: 'short' },
    { route: '/v1/notices/ntc_01jd7z8q4w5x6y7z8a9b0c1d2e' },
    { route: '/v1/notices?url=x' },
    { route: 'v1' },
    { version: '203.0.113.80' },
    { method: 'GET /g' },
  ])('%j does not look like what its name says', (fields) => {
    const { log, last } = caught()
    log.info('delivery.attempted', fields)
    expect(last()).toMatchObject({ dropped: 1 })
    expect(Object.keys(last()).sort()).toEqual(['dropped', 'event', 'level', 'time'])
  })
})

describe('errors', () => {
  test('are written as class, code and place in our files, without their message', () => {
    class OddError extends Error {
      readonly code = '40001'
    }
    const { log, last } = caught()
    log.error('delivery.failed', { error: new OddError('a message with https://canary.example/x') })
    expect(last()['error']).toMatchObject({ class: 'OddError', code: '40001' })
    expect(String((last()['error'] as { at: string[] }).at[0])).toMatch(/^log\.server\.test\.ts:\d+$/)
  })

  test('of Node and with a cause keep both codes', () => {
    const { log, last } = caught()
    const cause = Object.assign(new Error('connect to canary.example'), { code: 'ECONNREFUSED' })
    log.error('delivery.failed', { error: Object.assign(new TypeError('failed', { cause }), { code: 'not_sent' }) })
    expect(last()['error']).toMatchObject({
      class: 'TypeError',
      code: 'not_sent',
      cause: { class: 'Error', code: 'ECONNREFUSED' },
    })
  })

  test('whose message looks like a stack tell no places out of it', () => {
    const { log, lines } = caught()
    const message = 'first\n    at x (/canary.example.js:1:2)'
    log.error('delivery.failed', { error: new Error(message) })
    const changed = new Error(message)
    changed.message = 'another'
    log.error('delivery.failed', { error: changed })
    expect(lines.join('')).not.toContain('canary')
  })

  test('that are no errors are named by type', () => {
    const { log, last } = caught()
    for (const [thrown, kind] of [
      ['canary', 'string'],
      [undefined, undefined],
      [null, 'object'],
      [42, 'number'],
    ] as const) {
      log.error('delivery.failed', { error: thrown })
      expect((last()['error'] as { class?: string } | undefined)?.class).toBe(kind)
    }
  })
})

test('the level holds', () => {
  const quiet = caught('warn')
  quiet.log.info('worker started')
  expect(quiet.lines).toHaveLength(0)
  quiet.log.error('worker failed')
  expect(quiet.lines).toHaveLength(1)
  const silent = caught('silent')
  silent.log.error('worker failed')
  expect(silent.lines).toHaveLength(0)
})
