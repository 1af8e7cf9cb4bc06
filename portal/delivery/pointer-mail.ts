import { eventTypes } from '@noticeline/sdk/protocol'
import { msOf } from '../deadlines/duration.ts'
import type { Fact } from '../facts/facts.ts'
import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { markSecondOffered } from '../notices/mark-offered.ts'
import { readNotice } from '../notices/read-notice.ts'
import { chooseContact, purposeOf } from '../providers/choose-contact.ts'
import { type ContactPurpose, stateOf } from '../providers/contact.ts'
import { type ContactRow, readContact } from '../providers/read-contacts.ts'
import { makeAnswerLink } from './answer-link.ts'
import { selectChannels, selectWritable } from './channel-store.server.ts'
import { hasArrived } from './delivery.ts'
import {
  type DeliveryRow,
  lockDelivery,
  selectAddressed,
  selectDelivery,
  selectNamedItems,
} from './delivery-store.server.ts'
import { claimInvitation } from './invitation.ts'
import { type Pointer, pointerMail } from './pointer-letter.ts'
import {
  countMailed,
  dropPointer,
  insertPointer,
  lockContact,
  noteMailed,
  type PointerRow,
  putInMail,
  releaseMail,
  selectPointed,
  selectWaiting,
} from './pointer-store.server.ts'
import { offerDelivery } from './settle-delivery.ts'

/** So many mails to one contact in so long; what comes more often waits, and leaves together in one mail. */
const most = { mails: 3, withinMs: 3 * 60_000 }
/** Where our mail is called unwanted: as often as the first step of an escalation, and no more. */
const mostUnwanted = { mails: 1, withinMs: 10 * 60_000 }
/** Numbers in one mail. */
const mostInOne = 20
/** Longer than a mail server takes: whoever holds a mail for longer is gone, and another sends it. */
const leaseMs = 60_000
/** Two processes learn of a clock that was set a moment apart. */
const slackMs = 5_000

/**
 * Nobody's endpoint can be tried, or it was signed again after its contacts had been told: the first contact gets a mail that
 * says where to look, and nothing about where or what.
 */
export async function pointContact(ground: Ground, fact: Fact<'delivery.queued'>): Promise<void> {
  const delivery = await selectDelivery(ground.db.read, fact.payload.deliveryId)
  if (!delivery) return
  const now = ground.clock.now()
  const { push, poll } = await selectChannels(ground.db.read, delivery.orgId, delivery.standsIn, { now, purposes: [] })
  const told = delivery.escalated > 0 && (await selectPointed(ground.db.read, delivery.id)).size === 0
  if (!push && !poll) await mailPointer(ground, delivery)
  // Many are signed again at once: the sweep mails them together.
  else if (told)
    await ground.db.transaction(async (tx) => {
      const locked = await lockDelivery(tx.db, delivery.id)
      if (locked) await queuePointer(tx, locked)
    })
}

/** Points the next contact to a delivery, one who was not pointed to it before. Answers who that is; null: nobody is left. */
export async function mailPointer(ground: Ground, delivery: DeliveryRow): Promise<string | null> {
  const contactId = await ground.db.transaction(async (tx) => {
    const locked = await lockDelivery(tx.db, delivery.id)
    return locked ? queuePointer(tx, locked) : null
  })
  if (contactId !== null) await mailWaiting(ground, contactId)
  return contactId
}

/**
 * Says that the next contact is to be pointed to this delivery; `mailWaiting` does it. `also`: whom else it concerns beside
 * those who are there for such notices. The delivery's row is locked.
 */
export async function queuePointer(
  tx: Tx,
  delivery: DeliveryRow,
  also: readonly ContactPurpose[] = [],
): Promise<string | null> {
  const { id: deliveryId, noticeId, orgId, event } = delivery
  if (hasArrived(delivery.state as 'queued') || event === eventTypes.closed) return null
  const notice = await readNotice(tx.db, noticeId)
  if (!notice) return null
  const already = await selectPointed(tx.db, deliveryId)
  const purposes = [purposeOf(notice.regime), ...also]
  const contact = chooseContact(await selectWritable(tx.db, orgId), { now: tx.now, purposes, already })
  if (!contact) return null
  const { id: contactId, mailbox } = contact
  await insertPointer(tx.db, { deliveryId, contactId, mailbox, orgId, noticeId, queuedAt: tx.now })
  return contactId
}

/**
 * Mails what waits for one contact, in one mail. Mailed before it is noted, so that it is never noted without being mailed;
 * a repetition is the same mail under the same id, and nobody repeats it while another is sending it. Answers whether a mail
 * left.
 */
export async function mailWaiting(ground: Ground, contactId: string): Promise<boolean> {
  const batch = await ground.db.transaction((tx) => putTogether(tx, contactId))
  if (!batch) return false
  const { contact } = batch
  const pointers: Pointer[] = []
  for (const one of batch.pointers) pointers.push(...(await describe(ground, one)))
  if (pointers.length > 0) {
    const [only] = batch.pointers.length === 1 ? batch.pointers : []
    const invites = await ground.db.transaction((tx) => claimInvitation(tx, contactId, batch.mailId))
    try {
      await ground.mail.send({
        id: batch.mailId,
        to: contact.email,
        ...pointerMail[contact.locale](pointers, { invites }),
        about: {
          purpose: 'pointer',
          orgId: contact.orgId,
          contactId,
          of: only?.deliveryId ?? contactId,
          ...(only && { noticeId: only.noticeId, deliveryId: only.deliveryId }),
        },
      })
    } catch (error) {
      await ground.db.transaction((tx) => releaseMail(tx.db, batch.mailId))
      throw error
    }
  }
  for (const pointer of batch.pointers) await ground.db.transaction((tx) => note(tx, pointer))
  return true
}

