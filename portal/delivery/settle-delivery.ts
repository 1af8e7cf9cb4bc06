import { eventTypes } from '@noticeline/sdk/protocol'
import { type NewFact, record, recordAll } from '../facts/record.ts'
import type { Tx } from '../ground/ground.ts'
import { markOffered } from '../notices/mark-offered.ts'
import { startClocks } from '../notices/start-clock.ts'
import { noteFollowed } from '../providers/note-silence.ts'
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

/** What an arrival changes about a delivery's row. `news`: it is the first, or clearly earlier than what was known. */
export function settled(
  delivery: DeliveryRow,
  how: ReceivedHow,
  at: Date,
): { news: boolean; change: Partial<DeliveryRow> } {
  const known = delivery.receivedAt
  if (known !== null && known.getTime() - at.getTime() <= sameArrivalMs) {
    return { news: false, change: delivery.nextAttemptAt === null ? {} : { nextAttemptAt: null } }
  }
  const change = {
    state: delivery.state === 'acknowledged' ? 'acknowledged' : 'received',
    offeredAt: delivery.offeredAt ?? at,
    receivedAt: at,
    receivedHow: how,
    nextAttemptAt: null,
  }
  return { news: true, change }
}

/** A delivery whose row says that it was received, and which items its token names. */
export interface Arrival {
  delivery: Pick<DeliveryRow, 'id' | 'noticeId' | 'orgId' | 'event'>
  itemIds: string[] | null
  /** From when on its items count as offered; null: they were marked when it was. */
  offeredAt: Date | null
  how: ReceivedHow
  at: Date
}

/** Starts the clocks that these arrivals start. What is to be recorded about each is answered, in their order. */
export async function startClocksOf(tx: Tx, arrivals: readonly Arrival[]): Promise<NewFact[][]> {
  // What was attributed to an addressee later was not in it. Two clocks may differ, so the token says which.
  const issued = arrivals.filter(({ delivery }) => delivery.event === eventTypes.issued)
  const words = issued.map(({ delivery: { noticeId, orgId }, at, offeredAt, itemIds }) => ({
    noticeId,
    orgId,
    itemIds,
    at,
    offeredAt,
  }))
  const clocks = await startClocks(tx, words)
  const startedBy = new Map(issued.map((arrival, index) => [arrival, clocks[index]?.fact]))
  return arrivals.map((arrival) => {
    const { delivery, how, at } = arrival
    const { id: deliveryId, noticeId, orgId } = delivery
    const started = startedBy.get(arrival)
    const payload = { noticeId, deliveryId, orgId, how, at: at.toISOString() }
    return [...(started ? [started] : []), { kind: 'delivery.received', payload } as const]
  })
}

/**
 * It arrived. A 202, an acknowledgement and a receipt may come in any order and more than once: the earliest instant
 * counts, and starts the clocks. The delivery's row is locked.
 */
export async function settleDelivery(tx: Tx, delivery: DeliveryRow, how: ReceivedHow, at: Date): Promise<void> {
  const { news, change } = settled(delivery, how, at)
  if (Object.keys(change).length > 0) await updateDelivery(tx.db, delivery.id, change)
  if (!news) return
  // Somebody followed a pointer, so whoever was pointed to it is no silent desk.
  if (how === 'form_confirmed') await noteFollowed(tx, [...(await selectPointed(tx.db, delivery.id))])
  const itemIds = delivery.event === eventTypes.issued ? await selectNamedItems(tx.db, delivery.jti) : null
  const arrival = { delivery, itemIds, offeredAt: delivery.offeredAt ?? at, how, at }
  await recordAll(tx, delivery.noticeId, (await startClocksOf(tx, [arrival])).flat())
}
