/** A contact's form → what its verbs take, and back. */
import type { InputError } from '../facts/input-error.ts'
import { contactKinds, contactPurposes, usualPurposes } from '../providers/contact.ts'
import { type ContactHours, weekDays } from '../providers/contact-hours.ts'
import type { Contact } from '../providers/find-contacts.ts'
import { type Complaint, complaintsOf, given, instant, word } from './forms.server.ts'
import type { TextKey } from './language/catalogue.ts'
import type { Text } from './language/text.ts'
import type { ContactChoices, ContactDraft } from './ui/contact-form.tsx'

export function contactChoices(hours: ContactHours = null): ContactChoices {
  return {
    kinds: contactKinds,
    purposes: contactPurposes,
    days: weekDays,
    timeZones: ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')],
    keepsHours: !isPlain(hours),
  }
}

export const newDraft: ContactDraft = {
  kind: 'abuse',
  email: '',
  name: '',
  phone: '',
  languages: 'nl en',
  purposes: [...usualPurposes.abuse],
  hours: 'unsaid',
  timeZone: 'Europe/Amsterdam',
  awayFrom: '',
  awayUntil: '',
  shifts: {},
}

export function draftOf(contact: Contact): ContactDraft {
  const { hours } = contact
  const plain = isPlain(hours) && Array.isArray(hours) ? hours : []
  return {
    kind: contact.kind,
    email: contact.email,
    name: contact.name ?? '',
    phone: contact.phone ?? '',
    languages: contact.languages.join(' '),
    purposes: contact.purposes,
    hours: hours === null ? 'unsaid' : hours === '24x7' ? 'always' : isPlain(hours) ? 'weekly' : 'keep',
    timeZone: contact.timeZone,
    awayFrom: fieldOf(contact.away?.from),
    awayUntil: fieldOf(contact.away?.until),
    shifts: Object.fromEntries(plain.map(({ day, from, until }) => [day, { from, until }])),
  }
}

/** At most one shift a day, which is what the form shows. */
function isPlain(hours: ContactHours): boolean {
  return !Array.isArray(hours) || new Set(hours.map(({ day }) => day)).size === hours.length
}

function fieldOf(at: Date | null | undefined): string {
  return at ? at.toISOString().slice(0, 19) : ''
}

export function readContactDraft(form: FormData): ContactDraft {
  return {
    kind: word(form, 'kind'),
    email: word(form, 'email'),
    name: word(form, 'name'),
    phone: word(form, 'phone'),
    languages: word(form, 'languages'),
    purposes: form.getAll('purposes').filter((one): one is string => typeof one === 'string'),
    hours: word(form, 'hours'),
    timeZone: word(form, 'time_zone'),
    awayFrom: word(form, 'away_from'),
    awayUntil: word(form, 'away_until'),
    shifts: Object.fromEntries(
      weekDays.map((day) => [day, { from: word(form, `${day}-from`), until: word(form, `${day}-until`) }]),
    ),
  }
}

/** As the API takes it. What was left empty is null, so that it can be taken away. */
export function contactOf(form: FormData): Record<string, unknown> {
  const draft = readContactDraft(form)
  const from = instant(given(form, 'away_from'))
  const until = instant(given(form, 'away_until'))
  return {
    kind: draft.kind,
    email: draft.email,
    name: draft.name || null,
    phone: draft.phone || null,
    languages: draft.languages
      .toLowerCase()
      .split(/[\s,;]+/)
      .filter(Boolean),
    purposes: draft.purposes,
    time_zone: draft.timeZone,
    away: from === undefined && until === undefined ? null : { from: from ?? '', until: until ?? null },
    ...(draft.hours === 'keep' ? {} : { hours: hoursOf(draft) }),
  }
}

function hoursOf(draft: ContactDraft): unknown {
  if (draft.hours === 'always') return '24x7'
  if (draft.hours !== 'weekly') return null
  return weekDays.flatMap((day) => {
    const { from, until } = draft.shifts[day] ?? { from: '', until: '' }
    return from === '' && until === '' ? [] : [{ day, from: from.slice(0, 5), until: until.slice(0, 5) }]
  })
}

const labels: Readonly<Record<string, [field: string, label: TextKey]>> = {
  kind: ['kind', 'contact-kind'],
  email: ['email', 'contact-email'],
  name: ['name', 'contact-name'],
  phone: ['phone', 'contact-phone'],
  languages: ['languages', 'contact-languages'],
  purposes: ['purposes', 'contact-purposes'],
  hours: ['hours', 'contact-hours'],
  time_zone: ['time_zone', 'contact-zone'],
  'away/from': ['away_from', 'contact-away-from'],
  'away/until': ['away_until', 'contact-away-until'],
}

export function contactComplaints(errors: readonly InputError[], text: Text): Complaint[] {
  return complaintsOf(errors, text, (pointer) => {
    const member = /^\/(away\/[a-z]+|[a-z_]+)/.exec(pointer)?.[1] ?? ''
    const known = labels[member]
    return known ? { field: known[0], label: text(known[1]) } : null
  })
}
