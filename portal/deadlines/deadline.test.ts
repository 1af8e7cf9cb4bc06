import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ClockInput, clockOf } from './deadline.ts'

const at = (text: string) => new Date(text)
const base: ClockInput = {
  within: 'PT24H',
  onObstacle: 'pause',
  receivedAt: at('2026-11-21T09:00:00Z'),
  obstacles: [],
  endedAt: null,
  now: at('2026-11-21T10:00:00Z'),
}

describe('a clock', () => {
  test('waits until something is received, however long it is offered', () => {
    expect(clockOf({ ...base, receivedAt: null, now: at('2026-12-21T10:00:00Z') })).toEqual({
      state: 'waiting',
      startedAt: null,
      dueAt: null,
      lateBy: null,
    })
  })

  test('starts at receipt, not at the offer', () => {
    expect(clockOf(base)).toEqual({
      state: 'running',
      startedAt: base.receivedAt,
      dueAt: at('2026-11-22T09:00:00Z'),
      lateBy: null,
    })
  })

  test('runs the minute before, and at the very instant it is due', () => {
    expect(clockOf({ ...base, now: at('2026-11-22T08:59:00Z') }).state).toBe('running')
    expect(clockOf({ ...base, now: at('2026-11-22T09:00:00Z') }).state).toBe('running')
  })

  test('is exceeded the minute after, and says by how much', () => {
    expect(clockOf({ ...base, now: at('2026-11-22T09:01:00Z') })).toMatchObject({ state: 'exceeded', lateBy: 'PT1M' })
  })

  test('an item that ended in time is met for ever', () => {
    const clock = clockOf({ ...base, endedAt: at('2026-11-22T09:00:00Z'), now: at('2027-11-22T09:00:00Z') })
    expect(clock).toMatchObject({ state: 'met', lateBy: null })
  })

  test('a late removal stays exceeded, by the time it was late', () => {
    const clock = clockOf({ ...base, endedAt: at('2026-11-23T10:30:00Z'), now: at('2027-11-22T09:00:00Z') })
    expect(clock).toMatchObject({ state: 'exceeded', lateBy: 'P1DT1H30M' })
  })

  test('an item that ended before it was received is met', () => {
    expect(clockOf({ ...base, receivedAt: null, endedAt: at('2026-11-21T08:30:00Z') }).state).toBe('met')
    expect(clockOf({ ...base, endedAt: at('2026-11-21T08:30:00Z') }).state).toBe('met')
  })

  test('does not know the change to summer time: an hour is sixty minutes', () => {
    const order = { ...base, within: 'PT1H', receivedAt: at('2026-03-29T01:30:00+01:00') }
    expect(clockOf({ ...order, now: at('2026-03-29T03:29:00+02:00') }).state).toBe('running')
    expect(clockOf({ ...order, now: at('2026-03-29T03:31:00+02:00') })).toMatchObject({
      state: 'exceeded',
      lateBy: 'PT1M',
    })
  })

  test('the hour that happens twice is two hours', () => {
    const order = { ...base, within: 'PT1H', receivedAt: at('2026-10-25T02:30:00+02:00') }
    expect(clockOf({ ...order, now: at('2026-10-25T02:29:00+01:00') }).state).toBe('running')
    expect(clockOf({ ...order, now: at('2026-10-25T02:31:00+01:00') }).state).toBe('exceeded')
  })
})

