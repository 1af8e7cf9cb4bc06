import { type NewFact, recordAll } from '../facts/record.ts'
import type { Tx } from '../ground/ground.ts'
import { clockOfAddressee } from './clock-parts.ts'
import type { Addressee, Notice } from './notice.ts'
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
  await recordAll(tx, notice.id, await endClock(tx, notice, addressee, end.at))
  return { result: 'stopped' }
}

/** Ends a locked clock that runs; the facts are for the caller to record, last. */
export async function endClock(tx: Tx, notice: Notice, addressee: Addressee, at: Date): Promise<NewFact[]> {
  const clock = clockOfAddressee(notice, { ...addressee, endedAt: at }, tx.now)
  const late = clock.state === 'exceeded' && addressee.deadlinePassedAt === null
  await updateAddressee(tx.db, addressee, {
    endedAt: at,
    dueAt: clock.dueAt,
    ...(late ? { deadlinePassedAt: tx.now } : {}),
  })
  const whose = { noticeId: notice.id, itemId: addressee.itemId, orgId: addressee.orgId }
  const stopped: NewFact = { kind: 'clock.stopped', payload: { ...whose, at: at.toISOString() } }
  if (!late || !clock.dueAt) return [stopped]
  return [{ kind: 'deadline.passed', payload: { ...whose, due: clock.dueAt.toISOString() } }, stopped]
}
