import { type NewFact, recordAll } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { clockOfAddressee } from './clock-parts.ts'
import type { Addressee } from './notice.ts'
import { lockClocksAhead, selectNotice, updateAddressee } from './notice-store.server.ts'
import { startClock } from './start-clock.ts'
import { endClock } from './stop-clock.ts'

const atOnce = 100

/** Clocks that began, ended or were noted as overdue after `ahead`, an instant that has not come yet. Answers how many. */
export function setRightClocks(ground: Ground, ahead: Date): Promise<number> {
  return ground.db.transaction(async (tx) => {
    const clocks = await lockClocksAhead(tx.db, ahead, atOnce)
    for (const clock of clocks) await setRightOne(tx, clock, ahead)
    return clocks.length
  })
}

async function setRightOne(tx: Tx, found: Addressee, ahead: Date): Promise<void> {
  const { noticeId, itemId, orgId } = found
  const notice = await selectNotice(tx.db, noticeId)
  if (!notice) return
  const liesAhead = (at: Date | null) => at !== null && at > ahead
  if (liesAhead(found.receivedAt)) await startClock(tx, { noticeId, orgId, at: tx.now, itemIds: [itemId] })
  const began = liesAhead(found.receivedAt) ? tx.now : found.receivedAt
  const clock = { ...found, receivedAt: began, endedAt: liesAhead(found.endedAt) ? null : found.endedAt }
  const facts: NewFact[] = []
  // Noted as overdue by a time that was ahead: taken back, and noted again by the sweep when it is so.
  if (liesAhead(found.deadlinePassedAt)) {
    const { state } = clockOfAddressee(notice, clock, tx.now)
    const deadlinePassedAt = state === 'exceeded' ? tx.now : null
    await updateAddressee(tx.db, found, { deadlinePassedAt })
    clock.deadlinePassedAt = deadlinePassedAt
  }
  if (liesAhead(found.endedAt)) facts.push(...(await endClock(tx, notice, clock, tx.now)))
  await recordAll(tx, noticeId, [
    ...facts,
    { kind: 'clock.set-right', payload: { noticeId, itemId, orgId, at: tx.now.toISOString() } },
  ])
}
