import { type EventType, eventTypes } from '@noticeline/sdk/protocol'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { readNotice } from '../notices/read-notice.ts'
import { hasArrived } from './delivery.ts'
import {
  type DeliveryRow,
  lockDelivery,
  lockNoticeSeq,
  selectIssuedDelivery,
  selectNewestRoot,
  selectToken,
  setNoticeSeq,
  updateDelivery,
} from './delivery-store.server.ts'
import { moveTasks } from './desk-task-store.server.ts'
import { messageAgain } from './notice-message.ts'
import { queueToken, signFor } from './queue-delivery.ts'
import { selectArrivedUnder, selectRevokedKids, selectStale } from './reissue-store.server.ts'

const atOnce = 50
const day = 86_400_000
/** A notice undelivered for so long is signed again: receivers refuse its token two weeks later. */
const reissuedAfterMs = 30 * day
/** As far ahead as receivers take a sender's clock for a clock; a token from beyond is refused for as long as it lies there. */
const toleranceMs = 600_000

/** Other processes sign with a key that was revoked for ten seconds more; an hour is plenty. */
const revokedLatelyMs = 3_600_000
/** What was signed longer before that is found by whoever walks over all of it. */
const signedBefore = '10 minutes'

/**
 * Signs again what nobody takes in any longer: notices that were not delivered for 30 days, whatever waits and was signed
 * by a clock that was ahead or by a key that was revoked since, and for an hour after that also what was signed with it
 * shortly before or later, arrived and is still open, so that its receiver holds it in a token that proves something. The same
 * notice, the next revision, with `reissue_of`; the old delivery is closed as superseded.
 * What waited goes on where it was: its deadline is the first one, no step of its escalation is taken twice, and its first
 * contact gets another link, since the earlier ones have run out. Answers how many.
 */
export async function reissueDeliveries(ground: Ground): Promise<number> {
  const now = ground.clock.now().getTime()
  const stale = await selectStale(ground.db.read, {
    before: new Date(now - reissuedAfterMs),
    ahead: new Date(now + toleranceMs),
    revoked: await selectRevokedKids(ground.db.read),
    issued: eventTypes.issued,
    limit: atOnce,
  })
  let count = 0
  for (const delivery of stale) if ((await reissue(ground, delivery)) === 'reissued') count += 1
  const arrived = await selectArrivedUnder(ground.db.read, {
    revokedSince: new Date(now - revokedLatelyMs),
    before: signedBefore,
    issued: eventTypes.issued,
    limit: atOnce,
  })
  for (const delivery of arrived) if ((await reissue(ground, delivery)) === 'reissued') count += 1
  return count
}

/** `nothing`: there is nothing to sign again any longer; `outrun`: its notice had another word meanwhile, and it is as it was. */
export async function reissue(
  ground: Ground,
  { id, jti, noticeId, orgId, event, state }: DeliveryRow,
): Promise<'reissued' | 'nothing' | 'outrun'> {
  const arrived = hasArrived(state as 'queued')
  const old = await selectToken(ground.db.read, jti)
  const notice = await readNotice(ground.db.read, noticeId)
  // An erased token has nothing left to say.
  if (!notice || !old?.dataKey || !old.sealed) return 'nothing'
  const raw = opened(ground, { id, noticeId, jti, dataKey: old.dataKey, sealed: old.sealed })
  if (raw === null) return 'nothing'
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
    // It arrived, was closed, or somebody else signed it anew: whoever comes next sees it as it is then.
    if (!now || !delivery || hasArrived(delivery.state as 'queued') !== arrived) return 'nothing'
    if (arrived ? now.closedAt || now.withdrawnAt : delivery.nextAttemptAt === null) return 'nothing'
    if (arrived && (await selectIssuedDelivery(tx.db, noticeId, orgId, event))?.id !== id) return 'nothing'
    if (now.seq !== notice.seq) return 'outrun'
    if (!arrived) {
      await updateDelivery(tx.db, id, {
        state: 'failed',
        lastCode: 'superseded',
        nextAttemptAt: null,
        leasedBy: null,
        leasedUntil: null,
      })
    }
    await setNoticeSeq(tx.db, noticeId, seq)
    const again = await queueToken(ground, tx, notice, signed, arrived ? null : delivery)
    // Whoever on the desk sees to it goes on with it.
    if (again !== null && !arrived) await moveTasks(tx.db, id, again)
    if (!arrived) await record(tx, noticeId, 'delivery.failed', { noticeId, deliveryId: id, orgId, code: 'superseded' })
    return 'reissued'
  })
}

/** Null where the wrapping key that it was sealed under is not here: it holds up no other. */
function opened(
  ground: Ground,
  {
    id,
    noticeId,
    jti,
    dataKey,
    sealed,
  }: { id: string; noticeId: string; jti: string; dataKey: Buffer; sealed: Buffer },
): string | null {
  try {
    return ground.vault.open(dataKey, `token:${jti}`, sealed).toString('ascii')
  } catch (error) {
    if ((error as Error).name !== 'VaultError') throw error
    const { code = 'unknown' } = error as { code?: string }
    ground.log.error('token not opened', { deliveryId: id, noticeId, code })
    return null
  }
}
