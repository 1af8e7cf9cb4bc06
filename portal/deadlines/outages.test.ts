import { expect, test } from 'vitest'
import { withGround } from '../testing/with-ground.ts'
import { beat, findOutages, isJustBack, outagesOf } from './outages.ts'

const start = '2026-11-21T10:00:00.000Z'

test('a silence of a minute is an outage, a fact, and written down once by whoever comes back first', () =>
  withGround(start, async (ground) => {
    expect(await beat(ground, 'worker')).toEqual({ result: 'there' })
    ground.clock.advance(59_999)
    expect(await beat(ground, 'worker')).toEqual({ result: 'there' })
    ground.clock.advance(60_000)
    const both = await Promise.all([beat(ground, 'worker'), beat(ground, 'worker')])
    expect(both.map(({ result }) => result).sort()).toEqual(['back', 'there'])
    const outage = { part: 'worker', beganAt: '2026-11-21T10:00:59.999Z', endedAt: '2026-11-21T10:01:59.999Z' }
    expect(await findOutages(ground, { from: start, until: null })).toEqual([outage])
    expect(await ground.facts.kinds('platform')).toEqual(['outage.recorded'])
  }))

test('each part has its own, and a clock that is set back makes none', () =>
  withGround(start, async (ground) => {
    await beat(ground, 'worker')
    await beat(ground, 'portal')
    ground.clock.advance(-86_400_000)
    expect(await beat(ground, 'worker')).toEqual({ result: 'there' })
    ground.clock.advance(30_000)
    expect(await beat(ground, 'worker')).toEqual({ result: 'there' })
    ground.clock.advance(90_000)
    expect(await beat(ground, 'worker')).toEqual({ result: 'back' })
    expect(await beat(ground, 'portal')).toEqual({ result: 'there' })
  }))

test('it is shown beside the times that it touched, and beside no other', () =>
  withGround(start, async (ground) => {
    await beat(ground, 'portal')
    ground.clock.advance(3_600_000)
    await beat(ground, 'portal')
    ground.clock.advance(3_600_000)
    const touched = async (from: string | null, until: string | null) =>
      (await findOutages(ground, { from, until })).length
    expect(await touched('2026-11-21T09:00:00.000Z', '2026-11-21T10:00:00.000Z')).toBe(0)
    expect(await touched('2026-11-21T09:00:00.000Z', '2026-11-21T10:00:01.000Z')).toBe(1)
    expect(await touched('2026-11-21T10:59:59.000Z', null)).toBe(1)
    expect(await touched('2026-11-21T11:00:00.000Z', null)).toBe(0)
    expect(await touched(null, null)).toBe(0)
  }))

test('it touched a clock that ran in it, and is named where the time ran out while it lasted', () => {
  const outage = { part: 'portal' as const, beganAt: '2026-11-21T10:00:00.000Z', endedAt: '2026-11-21T12:00:00.000Z' }
  const clock = (from: string | null, until: string | null, dueAt: string | null) => {
    const instant = (time: string | null) => (time === null ? null : new Date(`2026-11-21T${time}:00.000Z`))
    return outagesOf([outage], { from: instant(from), until: instant(until), dueAt: instant(dueAt) })
  }
  expect(clock(null, null, null)).toEqual([])
  expect(clock('12:00', null, '13:00')).toEqual([])
  expect(clock('08:00', '10:00', '09:00')).toEqual([])
  expect(clock('11:59', null, null)).toEqual([{ ...outage, whenDue: false }])
  expect(clock('08:00', '10:01', '09:59')).toEqual([{ ...outage, whenDue: false }])
  for (const due of ['10:00', '12:00']) expect(clock('08:00', null, due)).toEqual([{ ...outage, whenDue: true }])
})

test('for a minute after it we are just back, and a clock that is set back makes us that no longer', () =>
  withGround(start, async (ground) => {
    expect(await isJustBack(ground, 'worker')).toBe(false)
    await beat(ground, 'worker')
    ground.clock.advance(3_600_000)
    await beat(ground, 'worker')
    expect(await isJustBack(ground, 'portal')).toBe(false)
    expect(await isJustBack(ground, 'portal', 'worker')).toBe(true)
    ground.clock.advance(-1)
    expect(await isJustBack(ground, 'worker')).toBe(false)
    ground.clock.advance(60_000)
    expect(await isJustBack(ground, 'worker')).toBe(true)
    ground.clock.advance(1)
    expect(await isJustBack(ground, 'worker')).toBe(false)
  }))
