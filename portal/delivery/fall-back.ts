import { eventTypes } from '@noticeline/sdk/protocol'
import { isJustBack } from '../deadlines/outages.ts'
import type { Ground } from '../ground/ground.ts'
import { escalateDeliveries, tellFirst } from './escalate-delivery.ts'
import { mailWaiting } from './pointer-mail.ts'
import { selectStuck, selectWaitedFor } from './pointer-store.server.ts'

const atOnce = 50
const hardFailures = ['tls', 'dns', 'refused', 'address_refused']

/**
 * Escalation follows the deadline, not exhausted attempts: what has not arrived in time is pointed to in a mail to the
 * first contact, once, while pushing and polling go on; the later steps are in `escalate-delivery.ts`. Mails leave last, so
 * that a burst is in few of them. Who just came back from an outage of its own delivers first and blames nobody. Answers
 * how many steps were taken.
 */
export async function fallBack(ground: Ground): Promise<number> {
  if (await isJustBack(ground, 'worker')) return 0
  const stuck = await selectStuck(ground.db.read, {
    now: ground.clock.now(),
    events: [eventTypes.issued, eventTypes.withdrawn],
    hard: hardFailures,
    limit: atOnce,
  })
  for (const { id } of stuck) await ground.db.transaction((tx) => tellFirst(tx, id))
  const steps = stuck.length + (await escalateDeliveries(ground))
  for (const contactId of await selectWaitedFor(ground.db.read, atOnce)) await mailWaiting(ground, contactId)
  return steps
}
