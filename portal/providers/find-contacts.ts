import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import { type ContactKind, type ContactPurpose, type ContactState, stateOf } from './contact.ts'
import type { ContactHours } from './contact-hours.ts'
import { type ContactRow, selectContact, selectContacts } from './contact-store.server.ts'

/** A contact as its own organisation and the desk see it. */
export interface Contact {
  id: string
  orgId: string
  kind: ContactKind
  purposes: ContactPurpose[]
  name: string | null
  email: string
  phone: string | null
  languages: string[]
  hours: ContactHours
  timeZone: string
  away: { from: Date; until: Date | null } | null
  /** Its place in the order of escalation, from 1. */
  position: number
  state: ContactState
  /** From the registry of addresses, not given by the organisation. */
  fromRegistry: boolean
  verifiedAt: Date | null
  /** Until when the last proof holds that somebody answers there. */
  lapsesAt: Date | null
  unreachableAt: Date | null
  unreachableCode: string | null
  /** Since when our mail is called unwanted there. */
  complainedAt: Date | null
  /** Pointers in a row that nobody followed. */
  silent: number
  createdAt: Date
  updatedAt: Date
}

/** An organisation's contacts in their order of escalation. */
export async function findContacts(
  ground: Ground,
  actor: Actor,
  orgId?: string,
): Promise<{ result: 'found'; contacts: Contact[] } | { result: 'forbidden' }> {
  if (actor.kind === 'nobody' || !may(actor, 'contacts.read', { orgId: orgId ?? actor.orgId }))
    return { result: 'forbidden' }
  const rows = await selectContacts(ground.db.read, orgId ?? actor.orgId)
  const now = ground.clock.now()
  return { result: 'found', contacts: rows.map((row, index) => describe(row, index + 1, now)) }
}

/** One contact. What is another organisation's is unknown. */
export async function findContact(
  ground: Ground,
  actor: Actor,
  contactId: string,
): Promise<{ result: 'found'; contact: Contact } | { result: 'unknown-contact' | 'forbidden' }> {
  if (!may(actor, 'contacts.read')) return { result: 'forbidden' }
  const row = await selectContact(ground.db.read, contactId)
  if (!row || !may(actor, 'contacts.read', { orgId: row.orgId })) return { result: 'unknown-contact' }
  const rows = await selectContacts(ground.db.read, row.orgId)
  const place = rows.findIndex(({ id }) => id === contactId) + 1
  return { result: 'found', contact: describe(row, place, ground.clock.now()) }
}

function describe(row: ContactRow, position: number, now: Date): Contact {
  const { id, orgId, kind, purposes, name, email, phone, languages, hours, timeZone, verifiedAt, lapsesAt } = row
  return {
    id,
    orgId,
    kind,
    purposes,
    name,
    email,
    phone,
    languages,
    hours,
    timeZone,
    away: row.awayFrom ? { from: row.awayFrom, until: row.awayUntil } : null,
    position,
    state: stateOf(row, now),
    fromRegistry: row.known,
    verifiedAt,
    lapsesAt,
    unreachableAt: row.unreachableAt,
    unreachableCode: row.unreachableCode,
    complainedAt: row.complainedAt,
    silent: row.silent,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }
}
