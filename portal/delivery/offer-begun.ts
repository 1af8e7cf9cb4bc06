import { eventTypes } from '@noticeline/sdk/protocol'
import { type NewFact, recordIn } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { markAllOffered } from '../notices/mark-offered.ts'
import { abandonAttempts, selectFirstTries } from './attempt-store.server.ts'
import type { Begun } from './begin-attempts.ts'
import { releaseLeases } from './claim-store.server.ts'
import { hasArrived } from './delivery.ts'
import type { DeliveryRow } from './delivery-store.server.ts'
import { lockDeliveries, writeDeliveries } from './result-store.server.ts'

interface Tried {
  begun: Begun
  /** As it is now, locked; what changes is written into it, and by the caller into the database. */
  delivery: DeliveryRow
}

/**
 * First tried on a channel that works: the first of the two instants of every item in it. Of these, those that nobody had
 * offered yet are offered from their first attempt on. Answers them with the fact of each, for the caller to record.
 */
export async function noteOffers<T extends Tried>(tx: Tx, tried: readonly T[]): Promise<Map<T, NewFact>> {
  const fresh = tried.filter(({ delivery }) => delivery.offeredAt === null)
  const again = fresh.filter(({ begun }) => begun.number > 1).map(({ delivery }) => delivery.id)
  // An earlier attempt whose worker was killed has left nothing but its row.
  const earlier = again.length === 0 ? new Map<string, Date>() : await selectFirstTries(tx.db, again)
  const facts = new Map<T, NewFact>()
  for (const one of fresh) {
    const { delivery, begun } = one
    if (delivery.offeredAt !== null) continue
    const at = earlier.get(delivery.id) ?? begun.at
    delivery.offeredAt = at
    if (!hasArrived(delivery.state as 'queued')) delivery.state = 'offered'
    const { id: deliveryId, noticeId, orgId } = delivery
    facts.set(one, { kind: 'delivery.offered', payload: { noticeId, deliveryId, orgId, at: at.toISOString() } })
  }
  return facts
}

/** The items in these are offered as well: what their addressees know of it. */
export function markItemsOffered(tx: Tx, tried: readonly Tried[]): Promise<void> {
  return markAllOffered(
    tx,
    tried.flatMap(({ begun, delivery: { event, noticeId, orgId, offeredAt } }) =>
      event === eventTypes.issued && offeredAt
        ? [{ noticeId, orgId, at: offeredAt, itemIds: begun.token.itemIds }]
        : [],
    ),
  )
}

/**
 * Offers what was sent and is not answered yet: a receiver that takes its time has it all the same. With `release`, what
 * this worker holds of it is given back as well, so that nobody has to wait for its lease.
 */
export function offerBegun(ground: Ground, begun: readonly Begun[], release?: { workerId: string }): Promise<void> {
  return ground.db.transaction(async (tx) => {
    const rows = await lockDeliveries(
      tx.db,
      begun.map(({ delivery }) => delivery.id),
    )
    const tried = begun.flatMap((one) => {
      const delivery = rows.find(({ id }) => id === one.delivery.id)
      return delivery ? [{ begun: one, delivery }] : []
    })
    const facts = await noteOffers(tx, tried)
    await writeDeliveries(
      tx.db,
      [...facts.keys()].map(({ delivery }) => delivery),
    )
    await markItemsOffered(tx, [...facts.keys()])
    await recordIn(tx, byNotice(facts))
    if (!release) return
    const released = await releaseLeases(
      tx.db,
      release.workerId,
      rows.map(({ id }) => id),
    )
    if (released.length > 0) await abandonAttempts(tx.db, released, tx.now)
  })
}

function byNotice(facts: ReadonlyMap<Tried, NewFact>): Map<string, NewFact[]> {
  const histories = new Map<string, NewFact[]>()
  for (const [{ delivery }, fact] of facts) {
    histories.set(delivery.noticeId, [...(histories.get(delivery.noticeId) ?? []), fact])
  }
  return histories
}
