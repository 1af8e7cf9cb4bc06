import { expect, test } from 'vitest'
import { nextTryAt, retryAfterMs } from './retry-timetable.ts'

const failedAt = new Date('2026-11-21T10:00:00.000Z')
const inADay = new Date('2026-11-22T10:00:00.000Z')
const waitAfter = (failures: number, more: object = {}) =>
  nextTryAt({ failures, failedAt, jitter: 0.5, deadlineAt: inADay, ...more }).getTime() - failedAt.getTime()

test('the waits are those of the protocol, then twelve hours for ever', () => {
  const minutes = [5 / 60, 0.5, 2, 5, 15, 30, 60, 120, 240, 360, 480, 720, 720]
  expect(minutes.map((_, index) => waitAfter(index + 1) / 60_000)).toEqual(minutes)
  expect(waitAfter(400)).toBe(12 * 3_600_000)
})

test('jitter spreads a wait over a fifth to either side', () => {
  expect(waitAfter(3, { jitter: 0 })).toBe(96_000)
  expect(waitAfter(3, { jitter: 1 })).toBe(144_000)
})

test('a request to wait is a floor', () => {
  expect(waitAfter(1, { retryAfterMs: 60_000 })).toBe(60_000)
  expect(waitAfter(7, { retryAfterMs: 60_000 })).toBe(3_600_000)
})

test('a request to wait is heard for a tenth of the time left, and past the deadline not at all', () => {
  expect(waitAfter(1, { retryAfterMs: 86_400_000 })).toBe(8_640_000)
  expect(waitAfter(1, { retryAfterMs: 86_400_000, deadlineAt: failedAt })).toBe(5_000)
  expect(waitAfter(1, { retryAfterMs: 86_400_000, deadlineAt: new Date(failedAt.getTime() - 1) })).toBe(5_000)
})

test('what repetition does not change is repeated slowly from the start', () => {
  expect(waitAfter(1, { slow: true })).toBe(3_600_000)
  expect(waitAfter(9, { slow: true })).toBe(4 * 3_600_000)
})

test('Retry-After is read as seconds or as an HTTP date, and nothing else', () => {
  expect(retryAfterMs('120', failedAt)).toBe(120_000)
  expect(retryAfterMs('Sat, 21 Nov 2026 10:05:00 GMT', failedAt)).toBe(300_000)
  expect(retryAfterMs('Sat, 21 Nov 2026 09:00:00 GMT', failedAt)).toBe(0)
  for (const text of ['-1', '1.5', 'soon', '', '12 s', undefined]) expect(retryAfterMs(text, failedAt)).toBeNull()
})
