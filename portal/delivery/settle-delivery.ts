import { eventTypes } from '@noticeline/sdk/protocol'
import { record } from '../facts/record.ts'
import type { Tx } from '../ground/ground.ts'
import { markOffered } from '../notices/mark-offered.ts'
import { startClock } from '../notices/start-clock.ts'
import { noteFollowed } from '../providers/note-silence.ts'
import { abandonAttempts } from './attempt-store.server.ts'
import { hasArrived, type ReceivedHow } from './delivery.ts'
import { type DeliveryRow, selectNamedItems, updateDelivery } from './delivery-store.server.ts'
import { selectPointed } from './pointer-store.server.ts'

/** First tried on a channel that works: the first of the two instants of every item in it. The delivery's row is locked. */
export async function offerDelivery(tx: Tx, delivery: DeliveryRow): Promise<void> {
  if (delivery.offeredAt !== null) return
  await updateDelivery(tx.db, delivery.id, {
    offeredAt: tx.now,
    state: hasArrived(delivery.state as 'queued') ? delivery.state : 'offered',
  })
  const { noticeId, orgId } = delivery
  if (delivery.event === eventTypes.issued) {
    const itemIds = await selectNamedItems(tx.db, delivery.jti)
    await markOffered(tx, { noticeId, orgId, at: tx.now, itemIds })
  }
  await record(tx, noticeId, 'delivery.offered', { noticeId, deliveryId: delivery.id, orgId, at: tx.now.toISOString() })
}

/** Our clock and the provider's are never quite alike: so little apart, two proofs are of one arrival. */
const sameArrivalMs = 60_000

/**
 * It arrived. A 202, an acknowledgement and a receipt may come in any order and more than once: the earliest instant
 * counts, and starts the clocks. The delivery's row is locked.
 */
export async function settleDelivery(tx: Tx, delivery: DeliveryRow, how: ReceivedHow, at: Date): Promise<void> {
  const { noticeId, orgId } = delivery
  const known = delivery.receivedAt
  if (known !== null && known.getTime() - at.getTime() <= sameArrivalMs) {
    if (delivery.nextAttemptAt !== null) await updateDelivery(tx.db, delivery.id, { nextAttemptAt: null })
    return
  }
  await updateDelivery(tx.db, delivery.id, {
    state: delivery.state === 'acknowledged' ? 'acknowledged' : 'received',
    offeredAt: delivery.offeredAt ?? at,
    receivedAt: at,
    receivedHow: how,
    nextAttemptAt: null,
  })
  // Somebody followed a pointer, so whoever was pointed to it is no silent desk.
  if (how === 'form_confirmed') await noteFollowed(tx, [...(await selectPointed(tx.db, delivery.id))])
  // Nobody tries it again, so nobody would find another attempt whose worker was killed.
  if (how !== 'push' || delivery.attempts > 1) await abandonAttempts(tx.db, delivery.id, tx.now)
  if (delivery.event === eventTypes.issued) {
    // What was attributed to this addressee later was not in it. Two clocks may differ, so the token says which.
    const itemIds = await selectNamedItems(tx.db, delivery.jti)
    await markOffered(tx, { noticeId, orgId, at: delivery.offeredAt ?? at, itemIds })
    await startClock(tx, { noticeId, orgId, at, itemIds })
  }
  await record(tx, noticeId, 'delivery.received', {
    noticeId,
    deliveryId: delivery.id,
    orgId,
    how,
    at: at.toISOString(),
  })
}
