import { type WithdrawalReason, withdrawalReasons } from '@noticeline/sdk/protocol'
import { type NewFact, recordAll } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import { lockAddressees, lockNotice, setItemsWithdrawn, updateNotice } from './notice-store.server.ts'
import { endClock } from './stop-clock.ts'

export type Withdrawn = 'withdrawn' | 'already-withdrawn' | 'unknown-notice' | 'forbidden' | 'invalid'

/**
 * Takes a notice back, with all its items: a new revision. Everyone it was sent to is told, since they may have acted on
 * it. A notice that was closed can still be taken back: what was removed by mistake has to go back whenever that is seen.
 */
export function withdrawNotice(
  ground: Ground,
  actor: Actor,
  noticeId: string,
  reason: string,
): Promise<{ result: Withdrawn }> {
  return ground.db.transaction(async (tx) => {
    if (!may(actor, 'notices.withdraw')) return { result: 'forbidden' }
    const notice = await lockNotice(tx.db, noticeId) // for update: two withdrawals at once must not both succeed
    if (!notice || !may(actor, 'notices.withdraw', { orgId: notice.orgId })) return { result: 'unknown-notice' }
    if (!isReason(reason)) return { result: 'invalid' }
    if (notice.withdrawnAt !== null) return { result: 'already-withdrawn' }
    const seq = notice.seq + 1
    const itemIds = await setItemsWithdrawn(tx.db, noticeId, tx.now)
    await updateNotice(tx.db, noticeId, { withdrawnAt: tx.now, withdrawReason: reason, seq })
    const facts: NewFact[] = [{ kind: 'notice.withdrawn', payload: { noticeId, seq, itemIds, reason } }]
    // Nobody is late with what is no longer asked for.
    for (const addressee of await lockAddressees(tx.db, { noticeId })) {
      if (addressee.endedAt === null) facts.push(...(await endClock(tx, notice, addressee, tx.now)))
    }
    await recordAll(tx, noticeId, facts)
    return { result: 'withdrawn' }
  })
}

function isReason(reason: string): reason is WithdrawalReason {
  return withdrawalReasons.some((known) => known === reason)
}
