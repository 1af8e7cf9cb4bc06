import { record } from '../facts/record.ts'
import type { Tx } from '../ground/ground.ts'
import { clockOfAddressee } from './clock-parts.ts'
import { lockAddressees, selectNotice, updateAddressee } from './notice-store.server.ts'

/**
 * Received: the clock of every item of this addressee starts, once. The earliest provable receipt counts, so an earlier
 * one moves the start, and a later one changes nothing. Inside the caller's transaction; records `clock.started`.
 *
 * `itemIds`: what the word that arrived names; left out, all of them. What was attributed to this addressee later was not
 * in it.
 */
export async function startClock(
  tx: Tx,
  receipt: { noticeId: string; orgId: string; at: Date; itemIds?: readonly string[] | null },
): Promise<{ result: 'started' | 'already-started'; itemIds: string[] }> {
  const notice = await selectNotice(tx.db, receipt.noticeId)
  if (!notice) throw new Error('A receipt for a notice that is not there')
  const addressees = await lockAddressees(tx.db, receipt)
  const started = addressees.filter(({ receivedAt }) => receivedAt === null || receipt.at < receivedAt)
  for (const addressee of started) {
    const { dueAt } = clockOfAddressee(notice, { ...addressee, receivedAt: receipt.at }, tx.now)
    await updateAddressee(tx.db, addressee, { receivedAt: receipt.at, dueAt })
  }
  const itemIds = started.map(({ itemId }) => itemId)
  if (itemIds.length === 0) return { result: 'already-started', itemIds }
  const { noticeId, orgId, at } = receipt
  await record(tx, noticeId, 'clock.started', { noticeId, itemIds, orgId, at: at.toISOString() })
  return { result: 'started', itemIds }
}
