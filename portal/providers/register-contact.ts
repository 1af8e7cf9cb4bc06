import { newId } from '../facts/id.ts'
import type { InputError } from '../facts/input-error.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { byWhom } from '../people/by-whom.ts'
import { type Actor, may } from '../people/may.ts'
import { askForProof } from './ask-contact.ts'
import { usualPurposes } from './contact.ts'
import { contactInput, readInput } from './contact-input.ts'
import { insertContact, lockContacts } from './contact-store.server.ts'

/** More than the largest desk has, fewer than it takes to use us for writing to strangers. */
const mostContacts = 20

export type ContactRegistered =
  | { result: 'registered'; contactId: string; asked: boolean }
  | { result: 'invalid'; errors: InputError[] }
  | { result: 'too-many' | 'forbidden' }

/**
 * Adds a mailbox at the end of the order of escalation and mails it a code. Until the code, or the link beside it, comes
 * back, nothing else is sent there. `asked` is false where that mailbox was written to too often today.
 */
export async function registerContact(ground: Ground, actor: Actor, input: unknown): Promise<ContactRegistered> {
  if (actor.kind === 'nobody' || !may(actor, 'contacts.write')) return { result: 'forbidden' }
  const reading = readInput(contactInput, input)
  if (!reading.ok) return { result: 'invalid', errors: reading.errors }
  const { kind, email, away, ...given } = reading.read
  const { orgId } = actor
  return ground.db.transaction(async (tx) => {
    const others = await lockContacts(tx.db, orgId)
    if (others.length >= mostContacts) return { result: 'too-many' }
    if (others.some((one) => one.kind === kind && sameMailbox(one.email, email)))
      return { result: 'invalid', errors: [known] }
    const contactId = newId('ctc')
    await insertContact(tx.db, {
      id: contactId,
      orgId,
      kind,
      email,
      purposes: [...new Set(given.purposes ?? usualPurposes[kind])],
      name: given.name ?? null,
      phone: given.phone ?? null,
      languages: [...new Set(given.languages)],
      hours: given.hours ?? null,
      timeZone: given.time_zone ?? 'Europe/Amsterdam',
      awayFrom: away ? new Date(away.from) : null,
      awayUntil: away?.until ? new Date(away.until) : null,
      verifiedAt: null,
      lapsesAt: null,
      createdAt: tx.now,
    })
    await record(tx, orgId, 'contact.added', { orgId, contactId, ...byWhom(actor) })
    const asked = await askForProof(ground, tx, { id: contactId, orgId, email }, { why: 'verify', by: actor })
    return { result: 'registered', contactId, asked: asked.result === 'asked' }
  })
}

export const known: InputError = {
  pointer: '/email',
  code: 'contact_exists',
  message: 'There is a contact of this kind with this mailbox already.',
}

export function sameMailbox(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
