/** Escalation follows the deadline: the next contact and the notifier, then a named person on the platform's desk. */
import { eventTypes } from '@noticeline/sdk/protocol'
import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { findDeskHandlers } from '../people/find-desk-handlers.ts'
import { noteSilence } from '../providers/note-silence.ts'
import { hasArrived } from './delivery.ts'
import { type DeliveryRow, lockDelivery, updateDelivery } from './delivery-store.server.ts'
import { countOpenTasks, insertTask, selectOpenTask } from './desk-task-store.server.ts'
import { queuePointer } from './pointer-mail.ts'
import { markSilent, selectOlder, selectPointed, selectUnacknowledged } from './pointer-store.server.ts'

const atOnce = 50
const events = [eventTypes.issued, eventTypes.withdrawn]
/** A receiver that said 202 has that long to sign for it. */
const signsWithinMs = 15 * 60_000

/**
 * What has not arrived after a quarter of its time, counted as if it had been received when it was first offered, is pointed
 * to the next contact, and its notifier sees it; after a half it is a task. What arrived and was not signed for is one after
 * fifteen minutes. Every step is recorded, and taken once. Answers how many were taken.
 */
export async function escalateDeliveries(ground: Ground): Promise<number> {
  const now = ground.clock.now()
  const { read } = ground.db
  const quarter = await selectOlder(read, { now, events, limit: atOnce, step: 2, part: 0.25 })
  for (const { id } of quarter) await ground.db.transaction((tx) => tellNext(tx, id))
  const half = await selectOlder(read, { now, events, limit: atOnce, step: 3, part: 0.5 })
  for (const { id } of half) await ground.db.transaction((tx) => tellDesk(tx, id))
  const event = eventTypes.issued
  const unsigned = await selectUnacknowledged(read, { now, event, afterMs: signsWithinMs, limit: atOnce })
  for (const { id } of unsigned) await ground.db.transaction((tx) => tellUnacknowledged(tx, id))
  return quarter.length + half.length + unsigned.length
}

/** Without an endpoint it was pointed to when it was queued. Its mail leaves with the others that wait for that contact. */
export async function tellFirst(tx: Tx, deliveryId: string): Promise<void> {
  const delivery = await waitingFor(tx, deliveryId, 0)
  if (!delivery) return
  if ((await selectPointed(tx.db, deliveryId)).size === 0) await queuePointer(tx, delivery)
  await updateDelivery(tx.db, deliveryId, { escalated: 1 })
}

async function tellNext(tx: Tx, deliveryId: string): Promise<void> {
  const delivery = await waitingFor(tx, deliveryId, 1)
  if (!delivery) return
  const contactId = await queuePointer(tx, delivery, ['escalation'])
  await updateDelivery(tx.db, deliveryId, { escalated: 2 })
  const silent = await markSilent(tx.db, deliveryId, tx.now)
  await escalated(tx, delivery, 'next_contact', { contactId })
  await noteSilence(tx, silent)
}

async function tellDesk(tx: Tx, deliveryId: string): Promise<void> {
  const delivery = await waitingFor(tx, deliveryId, 2)
  if (!delivery) return
  await updateDelivery(tx.db, deliveryId, { escalated: 3 })
  await escalated(tx, delivery, 'desk', { taskId: await openTask(tx, delivery, 'undelivered') })
}

async function tellUnacknowledged(tx: Tx, deliveryId: string): Promise<void> {
  const delivery = await lockDelivery(tx.db, deliveryId)
  if (!delivery || delivery.unacknowledgedAt !== null || delivery.state !== 'received') return
  await updateDelivery(tx.db, deliveryId, { unacknowledgedAt: tx.now })
  const open = await selectOpenTask(tx.db, delivery.orgId, 'unacknowledged')
  const taskId = open?.id ?? (await openTask(tx, delivery, 'unacknowledged'))
  await escalated(tx, delivery, 'unacknowledged', { taskId })
}

async function waitingFor(tx: Tx, deliveryId: string, step: number): Promise<DeliveryRow | null> {
  const delivery = await lockDelivery(tx.db, deliveryId)
  if (!delivery || hasArrived(delivery.state as 'queued') || delivery.nextAttemptAt === null) return null
  return delivery.escalated === step ? delivery : null
}

/** Whoever has least in hand; with nobody on the desk it waits in the list for whoever comes. */
async function openTask(tx: Tx, delivery: DeliveryRow, kind: 'undelivered' | 'unacknowledged'): Promise<string> {
  const inHand = await countOpenTasks(tx.db)
  const load = (personId: string) => inHand.get(personId) ?? 0
  const [person] = (await findDeskHandlers(tx.db)).sort((one, other) => load(one.personId) - load(other.personId))
  const id = newId('tsk')
  const { id: deliveryId, noticeId, orgId } = delivery
  const personId = person?.personId ?? null
  await insertTask(tx.db, { id, kind, orgId, noticeId, deliveryId, personId, openedAt: tx.now })
  return id
}

async function escalated(
  tx: Tx,
  { id: deliveryId, noticeId, orgId }: DeliveryRow,
  step: 'next_contact' | 'desk' | 'unacknowledged',
  { contactId = null, taskId = null }: { contactId?: string | null; taskId?: string | null },
): Promise<void> {
  await record(tx, noticeId, 'delivery.escalated', { noticeId, deliveryId, orgId, step, contactId, taskId })
}
