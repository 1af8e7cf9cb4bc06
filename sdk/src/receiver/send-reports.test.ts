import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileStore } from '../inbox/file.ts'
import type { NoticeIssued } from '../protocol.ts'
import { removed, type Scene, withReceiver } from '../testing/with-receiver.ts'
import { jittered, reportDelays, retryAfter } from './backoff.ts'
import { createReceiver } from './create-receiver.ts'

const item = { id: 'itm_1', url: 'https://cust42.tern.example/g/7f3a.jpg' }
const hour = 3_600_000

test('a report is signed once: every try carries the same bytes, until the portal has it', () =>
  withReceiver({}, async ({ portal, receiver, clock }) => {
    portal.misbehave({ reports: 'hang-up' })
    await portal.issue({ items: [item] })
    for (let round = 0; round < 4; round += 1) {
      await receiver.drain()
      clock.forward(24 * hour)
    }
    expect(portal.reportBodies).toHaveLength(4)
    expect(new Set(portal.reportBodies).size).toBe(1)
    portal.misbehave({ reports: 'taken' })
    await receiver.drain()
    expect(portal.reports.map(({ type }) => type)).toEqual(['notice.received', 'items.reported'])
    expect((await receiver.health()).reports).toEqual({ waiting: 0, sent: 2, dead: 0 })
  }))

test('reports about one notice keep their order; other notices do not wait for them', () =>
  withReceiver({}, async ({ portal, receiver, clock }) => {
    portal.misbehave({ reports: 503 })
    const { notice } = await portal.issue({ items: [item] })
    await receiver.drain()
    await portal.withdraw(notice)
    await receiver.drain()
    portal.misbehave({ reports: 'taken' })
    await portal.issue({ items: [{ ...item, id: 'itm_2' }] })
    await receiver.drain()
    expect(portal.reports.map(({ message }) => message.notice)).not.toContain(notice.notice)
    clock.forward(hour)
    await receiver.drain()
    const about = portal.reports.filter(({ message }) => message.notice === notice.notice)
    const said = about.flatMap((report) => (report.type === 'items.reported' ? report.message.results : []))
    expect(about.map(({ type }) => type).sort()).toHaveLength(4)
    expect(said.map(({ outcome }) => outcome)).toEqual(['content_removed', 'reinstated'])
  }))

test('Retry-After is a floor', () =>
  withReceiver({}, async ({ portal, receiver, clock }) => {
    portal.misbehave({ reports: 429 })
    await portal.issue({ items: [item] })
    await receiver.drain()
    portal.misbehave({ reports: 'taken' })
    clock.forward(30_000)
    await receiver.drain()
    expect(portal.reports).toHaveLength(0)
    clock.forward(31_000)
    await receiver.drain()
    expect(portal.reports).toHaveLength(2)
  }))

test('what the portal refuses is kept with its err, told, and sent again when asked', () =>
  withReceiver({}, async ({ portal, receiver, alarms }) => {
    portal.misbehave({ reports: 400 })
    const { notice } = await portal.issue({ items: [item] })
    await receiver.drain()
    const letters = await receiver.deadLetters()
    expect(letters.map(({ kind, type, reason }) => [kind, type, reason])).toEqual([
      ['report', 'receipt', 'access_denied: Refused for a test.'],
      ['report', 'outcomes', 'access_denied: Refused for a test.'],
    ])
    const told = { code: 'report_dead', txn: notice.notice, err: 'access_denied' }
    expect(alarms).toEqual(letters.map(({ id }) => ({ ...told, id })))
    portal.misbehave({ reports: 'taken' })
    for (const { id } of letters) expect(await receiver.retry(id)).toBe(true)
    await receiver.drain()
    expect(portal.reports).toHaveLength(2)
    expect(new Set(portal.reportBodies).size).toBe(2)
  }))

test('reports outlive a restart, and so do what the receiver knows of the portal and its keys', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'inbox-'))
  try {
    await withReceiver({ inbox: fileStore(folder) }, async ({ portal, receiver, keys, clock }) => {
      portal.misbehave({ reports: 503 })
      await portal.issue({ items: [item] })
      await receiver.drain()
      await receiver.stop()
      const [before] = portal.reportBodies
      portal.misbehave({ reports: 'taken', jwks: 'down' })
      clock.forward(hour)
      const again = await createReceiver({
        issuer: portal.issuer,
        audience: portal.endpoints[0]?.audience ?? '',
        keys,
        inbox: fileStore(folder),
        clock,
        on: { 'notice.issued': ({ items }) => items.map(({ id }) => removed(id)), 'notice.withdrawn': () => undefined },
      })
      await again.drain()
      expect(portal.reports.map(({ type }) => type)).toEqual(['notice.received', 'items.reported'])
      expect(portal.reports[0]?.raw).toBe(before)
      portal.attach({ ...endpointOf(portal), to: again.handle })
      expect((await portal.issue({ items: [item] })).answers).toEqual([{ code: 202, body: '' }])
      await again.stop()
    })
  } finally {
    await rm(folder, { recursive: true })
  }

  function endpointOf(portal: { endpoints: readonly { audience: string }[] }) {
    const [endpoint] = portal.endpoints
    if (endpoint === undefined) throw new TypeError('no endpoint')
    return endpoint as Parameters<import('../testing/test-portal.ts').TestPortal['attach']>[0]
  }
})

