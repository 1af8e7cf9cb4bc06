import { useEffect, useState } from 'react'
import type { Language } from '../language/catalogue.ts'
import { useText } from '../language/use-text.ts'

// Before the browser says otherwise: the line is Dutch, and so are most of its readers.
const homeZone = 'Europe/Amsterdam'

function useZone(): string {
  const [zone, setZone] = useState(homeZone)
  useEffect(() => setZone(Intl.DateTimeFormat().resolvedOptions().timeZone || homeZone), [])
  return zone
}

const locales: Record<Language, string> = { en: 'en-GB', nl: 'nl-NL' }

// Making a format costs a hundred times what using it does, and a page shows many dates. There are few of them: two
// languages, three ways of saying, and on the server one zone.
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(language: Language, timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${timeZone} ${Object.keys(options).join()}`
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(locales[language], { ...options, timeZone })
  formats.set(key, made)
  return made
}

/** The date and the time of day of an instant, where the reader is. */
export function local(at: Date, language: Language, timeZone: string): { date: string; time: string } {
  const say = (options: Intl.DateTimeFormatOptions) => formatOf(language, timeZone, options).format(at)
  return {
    date: say({ day: 'numeric', month: 'short', year: 'numeric' }),
    time: say({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }),
  }
}

export function zoneName(at: Date, language: Language, timeZone: string): string {
  const parts = formatOf(language, timeZone, { timeZoneName: 'short' }).formatToParts(at)
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? timeZone
}

/** Every date on every page: the reader's own time with the name of its zone, and UTC, which the evidence is written in. */
export function Moment({ at, short = false }: { at: string; short?: boolean }) {
  const { language } = useText()
  const zone = useZone()
  const instant = new Date(at)
  const { date, time } = local(instant, language, zone)
  const here = zoneName(instant, language, zone)
  const utc = short || here === 'UTC' ? '' : `(${at.slice(11, 19)} UTC)`
  return (
    <time className="moment" dateTime={at} title={at} suppressHydrationWarning>
      <span suppressHydrationWarning>{date},</span>{' '}
      <span suppressHydrationWarning>
        {time} <span className="zone">{here}</span>
      </span>{' '}
      <span className="zone" suppressHydrationWarning>
        {utc}
      </span>
    </time>
  )
}