describe('an obstacle', () => {
  const obstacle = { from: at('2026-11-21T12:00:00Z'), until: at('2026-11-21T15:00:00Z') }

  test('under a norm that pauses does not count', () => {
    const clock = clockOf({ ...base, obstacles: [obstacle], now: at('2026-11-21T16:00:00Z') })
    expect(clock).toMatchObject({ state: 'running', dueAt: at('2026-11-22T12:00:00Z') })
  })

  test('while it lasts, nobody knows when it is due', () => {
    const clock = clockOf({ ...base, obstacles: [{ ...obstacle, until: null }], now: at('2026-12-21T12:00:00Z') })
    expect(clock).toMatchObject({ state: 'paused', startedAt: base.receivedAt, dueAt: null })
  })

  test('that will come later does not stop a clock yet', () => {
    const clock = clockOf({ ...base, obstacles: [{ ...obstacle, until: null }], now: at('2026-11-21T11:59:00Z') })
    expect(clock.state).toBe('running')
  })

  test('under a norm that restarts makes the whole time begin again at its end', () => {
    const order: ClockInput = { ...base, within: 'PT1H', onObstacle: 'restart' }
    const obstacles = [{ from: at('2026-11-21T09:59:00Z'), until: at('2026-11-21T20:00:00Z') }]
    expect(clockOf({ ...order, obstacles, now: at('2026-11-21T20:59:00Z') })).toMatchObject({
      state: 'running',
      dueAt: at('2026-11-21T21:00:00Z'),
    })
    expect(clockOf({ ...order, obstacles, now: at('2026-11-21T21:01:00Z') }).state).toBe('exceeded')
    expect(clockOf({ ...order, obstacles, now: at('2026-11-21T19:00:00Z') }).state).toBe('paused')
  })

  test('under a norm that knows none changes nothing', () => {
    const clock = clockOf({ ...base, onObstacle: 'none', obstacles: [{ ...obstacle, until: null }] })
    expect(clock.dueAt).toEqual(at('2026-11-22T09:00:00Z'))
  })

  test('that came after the time was up excuses nothing', () => {
    const obstacles = [{ from: at('2026-11-22T09:01:00Z'), until: null }]
    expect(clockOf({ ...base, obstacles, now: at('2026-11-22T10:00:00Z') })).toMatchObject({
      state: 'exceeded',
      lateBy: 'PT1H',
    })
  })

  test('that was over before receipt changes nothing, and one that began before counts from receipt', () => {
    const before = { from: at('2026-11-21T07:00:00Z'), until: at('2026-11-21T08:00:00Z') }
    expect(clockOf({ ...base, obstacles: [before] }).dueAt).toEqual(at('2026-11-22T09:00:00Z'))
    const across = { from: at('2026-11-21T07:00:00Z'), until: at('2026-11-21T09:30:00Z') }
    expect(clockOf({ ...base, obstacles: [across] }).dueAt).toEqual(at('2026-11-22T09:30:00Z'))
  })

  test('that overlaps another is counted once', () => {
    const obstacles = [obstacle, { from: at('2026-11-21T13:00:00Z'), until: at('2026-11-21T16:00:00Z') }]
    const clock = clockOf({ ...base, obstacles, now: at('2026-11-21T17:00:00Z') })
    expect(clock.dueAt).toEqual(at('2026-11-22T13:00:00Z'))
  })

  test('in whose time the item ended leaves it met', () => {
    const obstacles = [{ ...obstacle, until: null }]
    expect(clockOf({ ...base, obstacles, endedAt: at('2026-11-21T14:00:00Z') }).state).toBe('met')
  })

  test('never makes a deadline earlier', () => {
    const instant = fc.date({ min: at('2026-11-20T00:00:00Z'), max: at('2026-12-20T00:00:00Z'), noInvalidDate: true })
    const obstacles = fc.array(
      fc.tuple(instant, fc.nat({ max: 86_400_000 })).map(([from, ms]) => ({
        from,
        until: new Date(from.getTime() + ms),
      })),
      { maxLength: 5 },
    )
    fc.assert(
      fc.property(obstacles, fc.constantFrom('pause', 'restart', 'none'), (some, onObstacle) => {
        const clock = clockOf({ ...base, onObstacle, obstacles: some, now: at('2027-01-21T10:00:00Z') })
        expect(clock.dueAt?.getTime()).toBeGreaterThanOrEqual(at('2026-11-22T09:00:00Z').getTime())
      }),
    )
  })
})

describe('silence on a live second channel', () => {
  const silent = {
    ...base,
    receivedAt: null,
    secondOfferedAt: at('2026-11-21T08:00:00Z'),
    deemedReceipt: 'PT12H',
  }

  test('counts as receipt after the set time, not a minute before', () => {
    expect(clockOf({ ...silent, now: at('2026-11-21T19:59:00Z') }).state).toBe('waiting')
    expect(clockOf({ ...silent, now: at('2026-11-21T20:01:00Z') })).toMatchObject({
      state: 'running',
      startedAt: at('2026-11-21T20:00:00Z'),
      dueAt: at('2026-11-22T20:00:00Z'),
    })
  })

  test('is no receipt under a norm that does not say so', () => {
    expect(clockOf({ ...silent, deemedReceipt: null, now: at('2027-11-21T19:59:00Z') }).state).toBe('waiting')
  })

  test('is none where nothing was offered on one', () => {
    expect(clockOf({ ...silent, secondOfferedAt: null, now: at('2027-11-21T19:59:00Z') }).state).toBe('waiting')
  })

  test('is no shelter: a receipt that comes after it starts nothing again', () => {
    const late = { ...silent, receivedAt: at('2026-11-22T19:00:00Z'), now: at('2026-11-22T20:01:00Z') }
    expect(clockOf(late)).toMatchObject({ state: 'exceeded', startedAt: at('2026-11-21T20:00:00Z'), lateBy: 'PT1M' })
  })

  test('does not outweigh a receipt that came', () => {
    expect(clockOf({ ...silent, receivedAt: base.receivedAt }).startedAt).toEqual(base.receivedAt)
  })
})
