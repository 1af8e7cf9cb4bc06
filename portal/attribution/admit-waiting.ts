import type { Ground } from '../ground/ground.ts'
import { acceptedToday } from '../people/accept-terms.ts'
import { admit, lockWaiting } from '../people/decide-admission.ts'
import { hasOwnRegistryNetwork, selectReadyForAdmission } from './admission-store.server.ts'

const atOnce = 100

/**
 * By the clock: admits who has waited for the set time, and only where the registry's own mailbox has answered for a
 * network that counts by now and against which nothing speaks. Everybody else waits for the desk, however long. Answers
 * how many.
 */
export async function admitWaiting(ground: Ground): Promise<number> {
  const now = ground.clock.now()
  const before = new Date(now.getTime() - ground.config.admissionWaitMs)
  let admitted = 0
  for (const orgId of await selectReadyForAdmission(ground.db.read, { now, before, limit: atOnce })) {
    admitted += await ground.db.transaction(async (tx) => {
      // Asked again under the lock: the desk may have decided meanwhile, or the proof have ended.
      const waiting = await lockWaiting(tx, orgId)
      if (!waiting || !(await hasOwnRegistryNetwork(tx.db, orgId, { now: tx.now, before }))) return 0
      if (!(await acceptedToday(tx.db, orgId))) return 0
      const reason = 'The mailbox that its registry names has answered, and the set time has passed.'
      await admit(tx, { orgId, by: 'registry_mail', reason, personId: null })
      return 1
    })
  }
  return admitted
}
