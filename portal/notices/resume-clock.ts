import { record } from '../facts/record.ts'
import type { Tx } from '../ground/ground.ts'
import { clockOfAddressee } from './clock-parts.ts'
import { updateAddressee } from './notice-store.server.ts'
import { type ClockOfItem, lockClock } from './pause-clock.ts'

/** The obstacle is over. Inside the caller's transaction; records `clock.resumed`. */
export async function resumeClock(
  tx: Tx,
  end: ClockOfItem,
): Promise<{ result: 'resumed' | 'not-paused' | 'not-addressed' }> {
  const found = await lockClock(tx, end)
  if (!found) return { result: 'not-addressed' }
  const { notice, addressee } = found
  if (!addressee.obstacles.some(({ until }) => until === null)) return { result: 'not-paused' }
  const obstacles = addressee.obstacles.map(({ from, until }) => ({
    from,
    // Never before it began, whatever a provider's clock says.
    until: until ?? new Date(Math.max(end.at.getTime(), from.getTime())),
  }))
  const { dueAt } = clockOfAddressee(notice, { ...addressee, obstacles }, tx.now)
  await updateAddressee(tx.db, addressee, { obstacles, dueAt })
  const { itemId, orgId, at } = end
  await record(tx, notice.id, 'clock.resumed', { noticeId: notice.id, itemId, orgId, at: at.toISOString() })
  return { result: 'resumed' }
}
