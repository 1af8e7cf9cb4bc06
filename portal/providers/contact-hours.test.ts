import { describe, expect, test } from 'vitest'
import { lapseOf } from './contact.ts'
import { type ContactHours, contactHours, isOpen, isTimeZone } from './contact-hours.ts'

const open = (hours: ContactHours, at: string, zone = 'Europe/Amsterdam') => isOpen(hours, zone, new Date(at))

test('round the clock, or never said, is always open', () => {
  expect(open('24x7', '2026-11-22T03:00:00Z')).toBe(true)
  expect(open(null, '2026-11-22T03:00:00Z')).toBe(true)
})

describe('a working day in Amsterdam', () => {
  const office: ContactHours = [{ day: 'mo', from: '09:00', until: '17:00' }]

  test('begins and ends with the clock on the wall, in winter and in summer', () => {
    // Monday 23 November: UTC+1. Monday 20 July: UTC+2.
    expect(open(office, '2026-11-23T07:59:59Z')).toBe(false)
    expect(open(office, '2026-11-23T08:00:00Z')).toBe(true)
    expect(open(office, '2026-11-23T15:59:59Z')).toBe(true)
    expect(open(office, '2026-11-23T16:00:00Z')).toBe(false)
    expect(open(office, '2026-07-20T06:59:59Z')).toBe(false)
    expect(open(office, '2026-07-20T07:00:00Z')).toBe(true)
    expect(open(office, '2026-07-20T15:00:00Z')).toBe(false)
  })

  test('is another day elsewhere', () => {
    expect(open(office, '2026-11-23T00:30:00Z', 'Asia/Tokyo')).toBe(true)
    expect(open(office, '2026-11-23T00:30:00Z')).toBe(false)
  })
})

describe('a night shift', () => {
  const night: ContactHours = [{ day: 'sa', from: '22:00', until: '06:00' }]

  test('ends on the next day', () => {
    expect(open(night, '2026-11-21T21:30:00Z')).toBe(true)
    expect(open(night, '2026-11-22T04:59:59Z')).toBe(true)
    expect(open(night, '2026-11-22T05:00:00Z')).toBe(false)
    expect(open(night, '2026-11-20T22:30:00Z')).toBe(false)
  })

  test('lasts through the hour that happens twice', () => {
    // Sunday 25 October 2026, 03:00 becomes 02:00 in Amsterdam.
    const until: ContactHours = [{ day: 'su', from: '00:00', until: '02:30' }]
    expect(open(until, '2026-10-25T00:29:00Z')).toBe(true) // 02:29 for the first time
    expect(open(until, '2026-10-25T00:31:00Z')).toBe(false)
    expect(open(until, '2026-10-25T01:29:00Z')).toBe(true) // 02:29 again
    expect(open(until, '2026-10-25T01:30:00Z')).toBe(false)
  })

  test('from and until alike is a whole day', () => {
    const whole: ContactHours = [{ day: 'su', from: '08:00', until: '08:00' }]
    expect(open(whole, '2026-11-22T07:00:00Z')).toBe(true)
    expect(open(whole, '2026-11-23T06:59:00Z')).toBe(true)
    expect(open(whole, '2026-11-23T07:00:00Z')).toBe(false)
  })
})

test.each([
  ['a word', 'office hours'],
  ['a day that is none', [{ day: 'xx', from: '09:00', until: '17:00' }]],
  ['an hour that is none', [{ day: 'mo', from: '24:00', until: '17:00' }]],
  ['a member nobody knows', [{ day: 'mo', from: '09:00', until: '17:00', note: 'x' }]],
  ['no hours at all', []],
])('hours are not %s', (_what, hours) => {
  expect(contactHours.safeParse(hours).success).toBe(false)
})

test('a zone is a name, which knows its own summer time, and never an offset', () => {
  for (const name of ['Europe/Amsterdam', 'America/Argentina/Buenos_Aires', 'UTC']) expect(isTimeZone(name)).toBe(true)
  for (const name of ['', '+02:00', 'CET', 'Europe/Nowhere', 'europe', '../etc']) expect(isTimeZone(name)).toBe(false)
})

test('a proof holds for six months, to the same day or the last of a shorter month', () => {
  const lapse = (at: string) => lapseOf(new Date(at)).toISOString()
  expect(lapse('2026-11-22T10:00:00.000Z')).toBe('2027-05-22T10:00:00.000Z')
  expect(lapse('2026-08-31T10:00:00.000Z')).toBe('2027-02-28T10:00:00.000Z')
  expect(lapse('2027-08-31T23:59:59.999Z')).toBe('2028-02-29T23:59:59.999Z')
})