interface Batch {
  mailId: string
  contact: ContactRow
  pointers: PointerRow[]
}

async function putTogether(tx: Tx, contactId: string): Promise<Batch | null> {
  await lockContact(tx.db, contactId)
  const contact = await readContact(tx.db, contactId)
  const waiting: PointerRow[] = []
  for (const one of await selectWaiting(tx.db, contactId, mostInOne)) {
    // It was removed while they waited, or has another mailbox: what was meant for one is not sent to the next.
    if (one.mailbox === contact?.mailbox) waiting.push(one)
    else await dropPointer(tx.db, one)
  }
  if (!contact) return null
  // Put together before, and perhaps mailed, by somebody who did not come to noting it.
  const leasedUntil = new Date(tx.now.getTime() + leaseMs)
  const begun = waiting.find((one) => one.mailId !== null)
  if (begun?.mailId) {
    const { mailId, leasedUntil: held } = begun
    // Somebody is sending it. A lease further ahead than any was taken by a clock that has been set back since.
    if (held && held > tx.now && held.getTime() <= leasedUntil.getTime() + slackMs) return null
    const pointers = waiting.filter((one) => one.mailId === mailId)
    for (const one of pointers) await putInMail(tx.db, one, { mailId, leasedUntil })
    return { mailId, contact, pointers }
  }
  const pointers: PointerRow[] = []
  const mayWrite = waiting.length > 0 && (await mayBeWritten(tx, contact))
  for (const one of waiting) {
    const delivery = await selectDelivery(tx.db, one.deliveryId)
    // It arrived or was taken back while it waited: there is nothing left to point to.
    if (!mayWrite || !delivery || delivery.nextAttemptAt === null || hasArrived(delivery.state as 'queued'))
      await dropPointer(tx.db, one)
    else pointers.push(one)
  }
  const { mails, withinMs } = contact.complainedAt === null ? most : mostUnwanted
  const since = new Date(tx.now.getTime() - withinMs)
  if (pointers.length === 0 || (await countMailed(tx.db, contactId, since)) >= mails) return null
  const [only] = pointers
  const again = contact.mailbox === 1 ? '' : `-${contact.mailbox}`
  const mailId = pointers.length === 1 ? `pointer-${only?.deliveryId}-${contactId}${again}` : `pointers-${newId('mal')}`
  for (const one of pointers) await putInMail(tx.db, one, { mailId, leasedUntil })
  return { mailId, contact, pointers }
}

/** Its organisation may have been taken out while they waited, or mail may have come back. */
async function mayBeWritten(tx: Tx, contact: ContactRow): Promise<boolean> {
  const writable = await selectWritable(tx.db, contact.orgId)
  return (
    writable.some(({ id }) => id === contact.id) && !['unverified', 'unreachable'].includes(stateOf(contact, tx.now))
  )
}

async function note(tx: Tx, pointer: PointerRow): Promise<void> {
  const { deliveryId, contactId, noticeId, orgId } = pointer
  const delivery = await lockDelivery(tx.db, deliveryId)
  const waits = (await selectPointed(tx.db, deliveryId)).has(contactId)
  // Whoever came across the same mail at the same time has noted it.
  if (!delivery || !waits || !(await noteMailed(tx.db, pointer, tx.now))) return
  await offerDelivery(tx, delivery)
  const contact = await readContact(tx.db, contactId)
  if (contact && delivery.event === eventTypes.issued && stateOf(contact, tx.now) === 'live')
    await markSecondOffered(tx, { noticeId, orgId, at: tx.now, itemIds: await selectNamedItems(tx.db, delivery.jti) })
  await record(tx, noticeId, 'delivery.pointed', { noticeId, deliveryId, orgId, contactId })
}

async function describe(ground: Ground, pointer: PointerRow): Promise<Pointer[]> {
  const { deliveryId, noticeId, orgId } = pointer
  const delivery = await selectDelivery(ground.db.read, deliveryId)
  const notice = await readNotice(ground.db.read, noticeId)
  if (!delivery || !notice) return []
  const addressed = await selectAddressed(ground.db.read, noticeId)
  const link = await ground.db.transaction((tx) => makeAnswerLink(ground, tx, delivery, pointer))
  return [
    {
      noticeId,
      count: addressed.filter((one) => one.orgId === orgId).length,
      regime: notice.regime,
      hours: (msOf(notice.deadlineWithin) ?? 0) / 3_600_000,
      link: `${ground.config.origin}/answer/${link.token}`,
      until: link.expiresAt,
      asked: `${ground.config.origin}/asked`,
      withdrawn: delivery.event === eventTypes.withdrawn,
    },
  ]
}
