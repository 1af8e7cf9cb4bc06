import type { Tx } from '../ground/ground.ts'
import { setOffered } from './clock-store.server.ts'

export interface Offered {
  noticeId: string
  orgId: string
  at: Date
  /** As in `startClock`. */
  itemIds?: readonly string[] | null
}

/** Keeps when a notice was first tried on a channel that works. Inside the caller's transaction; the first call counts. */
export function markOffered(tx: Tx, offered: Offered): Promise<void> {
  return markAllOffered(tx, [offered])
}

/** The same for many notices at once. */
export async function markAllOffered(tx: Tx, offered: readonly Offered[]): Promise<void> {
  await setOffered(tx.db, offered)
}
