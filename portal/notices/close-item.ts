import type { Tx } from '../ground/ground.ts'
import { lockItem, updateItem } from './notice-store.server.ts'

/** Nothing more is expected about this item. Inside the caller's transaction; the fact that caused it is the caller's. */
export async function closeItem(
  tx: Tx,
  itemId: string,
): Promise<{ result: 'closed' | 'already-closed' | 'unknown-item' }> {
  const item = await lockItem(tx.db, itemId)
  if (!item) return { result: 'unknown-item' }
  if (item.closedAt !== null) return { result: 'already-closed' }
  await updateItem(tx.db, itemId, { closedAt: tx.now })
  return { result: 'closed' }
}
