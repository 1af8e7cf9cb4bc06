import { record } from '../facts/record.ts'
import type { Tx } from '../ground/ground.ts'
import { clockOfAddressee } from './clock-parts.ts'
import { lockAddressees, selectItem, selectNotice, updateAddressee } from './notice-store.server.ts'

export interface ClockOfItem {
  itemId: string
  orgId: string
  at: Date
}

/**
 * "Cannot execute": an obstacle begins. What it does to the clock is the norm's to say; where it does nothing, nothing is
 * kept. Inside the caller's transaction; records `clock.paused`.
 */
export async function pauseClock(
  tx: Tx,
  obstacle: ClockOfItem & { reason: string },
): Promise<{ result: 'paused' | 'already-paused' | 'no-effect' | 'not-addressed' }> {
  const found = await lockClock(tx, obstacle)
  if (!found) return { result: 'not-addressed' }
  const { notice, addressee } = found
  if (notice.onObstacle === 'none' || addressee.endedAt !== null) return { result: 'no-effect' }
  if (addressee.obstacles.some(({ until }) => until === null)) return { result: 'already-paused' }
  const obstacles = [...addressee.obstacles, { from: obstacle.at, until: null }]
  const { dueAt } = clockOfAddressee(notice, { ...addressee, obstacles }, tx.now)
  await updateAddressee(tx.db, addressee, { obstacles, dueAt })
  const { itemId, orgId, reason } = obstacle
  const payload = { noticeId: notice.id, itemId, orgId, reason, at: obstacle.at.toISOString() }
  await record(tx, notice.id, 'clock.paused', payload)
  return { result: 'paused' }
}

/** The notice and the locked addressee behind a clock, or null where the organisation was not addressed by the item. */
export async function lockClock(tx: Tx, { itemId, orgId }: Pick<ClockOfItem, 'itemId' | 'orgId'>) {
  const item = await selectItem(tx.db, itemId)
  const notice = item && (await selectNotice(tx.db, item.noticeId))
  if (!notice) return null
  const [addressee] = await lockAddressees(tx.db, { noticeId: notice.id, orgId, itemId })
  return addressee ? { notice, addressee } : null
}
