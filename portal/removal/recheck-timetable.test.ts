import { expect, test } from 'vitest'
import { nextLookAt } from './recheck-timetable.ts'

const hour = 3_600_000
const confirmedAt = new Date('2026-11-21T10:00:00.000Z')
const later = (hours: number) => new Date(confirmedAt.getTime() + hours * hour)
const confirmed = (hours: number) =>
  nextLookAt({ state: 'confirmed_offline', confirmedAt, looks: 3, now: later(hours), intervalMs: hour })

test('what is open is looked at every interval', () => {
  for (const state of ['unverified', 'reappeared'] as const) {
    expect(nextLookAt({ state, confirmedAt: null, looks: 9, now: later(0), intervalMs: hour })).toEqual(later(1))
  }
})

test('what stays open for ever is looked at less often, not never', () => {
  expect(nextLookAt({ state: 'unverified', confirmedAt: null, looks: 301, now: later(0), intervalMs: 2000 })).toEqual(
    new Date(confirmedAt.getTime() + 20_000),
  )
})

test('after a confirmation the looks thin out: ten hours, a day, a week, a month, and every month after that', () => {
  expect(confirmed(0)).toEqual(later(10))
  expect(confirmed(10)).toEqual(later(34))
  expect(confirmed(34)).toEqual(later(202))
  expect(confirmed(202)).toEqual(later(922))
  expect(confirmed(922)).toEqual(later(922 + 720))
})
