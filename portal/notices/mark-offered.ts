import type { Tx } from '../ground/ground.ts'
import { setOffered } from './notice-store.server.ts'

/**
 * Keeps when a notice was first tried on a channel that works. Inside the caller's transaction; the first call counts.
 * `itemIds` as in `startClock`.
 */
export async function markOffered(
  tx: Tx,
  { noticeId, orgId, at, itemIds = null }: { noticeId: string; orgId: string; at: Date; itemIds?: string[] | null },
): Promise<void> {
  await setOffered(tx.db, { noticeId, orgId, at, itemIds })
}
