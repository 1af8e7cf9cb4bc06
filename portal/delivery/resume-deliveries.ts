import type { Fact } from '../facts/facts.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { makeDue } from './delivery-store.server.ts'

/** An endpoint or a mailbox works now, or its organisation takes part: what waited for one is due at once, and what had failed for want of one is queued again. */
export async function resumeDeliveries(
  ground: Ground,
  fact: Fact<
    | 'endpoint.confirmed'
    | 'endpoint.resumed'
    | 'contact.confirmed'
    | 'organisation.admitted'
    | 'organisation.reinstated'
  >,
): Promise<void> {
  await ground.db.transaction(async (tx) => {
    tx.ring('deliveries')
    for (const delivery of await makeDue(tx.db, fact.payload.orgId, tx.now)) {
      const { id: deliveryId, noticeId, orgId, jti, seq, event, setSha256 } = delivery
      await record(tx, noticeId, 'delivery.queued', { noticeId, deliveryId, orgId, jti, seq, event, setSha256 })
    }
  })
}
