import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { type ContactKind, lapseOf, usualPurposes } from './contact.ts'
import { insertContact } from './contact-store.server.ts'

export interface NewContact {
  orgId: string
  kind: ContactKind
  email: string
  phone?: string
  languages: string[]
  /** True only where somebody has seen the mailbox answer. */
  verified?: boolean
}

/**
 * Adds a role mailbox at the end of an organisation's order of escalation, for whoever knows it from elsewhere: the seed, or
 * a mailbox that has just answered. People and programs of the organisation itself use `registerContact`.
 */
export function addContact(
  ground: Ground,
  input: NewContact,
): Promise<{ result: 'added'; contactId: string } | { result: 'invalid' }> {
  return ground.db.transaction(async (tx) => {
    const email = input.email.trim()
    if (!isMailbox(email)) return { result: 'invalid' }
    const { orgId, kind } = input
    const contactId = newId('ctc')
    await insertContact(tx.db, {
      id: contactId,
      orgId,
      kind,
      purposes: [...usualPurposes[kind]],
      name: null,
      email,
      phone: input.phone ?? null,
      languages: input.languages,
      hours: null,
      timeZone: 'Europe/Amsterdam',
      awayFrom: null,
      awayUntil: null,
      verifiedAt: input.verified ? tx.now : null,
      lapsesAt: input.verified ? lapseOf(tx.now) : null,
      createdAt: tx.now,
    })
    await record(tx, orgId, 'contact.added', { orgId, contactId })
    return { result: 'added', contactId }
  })
}

/** One plain address, of a length that mail servers take. */
export function isMailbox(email: string): boolean {
  return /^[^\s\p{Cc}<>()[\]@,;:"\\]{1,64}@[^\s\p{Cc}<>()[\]@,;:"\\]{1,190}$/u.test(email) && email.includes('.')
}
