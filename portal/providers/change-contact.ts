import { newId } from '../facts/id.ts'
import type { InputError } from '../facts/input-error.ts'
import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { byWhom } from '../people/by-whom.ts'
import { type Actor, may } from '../people/may.ts'
import { askForProof } from './ask-contact.ts'
import { voidConfirmations } from './confirmation-store.server.ts'
import { stateOf } from './contact.ts'
import { type ContactChangeInput, contactChange, readInput } from './contact-input.ts'
import {
  type ContactChange,
  type ContactRow,
  hasProvenNetwork,
  insertFormerMailbox,
  lockContacts,
  selectContact,
  updateContact,
} from './contact-store.server.ts'
import { known, sameMailbox } from './register-contact.ts'

export type ContactChanged =
  | { result: 'changed'; contactId: string }
  | { result: 'invalid'; errors: InputError[] }
  /** Somebody has to be reachable while networks are proven: a new mailbox is added and verified first. */
  | { result: 'last-contact' | 'unknown-contact' | 'forbidden' }

/**
 * Changes what was sent and leaves the rest. Another mailbox has to answer before anything else is sent there; the links
 * that went to the one before open nothing from now on, and it is told.
 */
export async function changeContact(
  ground: Ground,
  actor: Actor,
  contactId: string,
  input: unknown,
): Promise<ContactChanged> {
  const orgId = await orgOf(ground, actor, contactId)
  if (typeof orgId !== 'string') return orgId
  const reading = readInput(contactChange, input)
  if (!reading.ok) return { result: 'invalid', errors: reading.errors }
  const { position, ...members } = reading.read
  return ground.db.transaction(async (tx) => {
    const contacts = await lockContacts(tx.db, orgId)
    const contact = contacts.find(({ id }) => id === contactId)
    if (!contact) return { result: 'unknown-contact' }
    const moved = members.email !== undefined && members.email !== contact.email
    const [kind, email] = [members.kind ?? contact.kind, members.email ?? contact.email]
    const twin = contacts.some((one) => one.id !== contactId && one.kind === kind && sameMailbox(one.email, email))
    if (twin) return { result: 'invalid', errors: [known] }
    if (moved && (await isNeeded(tx, contacts, contactId))) return { result: 'last-contact' }
    const changes = namesOf(contact, members)
    await updateContact(tx.db, contactId, {
      ...rowOf(members),
      ...(moved ? unverified(contact) : {}),
      updatedAt: tx.now,
    })
    if (position !== undefined && (await place(tx, contacts, contactId, position))) changes.push('position')
    const former = moved ? await keepFormer(tx, contact) : {}
    if (moved) {
      await voidConfirmations(tx.db, contactId, tx.now)
      await askForProof(ground, tx, { id: contactId, orgId, email }, { why: 'verify', by: actor })
    }
    const changed = { orgId, contactId, change: changes.join(' '), ...former, ...byWhom(actor) }
    if (changes.length > 0) await record(tx, orgId, 'contact.changed', changed)
    return { result: 'changed', contactId }
  })
}

/**
 * Takes a mailbox out of the order. Nothing is sent there any more but that it was; its links open nothing from now on, and
 * what was sent stays in the history.
 */
export async function removeContact(
  ground: Ground,
  actor: Actor,
  contactId: string,
): Promise<{ result: 'removed' | 'last-contact' | 'unknown-contact' | 'forbidden' }> {
  const orgId = await orgOf(ground, actor, contactId)
  if (typeof orgId !== 'string') return orgId
  return ground.db.transaction(async (tx) => {
    const contacts = await lockContacts(tx.db, orgId)
    const contact = contacts.find(({ id }) => id === contactId)
    if (!contact) return { result: 'unknown-contact' }
    if (await isNeeded(tx, contacts, contactId)) return { result: 'last-contact' }
    const former = await keepFormer(tx, contact)
    await voidConfirmations(tx.db, contactId, tx.now)
    await updateContact(tx.db, contactId, { removedAt: tx.now, verifiedAt: null, lapsesAt: null, updatedAt: tx.now })
    await record(tx, orgId, 'contact.removed', { orgId, contactId, ...former, ...byWhom(actor) })
    return { result: 'removed' }
  })
}

