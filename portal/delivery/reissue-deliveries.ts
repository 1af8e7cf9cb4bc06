import { type EventType, eventTypes } from '@noticeline/sdk/protocol'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { readNotice } from '../notices/read-notice.ts'
import { abandonAttempts } from './attempt-store.server.ts'
import { hasArrived } from './delivery.ts'
import {
  type DeliveryRow,
  lockDelivery,
  lockNoticeSeq,
  selectNewestRoot,
  selectToken,
  setNoticeSeq,
  updateDelivery,
} from './delivery-store.server.ts'
import { messageAgain } from './notice-message.ts'
import { queueToken, signFor } from './queue-delivery.ts'
import { selectStale } from './reissue-store.server.ts'

const atOnce = 50
const day = 86_400_000
/** A notice undelivered for so long is signed again: receivers refuse its token two weeks later. */
const reissuedAfterMs = 30 * day
/** As far ahead as receivers take a sender's clock for a clock; a token from beyond is refused for as long as it lies there. */
const toleranceMs = 600_000

/**
 * Signs again what nobody takes in any longer: notices that were not delivered for 30 days, and whatever was signed by a
 * clock that was ahead. The same notice, the next revision, with `reissue_of`; the old delivery is closed as superseded.
 * Answers how many.
 */
export async function reissueDeliveries(ground: Ground): Promise<number> {
  const now = ground.clock.now().getTime()
  const stale = await selectStale(ground.db.read, {
    before: new Date(now - reissuedAfterMs),
    ahead: new Date(now + toleranceMs),
    issued: eventTypes.issued,
    limit: atOnce,
  })
  let count = 0
  for (const delivery of stale) if (await reissue(ground, delivery)) count += 1
  return count
}

async function reissue(ground: Ground, { id, jti, noticeId, orgId, event }: DeliveryRow): Promise<boolean> {
  const old = await selectToken(ground.db.read, jti)
  const notice = await readNotice(ground.db.read, noticeId)
  // An erased token has nothing left to say.
  if (!notice || !old?.dataKey || !old.sealed) return false
  const raw = ground.vault.open(old.dataKey, `token:${jti}`, old.sealed).toString('ascii')
  const type = event as EventType
  const seq = notice.seq + 1
  const { body, itemIds } = messageAgain(raw, type, {
    seq,
    reissueOf: jti,
    root: (await selectNewestRoot(ground.db.read)) ?? null,
  })
  const signed = await signFor(ground, notice, { orgId, seq, type, body, itemIds })
  return ground.db.transaction(async (tx) => {
    const now = await lockNoticeSeq(tx.db, noticeId)
    const delivery = await lockDelivery(tx.db, id)
    // It arrived, was closed, or somebody spoke in between: the next round sees it as it is then.
    if (now?.seq !== notice.seq || !delivery || delivery.nextAttemptAt === null) return false
    if (hasArrived(delivery.state as 'queued')) return false
    await updateDelivery(tx.db, id, {
      state: 'failed',
      lastCode: 'superseded',
      nextAttemptAt: null,
      leasedBy: null,
      leasedUntil: null,
    })
    await abandonAttempts(tx.db, id, tx.now)
    await setNoticeSeq(tx.db, noticeId, seq)
    await queueToken(ground, tx, notice, signed)
    await record(tx, noticeId, 'delivery.failed', { noticeId, deliveryId: id, orgId, code: 'superseded' })
    return true
  })
}
