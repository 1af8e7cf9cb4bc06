import type { Tx } from '../ground/ground.ts'
import { setOffered, setSecondOffered } from './clock-store.server.ts'

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

/**
 * Keeps when a notice was first offered on a second channel that is alive, where its norm lets silence count as receipt some
 * time after that. Inside the caller's transaction; the first call counts.
 */
export async function markSecondOffered(tx: Tx, offered: Offered): Promise<void> {
  await setSecondOffered(tx.db, offered)
}