async function orgOf(
  ground: Ground,
  actor: Actor,
  contactId: string,
): Promise<string | { result: 'unknown-contact' | 'forbidden' }> {
  if (!may(actor, 'contacts.write')) return { result: 'forbidden' }
  const found = await selectContact(ground.db.read, contactId)
  if (!found || !may(actor, 'contacts.write', { orgId: found.orgId })) return { result: 'unknown-contact' }
  return found.orgId
}

/** The last one that may be written to, while networks are proven. */
async function isNeeded(tx: Tx, contacts: readonly ContactRow[], contactId: string): Promise<boolean> {
  const usable = contacts.filter((one) => !['unverified', 'unreachable'].includes(stateOf(one, tx.now)))
  if (usable.length !== 1 || usable[0]?.id !== contactId) return false
  const orgId = usable[0].orgId
  return hasProvenNetwork(tx.db, orgId)
}

/** Where it stands now goes to the others' places as they are; false where nothing moved. */
async function place(tx: Tx, contacts: readonly ContactRow[], contactId: string, position: number): Promise<boolean> {
  const before = contacts.map(({ id }) => id)
  const after = before.filter((id) => id !== contactId)
  after.splice(position - 1, 0, contactId)
  for (const [index, id] of after.entries()) {
    if (contacts.find((one) => one.id === id)?.position !== index + 1)
      await updateContact(tx.db, id, { position: index + 1, updatedAt: tx.now })
  }
  return before.join() !== after.join()
}

function unverified(contact: ContactRow): Partial<ContactChange> {
  return {
    verifiedAt: null,
    lapsesAt: null,
    lapsedAt: null,
    reminded: 0,
    unreachableAt: null,
    unreachableCode: null,
    complainedAt: null,
    silent: 0,
    mailbox: contact.mailbox + 1,
  }
}

/** A mailbox that was written to hears that it no longer is. One that never answered, or takes no mail, does not. */
async function keepFormer(tx: Tx, contact: ContactRow): Promise<{ formerId?: string }> {
  if (['unverified', 'unreachable'].includes(stateOf(contact, tx.now))) return {}
  const { id: contactId, orgId, email, locale } = contact
  const formerId = newId('fmb')
  await insertFormerMailbox(tx.db, { id: formerId, contactId, orgId, email, locale, endedAt: tx.now })
  return { formerId }
}

type Members = Omit<ContactChangeInput, 'position'>

function rowOf({ away, time_zone: timeZone, hours, purposes, languages, ...plain }: Members): Partial<ContactChange> {
  const row: Partial<ContactChange> = {}
  for (const [name, value] of Object.entries(plain)) if (value !== undefined) Object.assign(row, { [name]: value })
  if (purposes) row.purposes = [...new Set(purposes)]
  if (languages) row.languages = [...new Set(languages)]
  if (hours !== undefined) row.hours = hours
  if (timeZone !== undefined) row.timeZone = timeZone
  if (away !== undefined) {
    row.awayFrom = away ? new Date(away.from) : null
    row.awayUntil = away?.until ? new Date(away.until) : null
  }
  return row
}

/** What was changed, by name: never what stands in it. */
function namesOf(contact: ContactRow, members: Members): string[] {
  const before: { readonly [K in keyof Members]: unknown } = {
    kind: contact.kind,
    email: contact.email,
    name: contact.name,
    phone: contact.phone,
    languages: contact.languages,
    purposes: contact.purposes,
    hours: contact.hours,
    time_zone: contact.timeZone,
    away: contact.awayFrom && {
      from: contact.awayFrom.toISOString(),
      until: contact.awayUntil?.toISOString() ?? null,
    },
  }
  return Object.entries(members)
    .filter(([name, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(before[name as 'kind']))
    .map(([name]) => (name === 'email' ? 'mailbox' : name))
}
