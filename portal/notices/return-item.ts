import { record } from '../facts/record.ts'
import type { Tx } from '../ground/ground.ts'
import { lockItem, updateItem } from './notice-store.server.ts'

/**
 * Who was asked says that it is not theirs, or was taken out by the desk: the item waits for a person again. Inside the caller's transaction; records
 * `item.unattributed`.
 */
export async function returnItem(
  tx: Tx,
  itemId: string,
  code: 'not_hosted_here' | 'provider_suspended' = 'not_hosted_here',
): Promise<{ result: 'returned' | 'already-waiting' | 'not-open' }> {
  const item = await lockItem(tx.db, itemId)
  if (!item || item.withdrawnAt !== null || item.closedAt !== null) return { result: 'not-open' }
  if (item.attribution !== 'attributed') return { result: 'already-waiting' }
  await updateItem(tx.db, itemId, { attribution: 'unattributed' })
  const { noticeId } = item
  await record(tx, noticeId, 'item.unattributed', { noticeId, itemId, code })
  return { result: 'returned' }
}
