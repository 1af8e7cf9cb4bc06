import { deemedAt } from '../deadlines/deadline.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { clockOfAddressee } from './clock-parts.ts'
import { lockDeemed } from './clock-store.server.ts'
import { selectNotice, updateAddressee } from './notice-store.server.ts'

const atOnce = 100

/**
 * The sweep: what was offered on a live second channel for as long as its norm waits counts as received, and its clock runs;
 * silence is no shelter. A receipt that comes later is kept and starts nothing again. Records `receipt.deemed`, once.
 * Answers how many.
 */
export function deemReceipts(ground: Ground): Promise<number> {
  return ground.db.transaction(async (tx) => {
    const silent = await lockDeemed(tx.db, tx.now, atOnce)
    for (const addressee of silent) {
      const { noticeId, itemId, orgId, secondOfferedAt } = addressee
      const notice = await selectNotice(tx.db, noticeId)
      if (!notice?.deemedReceipt || !secondOfferedAt) continue
      const { dueAt } = clockOfAddressee(notice, addressee, tx.now)
      await updateAddressee(tx.db, addressee, { dueAt })
      const at = deemedAt(secondOfferedAt, notice.deemedReceipt).toISOString()
      await record(tx, noticeId, 'receipt.deemed', { noticeId, itemId, orgId, at })
    }
    return silent.length
  })
}
