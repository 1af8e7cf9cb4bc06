import { newId } from '../facts/id.ts'
import type { Ground } from '../ground/ground.ts'
import { insertContact } from './provider-store.server.ts'

export const contactKinds = ['abuse', 'dsa11', 'tco15', 'legal_representative'] as const
export type ContactKind = (typeof contactKinds)[number]

export interface NewContact {
  orgId: string
  kind: ContactKind
  email: string
  phone?: string
  languages: string[]
  /** True only where somebody has seen the mailbox answer. */
  verified?: boolean
}

/** Adds a role mailbox at the end of an organisation's order of escalation. */
export function addContact(
  ground: Ground,
  input: NewContact,
): Promise<{ result: 'added'; contactId: string } | { result: 'invalid' }> {
  return ground.db.transaction(async (tx) => {
    const email = input.email.trim()
    if (!/^[^\s@]{1,64}@[^\s@]{1,190}$/.test(email)) return { result: 'invalid' }
    const contactId = newId('ctc')
    await insertContact(tx.db, {
      id: contactId,
      orgId: input.orgId,
      kind: input.kind,
      email,
      phone: input.phone ?? null,
      languages: input.languages,
      verifiedAt: input.verified ? tx.now : null,
      createdAt: tx.now,
    })
    return { result: 'added', contactId }
  })
}
