import type { Fact } from '../facts/facts.ts'
import type { Ground } from '../ground/ground.ts'
import { selectChannels } from './channel-store.server.ts'
import { mailPointer } from './pointer-mail.ts'
import { selectUnfollowed, selectUnpointed } from './pointer-store.server.ts'
import { resumeDeliveries } from './resume-deliveries.ts'

const atOnce = 200

/**
 * Mail to a contact comes back, it was removed, or its mailbox is another one, which has not answered yet: what was pointed
 * to it and has not arrived goes to the next, at once.
 */
export async function pointNext(
  ground: Ground,
  fact: Fact<'contact.failed' | 'contact.removed' | 'contact.changed'>,
): Promise<void> {
  if (fact.kind === 'contact.failed' && fact.payload.reason !== 'returned') return
  if (fact.kind === 'contact.changed') {
    if (fact.payload.change.split(' ').includes('mailbox')) await pointUnpointed(ground, fact.payload.orgId)
    return
  }
  for (const delivery of await selectUnfollowed(ground.db.read, fact.payload.contactId, atOnce)) {
    await mailPointer(ground, delivery)
  }
}

/** A mailbox answers now: what waited for one, or was pointed only to where mail comes back, is pointed to it. */
export async function pointWaiting(ground: Ground, fact: Fact<'contact.confirmed'>): Promise<void> {
  const { orgId, why } = fact.payload
  if (why !== 'verify') return
  await resumeDeliveries(ground, fact)
  await pointUnpointed(ground, orgId)
}

async function pointUnpointed(ground: Ground, orgId: string): Promise<void> {
  const now = ground.clock.now()
  for (const delivery of await selectUnpointed(ground.db.read, orgId, atOnce)) {
    const { push, poll } = await selectChannels(ground.db.read, orgId, delivery.standsIn, { now, purposes: [] })
    if (delivery.escalated > 0 || (!push && !poll)) await mailPointer(ground, delivery)
  }
}
