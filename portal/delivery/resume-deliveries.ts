import type { Fact } from '../facts/facts.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { makeDue, queueFailed } from './delivery-store.server.ts'

const batch = 200

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
  const { orgId } = fact.payload
  const found = () =>
    ground.db.transaction(async (tx) => {
      const failed = await queueFailed(tx.db, orgId, tx.now, batch)
      for (const { id: deliveryId, noticeId, jti, seq, event, setSha256 } of failed)
        await record(tx, noticeId, 'delivery.queued', { noticeId, deliveryId, orgId, jti, seq, event, setSha256 })
      return failed.length
    })
  while ((await found()) === batch);
  await ground.db.transaction(async (tx) => {
    await makeDue(tx.db, orgId, tx.now)
    tx.ring('deliveries')
  })
}
