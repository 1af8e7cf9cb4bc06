import type { Tx } from '../ground/ground.ts'
import { setOffered } from './notice-store.server.ts'

/** Keeps when a notice was first tried on a channel that works. Inside the caller's transaction; the first call counts. */
export async function markOffered(tx: Tx, offer: { noticeId: string; orgId: string; at: Date }): Promise<void> {
  await setOffered(tx.db, offer.noticeId, offer.orgId, offer.at)
}
