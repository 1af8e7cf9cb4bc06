/** When somebody is there: pure. Hours are said in the contact's own zone, so summer time is the zone's business. */
import { z } from 'zod'

export const weekDays = ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'] as const
export type WeekDay = (typeof weekDays)[number]

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'A time such as 09:00, by the clock on the wall.')

export const shift = z.strictObject({
  day: z.enum(weekDays, 'One of mo, tu, we, th, fr, sa, su.'),
  from: clockTime,
  until: clockTime.describe('At or before `from`: on the next day. 00:00 is midnight.'),
})

/** Round the clock, or a weekly table. Null: never said, so nobody is skipped for it. */
export const contactHours = z
  .union([z.literal('24x7'), z.array(shift).min(1).max(28)], 'Either "24x7", or a list of {day, from, until}.')
  .nullable()
export type ContactHours = z.infer<typeof contactHours>

/** Whether a zone is one that knows its own summer time: a name, never an offset. */
export function isTimeZone(name: string): boolean {
  if (name !== 'UTC' && !/^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+$/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** True where it was never said: nobody is taken to be asleep. */
export function isOpen(hours: ContactHours, timeZone: string, at: Date): boolean {
  if (hours === null || hours === '24x7') return true
  const { day, minute } = wallClock(timeZone, at)
  const yesterday = (day + 6) % 7
  return hours.some((one) => {
    const [from, until] = [minutesOf(one.from), minutesOf(one.until)]
    const on = weekDays.indexOf(one.day)
    if (until > from) return on === day && minute >= from && minute < until
    return (on === day && minute >= from) || (on === yesterday && minute < until)
  })
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}

// Making a format costs a hundred times what using it does.
const formats = new Map<string, Intl.DateTimeFormat>()

function wallClock(timeZone: string, at: Date): { day: number; minute: number } {
  let format = formats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
    formats.set(timeZone, format)
  }
  const parts = new Map(format.formatToParts(at).map((part) => [part.type, part.value]))
  const day = (parts.get('weekday') ?? '').slice(0, 2).toLowerCase()
  return {
    day: weekDays.indexOf(day as WeekDay),
    minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  }
}
