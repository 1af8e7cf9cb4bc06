import type { Tx } from '../ground/ground.ts'
import { clockOfAddressee } from './clock-parts.ts'
import { updateAddressee } from './notice-store.server.ts'
import { type ClockOfItem, lockClock } from './pause-clock.ts'

/**
 * What was said to have ended did not: the clock runs on as if it had never stopped. Inside the caller's transaction; the
 * fact that caused it is the caller's.
 */
export async function reopenClock(
  tx: Tx,
  clock: Pick<ClockOfItem, 'itemId' | 'orgId'>,
): Promise<{ result: 'reopened' | 'not-stopped' | 'not-addressed' }> {
  const found = await lockClock(tx, clock)
  if (!found) return { result: 'not-addressed' }
  const { notice, addressee } = found
  if (addressee.endedAt === null) return { result: 'not-stopped' }
  const { dueAt } = clockOfAddressee(notice, { ...addressee, endedAt: null }, tx.now)
  await updateAddressee(tx.db, addressee, { endedAt: null, dueAt })
  return { result: 'reopened' }
}
