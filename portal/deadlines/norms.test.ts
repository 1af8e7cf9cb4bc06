import { expect, test } from 'vitest'
import { addDuration, durationOf, msOf } from './duration.ts'
import { normOf, norms, procedureNorms } from './norms.ts'

test('the table holds the times of the vocabulary', () => {
  const within = Object.fromEntries(
    Object.entries({ ...norms, ...procedureNorms }).map(([name, norm]) => [name, norm.within]),
  )
  expect(within).toEqual({
    ntd_code: 'PT24H',
    dsa_notice: 'PT24H',
    dsa_order: 'PT24H',
    tco_removal_order: 'PT1H',
    csam_order: 'PT12H',
    test: 'PT24H',
    scrutiny_request: 'PT48H',
    scrutiny_decision: 'PT72H',
    complaint: 'P2W',
    evidence_preservation: 'P6M',
  })
})

test('the terrorist content hour starts again after an obstacle, and a first order is preceded by twelve hours', () => {
  expect(normOf('tco_removal_order')).toMatchObject({ onObstacle: 'restart', firstOrderAfter: 'PT12H', binding: true })
})

test('every norm names its source, and every clock has a fixed length', () => {
  for (const norm of [...Object.values(norms), ...Object.values(procedureNorms)]) expect(norm.source).not.toBe('')
  for (const norm of Object.values(norms)) expect(msOf(norm.within)).toBeGreaterThan(0)
})

test('a duration is read strictly', () => {
  expect(msOf('PT1H')).toBe(3_600_000)
  expect(msOf('P7D')).toBe(604_800_000)
  expect(msOf('P1DT2H3M4S')).toBe(93_784_000)
  expect(msOf('P6M')).toBeNull()
  for (const wrong of ['', 'P', 'PT', '1H', 'PT1.5H', 'PT-1H', 'P1H', 'PT1H ', 'P1DT']) expect(msOf(wrong)).toBeNull()
})

test('a month ends on the last day where the month is shorter', () => {
  expect(addDuration(new Date('2026-08-31T10:00:00Z'), 'P6M').toISOString()).toBe('2027-02-28T10:00:00.000Z')
  expect(addDuration(new Date('2026-11-22T10:00:00Z'), 'P2W').toISOString()).toBe('2026-12-06T10:00:00.000Z')
})

test('a duration is written as it is read', () => {
  for (const text of ['PT1M', 'PT1H', 'P1D', 'P1DT1H1M1S']) expect(durationOf(msOf(text) ?? -1)).toBe(text)
  expect(durationOf(0)).toBe('PT0S')
  expect(durationOf(1500)).toBe('PT1.5S')
})