test('the tries lie 5 s to 12 h apart, a fifth more or less', () => {
  expect([reportDelays[0], reportDelays.at(-1)]).toEqual([5000, 12 * hour])
  expect([...reportDelays].sort((one, other) => one - other)).toEqual(reportDelays)
  expect([jittered(1000, 0), jittered(1000, 0.5), jittered(1000, 1)]).toEqual([800, 1000, 1200])
})

test('Retry-After is read as seconds or as a date, never as more than 12 h', () => {
  const now = new Date('2026-11-21T09:00:00.000Z')
  expect(retryAfter('120', now)).toBe(120_000)
  expect(retryAfter('Sat, 21 Nov 2026 09:01:00 GMT', now)).toBe(60_000)
  expect(retryAfter('999999999', now)).toBe(12 * hour)
  for (const nothing of [null, '', 'soon', '-5', 'Sat, 21 Nov 2020 09:01:00 GMT'])
    expect(retryAfter(nothing, now)).toBe(0)
})

test('what was signed by a clock that was a year ahead is signed anew when it is set back', () =>
  withReceiver({}, async (scene) => {
    const { portal, receiver, clock } = scene
    const year = 365 * 24 * hour
    portal.misbehave({ reports: 'hang-up' })
    clock.forward(year)
    await portal.issue({ items: [item] })
    await receiver.drain()
    portal.misbehave({ reports: 'taken' })
    clock.forward(-year)
    await receiver.drain()
    await hours(2, scene)
    expect(portal.reports.map(({ type }) => type)).toEqual(['notice.received', 'items.reported'])
    expect((await receiver.health()).reports).toEqual({ waiting: 0, sent: 2, dead: 0 })
  }))

test('what was signed sixty days ago, on a machine that was off since, is signed anew', () =>
  withReceiver({}, async (scene) => {
    const { portal, receiver, clock } = scene
    portal.misbehave({ reports: 'hang-up' })
    await portal.issue({ items: [item] })
    await receiver.drain()
    portal.misbehave({ reports: 'taken' })
    clock.forward(60 * 24 * hour)
    await receiver.drain()
    await hours(2, scene)
    expect(portal.reports.map(({ type }) => type)).toEqual(['notice.received', 'items.reported'])
    expect((await receiver.health()).reports).toEqual({ waiting: 0, sent: 2, dead: 0 })
  }))

test('what is refused by a portal that goes by a wrong time is sent again when the two agree', () =>
  withReceiver({}, async (scene) => {
    const { portal, receiver } = scene
    portal.misbehave({ reports: 'hang-up' })
    await portal.issue({ items: [item] })
    await receiver.drain()
    for (const clockSkew of [365 * 24 * 3600, -365 * 24 * 3600]) {
      portal.misbehave({ reports: 'taken', clockSkew })
      await hours(2, scene)
      expect((await receiver.health()).reports).toEqual({ waiting: 2, sent: 0, dead: 0 })
    }
    portal.misbehave({ clockSkew: 0 })
    await hours(4, scene)
    expect((await receiver.health()).reports).toEqual({ waiting: 0, sent: 2, dead: 0 })
  }))

test('what was done by a clock that was set back before it was reported is reported as done now', () =>
  withReceiver({ on: outcomesAt('2027-11-21T09:00:00.000Z') }, async ({ portal, receiver, clock, alarms }) => {
    const { notice } = await portal.issue({ items: [item] })
    await receiver.drain()
    clock.forward(10_000)
    await receiver.drain()
    const reported = portal.reports.flatMap((report) => (report.type === 'items.reported' ? report.message : []))
    expect(reported.map(({ results }) => results.map(({ at }) => at))).toEqual([['2026-11-21T09:00:00.000Z']])
    expect(reported.map((report) => report.notice)).toEqual([notice.notice])
    expect(alarms).toEqual([])
  }))

test('a clock that is set again and again costs a report no patience: it is tried soon after the last time', () =>
  withReceiver({ misbehave: { reports: 'hang-up' } }, async ({ portal, receiver, clock }) => {
    await portal.issue({ items: [item] })
    await receiver.drain()
    portal.misbehave({ reports: 'taken' })
    for (let turn = 0; turn < 8; turn += 1) {
      clock.forward((turn % 2 === 0 ? 365 : -365) * 24 * hour)
      await receiver.drain()
    }
    for (let times = 0; times < 2; times += 1) {
      clock.forward(6000)
      await receiver.drain()
    }
    expect(portal.reports.map(({ type }) => type)).toEqual(['notice.received', 'items.reported'])
  }))

/** A handler that did everything at this instant. */
function outcomesAt(at: string) {
  return () => ({
    'notice.issued': (notice: NoticeIssued) => notice.items.map(({ id }) => ({ ...removed(id), at })),
  })
}

/** What is put off is tried again, and what waits behind it after that. */
async function hours(count: number, { receiver, clock }: Pick<Scene, 'receiver' | 'clock'>): Promise<void> {
  for (let one = 0; one < count; one += 1) {
    clock.forward(hour)
    await receiver.drain()
  }
}
