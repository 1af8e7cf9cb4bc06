import { createHash, timingSafeEqual } from 'node:crypto'
import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { byWhom } from '../people/by-whom.ts'
import { type Actor, may } from '../people/may.ts'
import { noteDone } from '../people/note-answered.ts'
import { codeMac, linkToken, mailboxMac } from './ask-contact.ts'
import {
  type ConfirmationRow,
  selectConfirmation,
  selectConfirmations,
  updateConfirmation,
} from './confirmation-store.server.ts'
import { lapseOf } from './contact.ts'
import { type ContactRow, lockContacts, selectContact, updateContact } from './contact-store.server.ts'

/** Wrong codes, after which that one is void. */
export const mostTries = 10

export type ContactConfirmed =
  | { result: 'confirmed'; contactId: string }
  | { result: 'wrong'; triesLeft: number }
  /** `used`: it was brought back before. `replaced`: a newer one was mailed. `none`: nothing was mailed that waits. */
  | { result: 'used' | 'expired' | 'replaced' | 'too-many-tries' | 'none' | 'unknown-contact' | 'forbidden' }

/**
 * Brings a code back: somebody reads that mailbox. A person or a program of the organisation may; a challenge is answered
 * in the same way. Ten wrong ones void it, a right one counts once.
 */
export async function confirmContact(
  ground: Ground,
  actor: Actor,
  contactId: string,
  typed: string,
  how: 'code' | 'api' = 'code',
): Promise<ContactConfirmed> {
  if (!may(actor, 'contacts.confirm')) return { result: 'forbidden' }
  const found = await selectContact(ground.db.read, contactId)
  if (!found || !may(actor, 'contacts.confirm', { orgId: found.orgId })) return { result: 'unknown-contact' }
  const code = normalised(typed)
  return ground.db.transaction(async (tx) => {
    const contact = (await lockContacts(tx.db, found.orgId)).find(({ id }) => id === contactId)
    if (!contact) return { result: 'unknown-contact' }
    const rows = await selectConfirmations(tx.db, contactId, 5)
    // Every one of them is compared, whichever it is.
    const matches = rows.filter((row) => timingSafeEqual(row.codeMac, codeMac(ground, row.id, code)))
    const [match] = matches
    if (match) {
      const state = stateOf(match, tx.now)
      if (state !== 'open') return { result: state }
      await confirm(tx, contact, match, how, actor)
      return { result: 'confirmed', contactId }
    }
    const [newest] = rows
    const state = newest ? stateOf(newest, tx.now) : 'none'
    if (!newest || state !== 'open')
      return { result: state === 'expired' || state === 'too-many-tries' ? state : 'none' }
    const tries = newest.tries + 1
    await updateConfirmation(tx.db, newest.id, { tries })
    return tries >= mostTries ? { result: 'too-many-tries' } : { result: 'wrong', triesLeft: mostTries - tries }
  })
}

export type ConfirmationLink =
  | { result: 'valid'; why: 'verify' | 'challenge'; expiresAt: Date }
  | { result: 'used' | 'expired' | 'replaced' | 'unknown' }

/** What the link in the mail would do. Opening it changes nothing: mail scanners open links too. */
export async function describeConfirmation(ground: Ground, token: string): Promise<ConfirmationLink> {
  const id = readToken(ground, token)
  const row = id === null ? undefined : await selectConfirmation(ground.db.read, id)
  const contact = row && (await selectContact(ground.db.read, row.contactId))
  if (!row || !contact) return { result: 'unknown' }
  const state = stateOf(row, ground.clock.now())
  // Tries of a code say nothing about who holds the link.
  if (state !== 'open' && state !== 'too-many-tries') return { result: state }
  return { result: 'valid', why: row.why as 'verify' | 'challenge', expiresAt: row.expiresAt }
}

/** Somebody, or something, that reads the mailbox pressed the button behind the link. It counts once. */
export async function confirmByLink(
  ground: Ground,
  token: string,
): Promise<{ result: 'confirmed' | 'used' | 'expired' | 'replaced' | 'unknown' }> {
  const id = readToken(ground, token)
  const found = id === null ? undefined : await selectConfirmation(ground.db.read, id)
  if (!found) return { result: 'unknown' }
  return ground.db.transaction(async (tx) => {
    const contact = (await lockContacts(tx.db, found.orgId)).find((one) => one.id === found.contactId)
    const row = await selectConfirmation(tx.db, found.id)
    if (!contact || !row) return { result: 'unknown' }
    const state = stateOf(row, tx.now)
    if (state !== 'open' && state !== 'too-many-tries') return { result: state }
    // The mailbox was changed since: that voids it as well, and this makes sure.
    if (!timingSafeEqual(row.mailboxMac, mailboxMac(ground, contact.email))) return { result: 'replaced' }
    await confirm(tx, contact, row, 'link')
    return { result: 'confirmed' }
  })
}

async function confirm(
  tx: Tx,
  contact: ContactRow,
  row: ConfirmationRow,
  how: 'code' | 'link' | 'api',
  by: Actor = { kind: 'nobody' },
) {
  const { id: contactId, orgId } = contact
  await updateConfirmation(tx.db, row.id, { consumedAt: tx.now })
  await noteDone(tx, row.id)
  await updateContact(tx.db, contactId, {
    verifiedAt: contact.verifiedAt ?? tx.now,
    lapsesAt: lapseOf(tx.now),
    lapsedAt: null,
    reminded: 0,
    unreachableAt: null,
    unreachableCode: null,
    complainedAt: null,
    silent: 0,
    updatedAt: tx.now,
  })
  await record(tx, orgId, 'contact.confirmed', { orgId, contactId, why: row.why as 'verify', how, ...byWhom(by) })
}

function stateOf(row: ConfirmationRow, now: Date): 'open' | 'used' | 'replaced' | 'expired' | 'too-many-tries' {
  if (row.consumedAt) return 'used'
  if (row.voidedAt) return 'replaced'
  if (row.expiresAt <= now) return 'expired'
  return row.tries >= mostTries ? 'too-many-tries' : 'open'
}

/** Typed by hand or pasted: capitals, spaces and the dash do not matter, nor what looks alike. */
function normalised(typed: string): string {
  return typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1').slice(0, 40)
}

function readToken(ground: Ground, token: string): string | null {
  const id = /^(cfm_[0-9a-z]{26})\.[A-Za-z0-9_-]{43}$/.exec(token)?.[1]
  if (!id) return null
  return timingSafeEqual(digest(token), digest(linkToken(ground, id))) ? id : null
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest()
}
