/** A code and a link, mailed to a mailbox: whoever brings one of them back reads what is sent there. */
import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { byWhom } from '../people/by-whom.ts'
import { type Actor, may } from '../people/may.ts'
import { countAsked, insertConfirmation, voidConfirmations } from './confirmation-store.server.ts'
import { type ContactRow, lockContacts, selectContact } from './contact-store.server.ts'

const minute = 60_000
const day = 1440 * minute

/** How long a code is good that was asked for now. */
export const codeLives = 30 * minute
/** How long a challenge may still be answered after the proof has lapsed. */
export const challengeLives = 30 * day
/** Nobody uses us to fill a stranger's mailbox: by contact in an hour, by mailbox and by organisation in a day. */
const most = { contact: 5, mailbox: 10, organisation: 40 }

// Crockford's, without letters that look like digits.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Eight characters that can be made again from the id, so that mailing them twice mails the same ones. */
export function codeOf(ground: Pick<Ground, 'vault'>, confirmationId: string): string {
  const bytes = Buffer.from(ground.vault.derive('contact-code', confirmationId), 'base64url')
  return [...bytes.subarray(0, 8)].map((byte) => alphabet[byte & 31]).join('')
}

/** What is kept of a code. */
export function codeMac(ground: Pick<Ground, 'vault'>, confirmationId: string, code: string): Buffer {
  return ground.vault.mac('contact-code', `${confirmationId}:${code}`)
}

export function linkToken(ground: Pick<Ground, 'vault'>, confirmationId: string): string {
  return `${confirmationId}.${ground.vault.derive('contact-link', confirmationId)}`
}

export function mailboxMac(ground: Pick<Ground, 'vault'>, email: string): Buffer {
  return ground.vault.mac('mailbox', email.trim().toLowerCase())
}

/** Sends the code again, or for the first time. The one before is void from now on. */
export async function askContact(
  ground: Ground,
  actor: Actor,
  contactId: string,
): Promise<{ result: 'asked' | 'limited' | 'unknown-contact' | 'forbidden' }> {
  if (!may(actor, 'contacts.confirm')) return { result: 'forbidden' }
  const found = await selectContact(ground.db.read, contactId)
  if (!found || !may(actor, 'contacts.confirm', { orgId: found.orgId })) return { result: 'unknown-contact' }
  return ground.db.transaction(async (tx) => {
    const contact = (await lockContacts(tx.db, found.orgId)).find(({ id }) => id === contactId)
    if (!contact) return { result: 'unknown-contact' }
    const asked = await askForProof(ground, tx, contact, { why: 'verify', by: actor })
    return { result: asked.result }
  })
}

/** In the caller's transaction, with the contact's row in hand. */
export async function askForProof(
  ground: Ground,
  tx: Tx,
  contact: Pick<ContactRow, 'id' | 'orgId' | 'email'>,
  { why, by = { kind: 'nobody' }, expiresAt }: { why: 'verify' | 'challenge'; by?: Actor; expiresAt?: Date },
): Promise<{ result: 'asked'; confirmationId: string } | { result: 'limited' }> {
  const { id: contactId, orgId, email } = contact
  const mac = mailboxMac(ground, email)
  if (why === 'verify') {
    const since = { hour: new Date(tx.now.getTime() - 60 * minute), day: new Date(tx.now.getTime() - day) }
    const asked = await countAsked(tx.db, { contactId, mailboxMac: mac, orgId }, since)
    if (asked.contact >= most.contact || asked.mailbox >= most.mailbox || asked.organisation >= most.organisation) {
      ground.log.warn('contact.limited', { orgId, count: asked.organisation })
      return { result: 'limited' }
    }
  }
  await voidConfirmations(tx.db, contactId, tx.now)
  const confirmationId = newId('cfm')
  await insertConfirmation(tx.db, {
    id: confirmationId,
    contactId,
    orgId,
    why,
    codeMac: codeMac(ground, confirmationId, codeOf(ground, confirmationId)),
    mailboxMac: mac,
    requestedAt: tx.now,
    expiresAt: expiresAt ?? new Date(tx.now.getTime() + codeLives),
  })
  // A challenge's mails are reminders, each a fact of its own.
  if (why === 'verify')
    await record(tx, orgId, 'contact.asked', { orgId, contactId, confirmationId, why, ...byWhom(by) })
  return { result: 'asked', confirmationId }
}
