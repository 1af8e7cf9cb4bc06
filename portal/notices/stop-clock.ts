import { type NewFact, recordAll } from '../facts/record.ts'
import type { Tx } from '../ground/ground.ts'
import { clockOfAddressee } from './clock-parts.ts'
import { updateAddressee } from './notice-store.server.ts'
import { type ClockOfItem, lockClock } from './pause-clock.ts'

/**
 * The item ended for this addressee: met, or exceeded for good. The first end holds until `reopenClock`. Inside the
 * caller's transaction; records `clock.stopped`, and `deadline.passed` where the sweep had not come by yet.
 */
export async function stopClock(
  tx: Tx,
  end: ClockOfItem,
): Promise<{ result: 'stopped' | 'already-stopped' | 'not-addressed' }> {
  const found = await lockClock(tx, end)
  if (!found) return { result: 'not-addressed' }
  const { notice, addressee } = found
  if (addressee.endedAt !== null) return { result: 'already-stopped' }
  const clock = clockOfAddressee(notice, { ...addressee, endedAt: end.at }, tx.now)
  const late = clock.state === 'exceeded' && addressee.deadlinePassedAt === null
  await updateAddressee(tx.db, addressee, {
    endedAt: end.at,
    dueAt: clock.dueAt,
    ...(late ? { deadlinePassedAt: tx.now } : {}),
  })
  const { itemId, orgId, at } = end
  const facts: NewFact[] = []
  if (late && clock.dueAt) {
    const payload = { noticeId: notice.id, itemId, orgId, due: clock.dueAt.toISOString() }
    facts.push({ kind: 'deadline.passed', payload })
  }
  facts.push({ kind: 'clock.stopped', payload: { noticeId: notice.id, itemId, orgId, at: at.toISOString() } })
  await recordAll(tx, notice.id, facts)
  return { result: 'stopped' }
}
