import { isJustBack } from '../deadlines/outages.ts'
import { recordAll } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { lockOverdue, updateAddressee } from './notice-store.server.ts'

const atOnce = 200

/**
 * The sweep: what was due and has not ended is noted, once, however often it runs. For a minute after nobody could report
 * to us it waits: reports that were kept meanwhile arrive first, and are on time where they say so. Answers how many.
 */
export async function markOverdue(ground: Ground): Promise<number> {
  if (await isJustBack(ground, 'portal', 'worker')) return 0
  return ground.db.transaction(async (tx) => {
    const overdue = await lockOverdue(tx.db, tx.now, atOnce)
    const byNotice = new Map<string, typeof overdue>()
    for (const addressee of overdue) {
      await updateAddressee(tx.db, addressee, { deadlinePassedAt: tx.now })
      byNotice.set(addressee.noticeId, [...(byNotice.get(addressee.noticeId) ?? []), addressee])
    }
    // Chains in one order everywhere, so that two sweeps never wait for each other.
    for (const [noticeId, addressees] of [...byNotice].sort(([left], [right]) => (left < right ? -1 : 1))) {
      const facts = addressees.map(({ itemId, orgId, dueAt }) => ({
        kind: 'deadline.passed' as const,
        payload: { noticeId, itemId, orgId, due: (dueAt ?? tx.now).toISOString() },
      }))
      await recordAll(tx, noticeId, facts)
    }
    return overdue.length
  })
}
