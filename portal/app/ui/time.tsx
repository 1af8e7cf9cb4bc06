import { useRouteLoaderData } from '@remix-run/react'
import humanizeDuration from 'humanize-duration'
import { useEffect, useState } from 'react'
import type { Language } from '../language/catalogue.ts'

/** The portal's time when the page was made; with scripts it goes on from there, by the portal's clock and not the reader's. */
export function useNow(everyMs: number): Date {
  const root = useRouteLoaderData('root') as { now?: string } | undefined
  const start = Date.parse(root?.now ?? '1970-01-01T00:00:00.000Z')
  const [now, setNow] = useState(start)
  useEffect(() => {
    const mounted = performance.now()
    setNow(start)
    const timer = setInterval(() => setNow(start + performance.now() - mounted), everyMs)
    return () => clearInterval(timer)
  }, [start, everyMs])
  return new Date(now)
}

/** As exactly as a person can use: seconds in the last ten minutes, then minutes, then two units ("3 hours 12 minutes"). */
export function inWords(ms: number, language: Language): string {
  const length = Math.abs(ms)
  const minutes = length >= 600_000 && length < 3_600_000
  return humanizeDuration(length, {
    language,
    largest: minutes || length < 60_000 ? 1 : 2,
    round: true,
    delimiter: ' ',
    ...(minutes && { units: ['m'] }),
  })
}

/** An ISO 8601 duration such as PT24H or P7D, in words. Months and years are not used by any norm's deadline. */
export function durationInWords(iso: string, language: Language): string {
  const found = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(iso)
  if (!found) return iso
  const [weeks, days, hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0))
  const total =
    (weeks ?? 0) * 604_800 + (days ?? 0) * 86_400 + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)
  if (total % 3600 === 0 && total <= 3 * 86_400) {
    return humanizeDuration(total * 1000, { language, units: ['h'], round: true })
  }
  return inWords(total * 1000, language)
}
