const pattern =
  /^P(?:(\d{1,3})Y)?(?:(\d{1,3})M)?(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?$/

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

interface Parts {
  months: number
  ms: number
}

function partsOf(duration: string): Parts | null {
  const found = pattern.exec(duration)
  if (!found || duration === 'P' || duration.endsWith('T')) return null
  const [years, months, weeks, days, hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0))
  return {
    months: (years ?? 0) * 12 + (months ?? 0),
    ms:
      (weeks ?? 0) * 7 * day +
      (days ?? 0) * day +
      (hours ?? 0) * hour +
      (minutes ?? 0) * minute +
      (seconds ?? 0) * second,
  }
}

/** Milliseconds of an ISO 8601 duration of fixed length, or null: months and years have none. A day is 24 hours. */
export function msOf(duration: string): number | null {
  const parts = partsOf(duration)
  return parts && parts.months === 0 ? parts.ms : null
}

/** The instant an ISO 8601 duration later, in UTC. A month counts from its day to the same day, or the month's last. */
export function addDuration(at: Date, duration: string): Date {
  const parts = partsOf(duration)
  if (!parts) throw new RangeError('Not an ISO 8601 duration')
  const to = new Date(at)
  if (parts.months !== 0) {
    const dayOfMonth = to.getUTCDate()
    to.setUTCDate(1)
    to.setUTCMonth(to.getUTCMonth() + parts.months)
    const last = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate()
    to.setUTCDate(Math.min(dayOfMonth, last))
  }
  return new Date(to.getTime() + parts.ms)
}

/** ISO 8601, largest unit first, days of 24 hours: 90061000 is `P1DT1H1M1S`. Below a second it keeps the fraction. */
export function durationOf(ms: number): string {
  const days = Math.floor(ms / day)
  const hours = Math.floor((ms % day) / hour)
  const minutes = Math.floor((ms % hour) / minute)
  const seconds = (ms % minute) / second
  const time = `${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${seconds ? `${seconds}S` : ''}`
  return days === 0 && time === '' ? 'PT0S' : `P${days ? `${days}D` : ''}${time ? `T${time}` : ''}`
}
