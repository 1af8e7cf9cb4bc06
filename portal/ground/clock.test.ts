import { describe, expect, test, vi } from 'vitest'
import { createDatabaseClock, createFrozenClock, systemClock } from './clock.ts'

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

describe("the database's clock", () => {
  const there = new Date('2027-11-22T09:00:00.000Z')

  test("is what counts, however far this machine's own is off, and goes on by itself", async () => {
    const told: number[] = []
    const clock = createDatabaseClock({ ask: async () => there, apart: (ms) => told.push(ms) })
    await clock.measure()
    expect(clock.now().getTime() - there.getTime()).toBeLessThan(1000)
    const before = clock.now()
    await expect.poll(() => clock.now().getTime()).toBeGreaterThan(before.getTime())
    expect(told).toEqual([clock.apartMs()])
    clock.stop()
  })

  test('is told once to be far off, until it is right again', async () => {
    const told: number[] = []
    let offset = 90_000
    const clock = createDatabaseClock({
      ask: async () => new Date(systemClock.now().getTime() + offset),
      apart: (ms) => told.push(Math.round(ms / 1000)),
    })
    await clock.measure()
    await clock.measure()
    offset = 0
    await clock.measure()
    expect(Math.abs(clock.apartMs() ?? 1e9)).toBeLessThan(1000)
    offset = -90_000
    await clock.measure()
    expect(told).toEqual([-90, 90])
    clock.stop()
  })

  test('is followed when it is set back, and stands as it was where the database does not answer', async () => {
    let ask = async () => there
    const clock = createDatabaseClock({ ask: () => ask() })
    await clock.measure()
    ask = () => Promise.reject(new Error('gone'))
    await clock.measure()
    expect(clock.now().getUTCFullYear()).toBe(2027)
    ask = async () => new Date('2026-11-22T09:00:00.000Z')
    await clock.measure()
    expect(clock.now().getUTCFullYear()).toBe(2026)
    clock.stop()
  })

  test("is asked again at once when this machine's own was turned, and does not follow it", async () => {
    let asked = 0
    const clock = createDatabaseClock({
      ask: async () => {
        asked += 1
        return there
      },
    })
    await clock.measure()
    const own = vi.spyOn(Date, 'now').mockReturnValue(there.getTime() + 365 * 86_400_000)
    try {
      expect(clock.now().getUTCFullYear()).toBe(2027)
      await expect.poll(() => asked).toBe(2)
      expect(clock.now().getUTCFullYear()).toBe(2027)
    } finally {
      own.mockRestore()
      clock.stop()
    }
  })
})
