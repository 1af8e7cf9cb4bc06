import type { Fact } from '../facts/facts.ts'
import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import {
  type ContactRow,
  countReturns,
  insertReturn,
  lockContacts,
  selectContact,
  selectProvenLater,
  updateContact,
} from './contact-store.server.ts'

/** So many mails that came back for now, in so long, are as good as one that came back for ever. */
const temporary = { count: 3, withinMs: 48 * 3_600_000 }

/**
 * A mail to a contact came back. Permanently, and nothing is sent there until it is confirmed again; for now, and it counts
 * after the third in two days. What comes back late, from before the last proof, says nothing about today.
 */
export async function noteReturn(ground: Ground, fact: Fact<'mail.returned'>): Promise<void> {
  const { contactId, mailId, orgId, permanent, code } = fact.payload
  if (contactId === null || orgId === null) return
  await ground.db.transaction(async (tx) => {
    const contact = (await lockContacts(tx.db, orgId)).find(({ id }) => id === contactId)
    if (!contact) return
    if (!(await insertReturn(tx.db, { mailId, contactId, orgId, permanent, code, at: fact.at }))) return
    if (contact.unreachableAt !== null || (await selectProvenLater(tx.db, contactId, mailId))) return
    const since = new Date(fact.at.getTime() - temporary.withinMs)
    if (!permanent && (await countReturns(tx.db, contactId, since)) < temporary.count) return
    await giveUp(tx, contact, code)
  })
}

async function giveUp(tx: Tx, { id: contactId, orgId }: ContactRow, code: string): Promise<void> {
  await updateContact(tx.db, contactId, { unreachableAt: tx.now, unreachableCode: code, updatedAt: tx.now })
  await record(tx, orgId, 'contact.failed', { orgId, contactId, reason: 'returned', code })
}

/** A person wrote back: somebody is there. An automatic reply says nothing of the kind, and changes nothing. */
export async function noteAnswer(ground: Ground, fact: Fact<'mail.answered'>): Promise<void> {
  const { contactId, orgId } = fact.payload
  if (contactId === null || orgId === null) return
  const found = await selectContact(ground.db.read, contactId)
  if (!found || (found.silent === 0 && found.unreachableAt === null && found.complainedAt === null)) return
  await ground.db.transaction(async (tx) => {
    const contact = (await lockContacts(tx.db, orgId)).find(({ id }) => id === contactId)
    if (!contact) return
    const change = { silent: 0, unreachableAt: null, unreachableCode: null, complainedAt: null, updatedAt: tx.now }
    await updateContact(tx.db, contactId, change)
  })
}

/**
 * Somebody there marked our mail as spam, or their provider did (RFC 5965). It may not be seen any more, so others come
 * first; and less is sent there, since whoever writes on in the same way is soon heard nowhere. Once, until somebody there
 * answers: by a code, or by writing back.
 */
export async function noteComplaint(ground: Ground, fact: Fact<'mail.complained'>): Promise<void> {
  const { contactId, mailId, orgId } = fact.payload
  if (contactId === null || orgId === null) return
  await ground.db.transaction(async (tx) => {
    const contact = (await lockContacts(tx.db, orgId)).find(({ id }) => id === contactId)
    if (!contact || contact.complainedAt !== null || (await selectProvenLater(tx.db, contactId, mailId))) return
    await updateContact(tx.db, contactId, { complainedAt: fact.at, updatedAt: tx.now })
    await record(tx, orgId, 'contact.failed', { orgId, contactId, reason: 'complained', code: null })
  })
}
