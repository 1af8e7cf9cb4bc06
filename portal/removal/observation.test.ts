import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  inOrder,
  type Look,
  observationMethods,
  observationResults,
  observe,
  type Sightings,
  saysAt,
} from './observation.ts'

const start = Date.parse('2026-11-21T10:00:00.000Z')
const minute = 60_000
const at = (minutes: number) => new Date(start + minutes * minute)

let last = 0
const look = (minutes: number, result: Look['result'], method: Look['method'] = 'http_head'): Look => ({
  id: `obs_${++last}`,
  method,
  result,
  at: at(minutes),
  orgId: method === 'analyst' ? 'org_hotline' : null,
})
const gone = (...minutes: number[]) => minutes.map((when) => look(when, 'gone_http'))
const seen = (looks: Look[], more: Partial<Sightings> = {}) =>
  observe({ scope: 'file', intervalMs: 60 * minute, looks, claim: null, attestedAt: null, ...more })
const claimed = (minutes: number, territorial = false) => ({
  claim: { at: at(minutes), saidAt: at(minutes), territorial },
  attestedAt: at(minutes),
})

test('three offline looks over the interval and the provider saying so confirm', () => {
  const axis = seen(gone(10, 40, 70), claimed(5))
  expect(axis).toMatchObject({
    state: 'confirmed_offline',
    grade: 'machine',
    confirmedAt: at(70),
    firstOfflineAt: at(10),
  })
})

test('a minute short of the interval does not confirm', () => {
  expect(seen(gone(10, 40, 69), claimed(5)).state).toBe('unverified')
})

test('two looks do not confirm, however far apart', () => {
  expect(seen(gone(10, 600), claimed(5)).state).toBe('unverified')
})

test('our looks alone do not confirm a file: one method is not two', () => {
  expect(seen(gone(10, 40, 70, 100)).state).toBe('unverified')
})

test('a report that comes after the looks confirms from its own instant', () => {
  expect(seen(gone(10, 40, 70), claimed(90))).toMatchObject({ state: 'confirmed_offline', confirmedAt: at(90) })
})

test.each(['online', 'access_denied', 'moved', 'inconclusive'] as const)('%s in between breaks the run', (result) => {
  expect(seen([...gone(10, 40), look(50, result), ...gone(70)], claimed(60)).state).toBe('unverified')
})

test('one analyst observation suffices, and its grade says so', () => {
  expect(seen([look(10, 'gone_http', 'analyst')])).toMatchObject({ state: 'confirmed_offline', grade: 'analyst' })
})

test('a dead name or host says nothing about a file or a page, and something about a site', () => {
  const dead = [look(10, 'gone_dns', 'dns'), look(40, 'gone_dns', 'dns'), look(70, 'gone_dns', 'dns')]
  expect(seen(dead, claimed(5)).state).toBe('unverified')
  expect(seen(dead, { scope: 'page', ...claimed(5) }).state).toBe('unverified')
  expect(seen(dead, { scope: 'site', ...claimed(5) }).state).toBe('confirmed_offline')
  expect(seen(dead, { scope: 'site' }).state).toBe('unverified')
})

test('for a site two of our methods are two methods', () => {
  const dead = [look(10, 'gone_host', 'tcp_tls'), look(40, 'gone_host', 'tcp_tls'), look(70, 'gone_dns', 'dns')]
  expect(seen(dead, { scope: 'site' })).toMatchObject({ state: 'confirmed_offline', grade: 'machine' })
})

test('a port that answers contradicts nobody: the address serves others as well', () => {
  for (const method of ['dns', 'tcp_tls'] as const) expect(saysAt('site', { method, result: 'online' })).toBe('nothing')
})

test('one online after the claimed instant contradicts; at or before it, it does not', () => {
  expect(seen([look(11, 'online')], claimed(10)).contradictedBy?.at).toEqual(at(11))
  expect(seen([look(10, 'online')], claimed(10)).contradictedBy).toBeNull()
})

test('a claim for some countries cannot be contradicted from elsewhere', () => {
  expect(seen([look(11, 'online')], claimed(10, true)).contradictedBy).toBeNull()
})

test('a contradiction ends with a confirmation, or with a newer claim', () => {
  const wasOnline = look(20, 'online')
  expect(seen([wasOnline, ...gone(30, 60, 90)], claimed(10))).toMatchObject({
    state: 'confirmed_offline',
    contradictedBy: null,
  })
  expect(seen([wasOnline], claimed(25)).contradictedBy).toBeNull()
})

test('online after a confirmation has reappeared and does not contradict; later offline runs confirm again', () => {
  const back = [...gone(10, 40, 70), look(100, 'online'), look(110, 'online')]
  expect(seen(back, claimed(5))).toMatchObject({ state: 'reappeared', contradictedBy: null, lastOnlineAt: at(110) })
  expect(seen([...back, ...gone(120, 150, 180)], claimed(5))).toMatchObject({
    state: 'confirmed_offline',
    firstOfflineAt: at(120),
  })
})

