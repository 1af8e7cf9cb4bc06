import { eventTypes } from '@noticeline/sdk/protocol'
import type { Ground } from '../ground/ground.ts'
import { updateDelivery } from './delivery-store.server.ts'
import { escalateDeliveries } from './escalate-delivery.ts'
import { mailPointer, mailWaiting } from './pointer-mail.ts'
import { selectPointed, selectStuck, selectWaitedFor } from './pointer-store.server.ts'

const atOnce = 50
const hardFailures = ['tls', 'dns', 'refused', 'address_refused']

/**
 * Escalation follows the deadline, not exhausted attempts: what has not arrived in time is pointed to in a mail to the
 * first contact, once, while pushing and polling go on; the later steps are in `escalate-delivery.ts`. Answers how many.
 */
export async function fallBack(ground: Ground): Promise<number> {
  const stuck = await selectStuck(ground.db.read, {
    now: ground.clock.now(),
    events: [eventTypes.issued, eventTypes.withdrawn],
    hard: hardFailures,
    limit: atOnce,
  })
  for (const delivery of stuck) {
    // Without an endpoint it was pointed to when it was queued.
    if ((await selectPointed(ground.db.read, delivery.id)).size === 0) await mailPointer(ground, delivery)
    await ground.db.transaction((tx) => updateDelivery(tx.db, delivery.id, { escalated: 1 }))
  }
  for (const contactId of await selectWaitedFor(ground.db.read, atOnce)) await mailWaiting(ground, contactId)
  return stuck.length + (await escalateDeliveries(ground))
}
