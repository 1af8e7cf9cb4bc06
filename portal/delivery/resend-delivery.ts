import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import { lockDelivery } from './delivery-store.server.ts'
import { isErased, makeDueAgain } from './resend-store.server.ts'

export type Resent = { result: 'queued' } | { result: 'erased' | 'unknown-delivery' | 'forbidden' }

/**
 * Sends one delivery again: the same bytes, also where it arrived before. It changes no clock, since the earliest receipt
 * counts; a receiver that has it answers 202 and does nothing more.
 */
export function resendDelivery(ground: Ground, actor: Actor, deliveryId: string): Promise<Resent> {
  return ground.db.transaction(async (tx): Promise<Resent> => {
    if (!may(actor, 'deliveries.resend')) return { result: 'forbidden' }
    const delivery = await lockDelivery(tx.db, deliveryId)
    if (!delivery || !may(actor, 'deliveries.resend', { orgId: delivery.orgId })) return { result: 'unknown-delivery' }
    if (await isErased(tx.db, delivery.jti)) return { result: 'erased' }
    await makeDueAgain(tx.db, deliveryId, tx.now)
    tx.ring('deliveries')
    const { noticeId, orgId } = delivery
    await record(tx, noticeId, 'delivery.resent', { noticeId, deliveryId, orgId })
    return { result: 'queued' }
  })
}