test('a new claim after it came back can be contradicted', () => {
  const looks = [...gone(10, 40, 70), look(100, 'online'), look(130, 'online')]
  expect(seen(looks, claimed(120))).toMatchObject({ state: 'unverified', contradictedBy: { at: at(130) } })
  expect(seen(looks, { ...claimed(120), attestedAt: at(5) })).toMatchObject({
    state: 'reappeared',
    contradictedBy: { at: at(130) },
  })
})

const anyLook = fc.record({
  id: fc.uuid(),
  method: fc.constantFrom(...observationMethods),
  result: fc.constantFrom(...observationResults),
  orgId: fc.constant(null),
})

test('whatever is seen, confirmed means three offline looks since the last online one, or an analyst', () => {
  fc.assert(
    fc.property(fc.array(anyLook, { maxLength: 30 }), fc.boolean(), (looks, attested) => {
      const dated = looks.map((one, index) => ({ ...one, at: at(index * 20) }))
      const axis = seen(dated, attested ? claimed(0) : {})
      if (axis.state !== 'confirmed_offline') return
      const offlineSince = dated.filter(
        (one) => saysAt('file', one) === 'offline' && (!axis.lastOnlineAt || one.at > axis.lastOnlineAt),
      )
      expect(axis.grade === 'analyst' || (attested && offlineSince.length >= 3)).toBe(true)
      expect(axis.contradictedBy).toBeNull()
    }),
    { numRuns: 1000 },
  )
})

describe("a provider's clock that is 90 s off", () => {
  const saidBy = (claimed: number, said: number) => ({
    claim: { at: at(claimed), saidAt: at(said), territorial: false },
    attestedAt: at(said),
  })

  test('behind: what was online after the claimed instant and before the report contradicts nothing', () => {
    expect(seen([look(10, 'online'), ...gone(20, 50, 80)], saidBy(9.5, 11))).toMatchObject({
      state: 'confirmed_offline',
      contradictedBy: null,
    })
    expect(seen([look(10, 'online')], saidBy(9.5, 11)).contradictedBy).toBeNull()
    expect(seen([look(11.1, 'online')], saidBy(9.5, 11)).contradictedBy).not.toBeNull()
  })

  test('ahead: what is online before the claimed instant contradicts nothing', () => {
    expect(seen([look(11, 'online')], saidBy(12.5, 11)).contradictedBy).toBeNull()
    expect(seen([look(12.6, 'online')], saidBy(12.5, 11)).contradictedBy).not.toBeNull()
  })

  test('is no excuse for a claim that was made about long before: ten minutes and no more', () => {
    expect(seen([look(20, 'online')], saidBy(10, 60)).contradictedBy).toBeNull()
    expect(seen([look(20.1, 'online')], saidBy(10, 60)).contradictedBy).not.toBeNull()
  })
})

describe('a clock that was a year ahead and is set back', () => {
  const year = 365 * 24 * 60
  const recorded = (one: Look, minute?: number) => ({ ...one, recordedAt: minute === undefined ? one.at : at(minute) })

  test('what was seen then says nothing: nobody knows when it was', () => {
    const written = [look(1, 'online'), look(year, 'online'), ...gone(10, 40, 70)].map((one) => recorded(one))
    const ordered = inOrder(written, at(70))
    expect(ordered.map(({ result }) => result)).toEqual(['online', 'gone_http', 'gone_http', 'gone_http'])
    expect(seen(ordered, claimed(5))).toMatchObject({ state: 'confirmed_offline', contradictedBy: null })
  })

  test('nor does what was seen just before it was set back, and written just after', () => {
    const written = [recorded(look(year, 'online'), 9), ...gone(10, 40, 70).map((one) => recorded(one))]
    expect(inOrder(written, at(70)).map(({ result }) => result)).toEqual(['gone_http', 'gone_http', 'gone_http'])
  })

  test('what a notifier then said by a clock that was right keeps its instant', () => {
    const written = [recorded(look(8, 'gone_http'), year), recorded(look(10, 'online'))]
    expect(inOrder(written, at(70)).map((one) => [one.at, one.recordedAt])).toEqual([
      [at(8), at(10)],
      [at(10), at(10)],
    ])
  })
})

test("a notifier's look that arrives late keeps its place by its instant", () => {
  const written = [look(20, 'online'), { ...look(5, 'gone_http'), recordedAt: at(30) }].map((one) => ({
    recordedAt: one.at,
    ...one,
  }))
  expect(inOrder(written, at(30)).map(({ at: when }) => when)).toEqual([at(5), at(20)])
})
