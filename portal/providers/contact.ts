/** Contact and its states: a role mailbox with hours, a place in the order of escalation, and proof that somebody answers. */
import { type ContactHours, isOpen } from './contact-hours.ts'

export const contactKinds = ['abuse', 'dsa11', 'tco15', 'legal_representative'] as const
export type ContactKind = (typeof contactKinds)[number]

/** What a contact is written to about. */
export const contactPurposes = ['notices', 'orders', 'escalation', 'legal'] as const
export type ContactPurpose = (typeof contactPurposes)[number]

/** What each kind is for unless it is said otherwise. DSA art. 11 and TCO art. 15 name points of contact for authorities. */
export const usualPurposes: { readonly [K in ContactKind]: readonly ContactPurpose[] } = {
  abuse: ['notices', 'escalation'],
  dsa11: ['notices', 'orders'],
  tco15: ['orders'],
  legal_representative: ['legal'],
}

/** How often a contact shows that somebody is there. */
export const proofMonths = 6
/** Pointers in a row that nobody followed, after which others come first. */
export const silentAfter = 3

export type ContactState =
  /** Written to: somebody has answered there. */
  | 'live'
  /** Nobody has answered there yet. */
  | 'unverified'
  /** Outside its hours. */
  | 'closed'
  | 'away'
  /** Pointers went there and nobody followed them. */
  | 'silent'
  /** Whoever reads there, or their provider, called our mail unwanted: it may lie among the spam. */
  | 'complained'
  /** The six-monthly challenge was not answered. */
  | 'lapsed'
  /** Mail comes back. */
  | 'unreachable'

/** What is needed to know how a contact stands. */
export interface Standing {
  verifiedAt: Date | null
  /** From a registry, for a company that has not registered: written to without having answered. */
  known: boolean
  hours: ContactHours
  timeZone: string
  awayFrom: Date | null
  awayUntil: Date | null
  lapsesAt: Date | null
  unreachableAt: Date | null
  complainedAt: Date | null
  silent: number
}

/** The worst that is true of it comes first. */
export function stateOf(contact: Standing, now: Date): ContactState {
  if (contact.unreachableAt !== null) return 'unreachable'
  if (contact.verifiedAt === null && !contact.known) return 'unverified'
  if (contact.lapsesAt !== null && contact.lapsesAt <= now) return 'lapsed'
  if (contact.complainedAt !== null) return 'complained'
  if (isAway(contact, now)) return 'away'
  if (contact.silent >= silentAfter) return 'silent'
  return isOpen(contact.hours, contact.timeZone, now) ? 'live' : 'closed'
}

export function isAway({ awayFrom, awayUntil }: Pick<Standing, 'awayFrom' | 'awayUntil'>, now: Date): boolean {
  return awayFrom !== null && awayFrom <= now && (awayUntil === null || now < awayUntil)
}

/** The same day so many months later; the last of the month where it has no such day. */
export function monthsLater(at: Date, months: number): Date {
  const later = new Date(at)
  later.setUTCDate(1)
  later.setUTCMonth(later.getUTCMonth() + months)
  const days = new Date(Date.UTC(later.getUTCFullYear(), later.getUTCMonth() + 1, 0)).getUTCDate()
  later.setUTCDate(Math.min(at.getUTCDate(), days))
  return later
}

export function lapseOf(provenAt: Date): Date {
  return monthsLater(provenAt, proofMonths)
}
