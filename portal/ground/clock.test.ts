import { expect, test } from 'vitest'
import { createFrozenClock, systemClock } from './clock.ts'

test('a frozen clock stands still until it is moved, and nobody moves it by changing what it said', () => {
  const clock = createFrozenClock('2026-03-29T01:30:00+01:00')
  clock.now().setFullYear(1999)
  expect(clock.now().toISOString()).toBe('2026-03-29T00:30:00.000Z')
  clock.advance(61 * 60_000)
  expect(clock.now().toISOString()).toBe('2026-03-29T01:31:00.000Z')
  clock.set('2026-03-29T03:31:00+02:00')
  expect(clock.now().toISOString()).toBe('2026-03-29T01:31:00.000Z')
})

test('what is no instant is refused', () => {
  expect(() => createFrozenClock('yesterday')).toThrow(RangeError)
})

test("the system's clock does not stand still", async () => {
  const before = systemClock.now()
  await expect.poll(() => systemClock.now().getTime()).toBeGreaterThan(before.getTime())
})
