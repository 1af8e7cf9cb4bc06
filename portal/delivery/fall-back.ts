import { eventTypes } from '@noticeline/sdk/protocol'
import type { Ground } from '../ground/ground.ts'
import { selectStuck } from './channel-store.server.ts'
import { mailPointer } from './pointer-mail.ts'

const atOnce = 50
const hardFailures = ['tls', 'dns', 'refused', 'address_refused']

/**
 * Escalation follows the deadline, not exhausted attempts: what has not arrived in time is pointed to in a mail to the
 * first contact, once, while pushing and polling go on. Answers how many.
 */
export async function fallBack(ground: Ground): Promise<number> {
  const stuck = await selectStuck(ground.db.read, {
    now: ground.clock.now(),
    events: [eventTypes.issued, eventTypes.withdrawn],
    hard: hardFailures,
    limit: atOnce,
  })
  for (const delivery of stuck) await mailPointer(ground, delivery)
  return stuck.length
}
