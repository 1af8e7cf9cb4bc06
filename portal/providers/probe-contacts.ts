import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { askForProof, challengeLives } from './ask-contact.ts'
import { selectConfirmations } from './confirmation-store.server.ts'
import { type ContactRow, lockContacts, selectDueChallenges, updateContact } from './contact-store.server.ts'

const day = 86_400_000
const atOnce = 50

/** Days before a proof lapses on which its contact is asked again. */
export const remindedOn = [14, 3, 0] as const

/**
 * Every six months somebody, or something, shows that a contact is read: asked two weeks before, three days before and on
 * the day. Who does not answer comes after all others from then on. Answers how many were asked.
 */
export async function probeContacts(ground: Ground): Promise<number> {
  const due = await selectDueChallenges(ground.db.read, ground.clock.now(), remindedOn[0] * day, atOnce)
  for (const { id, orgId } of due) {
    await ground.db.transaction(async (tx) => {
      const contact = (await lockContacts(tx.db, orgId)).find((one) => one.id === id)
      if (contact) await remind(ground, tx, contact)
    })
  }
  return due.length
}

/** How many words should have gone out by now. Whoever was not asked in time is asked once, not three times. */
export function wordsDue(lapsesAt: Date, now: Date): number {
  const left = lapsesAt.getTime() - now.getTime()
  return remindedOn.filter((days) => left <= days * day).length
}

async function remind(ground: Ground, tx: Tx, contact: ContactRow): Promise<void> {
  const { id: contactId, orgId, lapsesAt, verifiedAt, lapsedAt } = contact
  if (!lapsesAt || !verifiedAt || lapsedAt) return
  const words = wordsDue(lapsesAt, tx.now)
  const days = remindedOn[words - 1]
  if (days === undefined || contact.reminded >= words) return
  const lapsed = days === 0
  await updateContact(tx.db, contactId, {
    reminded: words,
    ...(lapsed ? { lapsedAt: tx.now } : {}),
    updatedAt: tx.now,
  })
  // Where mail comes back there is nobody to ask.
  if (contact.unreachableAt === null) {
    const confirmationId = await challengeOf(ground, tx, contact, new Date(lapsesAt.getTime() + challengeLives))
    await record(tx, orgId, 'contact.reminded', { orgId, contactId, confirmationId, days })
  }
  if (lapsed) await record(tx, orgId, 'contact.lapsed', { orgId, contactId })
}

/** One code and one link for all three mails, so that any of them does. */
async function challengeOf(ground: Ground, tx: Tx, contact: ContactRow, expiresAt: Date): Promise<string> {
  const [newest] = await selectConfirmations(tx.db, contact.id, 1)
  const open = newest?.why === 'challenge' && !newest.consumedAt && !newest.voidedAt && newest.expiresAt > tx.now
  if (newest && open) return newest.id
  const asked = await askForProof(ground, tx, contact, { why: 'challenge', expiresAt })
  if (asked.result !== 'asked') throw new Error('A challenge is never limited')
  return asked.confirmationId
}
