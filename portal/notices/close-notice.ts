import { record } from '../facts/record.ts'
import type { Tx } from '../ground/ground.ts'
import { lockNotice, selectItems, setItemsClosed, updateNotice } from './notice-store.server.ts'

/**
 * Closes a notice with all its items: a new revision, of which every recipient is told. `headlines` says how each item
 * ended. Inside the caller's transaction; records `notice.closed`.
 */
export async function closeNotice(
  tx: Tx,
  noticeId: string,
  headlines: { [itemId: string]: string },
): Promise<{ result: 'closed'; seq: number } | { result: 'already-closed' | 'unknown-notice' }> {
  const notice = await lockNotice(tx.db, noticeId)
  if (!notice) return { result: 'unknown-notice' }
  if (notice.closedAt !== null) return { result: 'already-closed' }
  const seq = notice.seq + 1
  const itemIds = (await selectItems(tx.db, noticeId)).map(({ id }) => id)
  await setItemsClosed(tx.db, noticeId, tx.now)
  await updateNotice(tx.db, noticeId, { closedAt: tx.now, seq })
  await record(tx, noticeId, 'notice.closed', { noticeId, seq, itemIds, headlines })
  return { result: 'closed', seq }
}
