import { expect, test } from 'vitest'
import { allowedRateOf, unlimitedRate } from '../providers/allowed-rate.ts'
import { pacedUntil, paceRoom, restMs, restsAfter } from './pace.ts'

test('an endpoint that keeps failing is left alone for longer every time, and never for more than five minutes', () => {
  expect([0, 1, 2, 3, 4, 50].map((rests) => restMs(rests, 0.5) / 1000)).toEqual([30, 60, 120, 300, 300, 300])
  expect(restMs(3, 1)).toBe(360_000)
  expect(restMs(0, 0)).toBe(24_000)
  expect(restsAfter).toBe(5)
})

test.each([
  ['120', 120],
  [' 60 ', 60],
  ['*', unlimitedRate],
  ['999999999', unlimitedRate],
  ['0', null],
  ['-1', null],
  ['1.5', null],
  ['1e3', null],
  ['many', null],
  ['', null],
  [undefined, null],
])('WebHook-Allowed-Rate: %s is %s a minute', (header, rate) => {
  expect(allowedRateOf(header === undefined ? {} : { 'webhook-allowed-rate': header })).toBe(rate)
})

test('a pace of so many a minute is kept over any number of looks', () => {
  const start = new Date('2026-11-21T10:00:00.000Z')
  for (const rate of [1, 30, 60, 600, 6_000]) {
    let sent = 0
    let until: Date | null = null
    for (let ms = 0; ms < 600_000; ms += 500) {
      const now = new Date(start.getTime() + ms)
      const room = paceRoom(rate, until, now)
      if (room === 0) continue
      sent += room
      until = pacedUntil(rate, room, now)
    }
    // What may go at once at the very beginning is a second's worth.
    expect(sent).toBeLessThanOrEqual(rate * 10 + rate / 60 + 1)
    expect(sent).toBeGreaterThanOrEqual(rate * 6)
  }
})
