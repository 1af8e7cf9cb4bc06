import type { Tx } from '../ground/ground.ts'
import type { Addressee } from './notice.ts'
import { insertAddressees, selectAddressees } from './notice-store.server.ts'
import { reopenClock } from './reopen-clock.ts'
import { resumeClock } from './resume-clock.ts'
import { stopClock } from './stop-clock.ts'

/**
 * Somebody answers for an item from now on, inside the caller's transaction. Whoever was asked before answers from when it
 * was first asked, less the time in which it could not; whoever else was still asked is asked no longer.
 */
export async function handItem(
  tx: Tx,
  to: Pick<Addressee, 'itemId' | 'orgId' | 'noticeId' | 'role' | 'accountable'>,
): Promise<void> {
  const { itemId, orgId } = to
  for (const other of await selectAddressees(tx.db, { itemId })) {
    const isAsked = other.orgId !== orgId && other.accountable && other.endedAt === null
    if (isAsked) await stopClock(tx, { itemId, orgId: other.orgId, at: tx.now })
  }
  await reopenClock(tx, { itemId, orgId })
  await resumeClock(tx, { itemId, orgId, at: tx.now })
  await insertAddressees(tx.db, [{ ...to, createdAt: tx.now }])
}
