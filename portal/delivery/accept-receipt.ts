import { eventTypes, type NoticeReceived, setDigest } from '@noticeline/sdk/protocol'
import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { acceptVerificationReceipt } from '../providers/accept-verification-receipt.ts'
import { acceptRehearsedReceipt } from './accept-rehearsed.ts'
import { hasArrived, type ReceivedHow, type Reporter } from './delivery.ts'
import {
  type DeliveryRow,
  hasArrivedOtherwise,
  insertReceipt,
  insertReport,
  lockDeliveryByToken,
  lockIssuedDelivery,
  selectReport,
  selectToken,
  type TokenRow,
  updateDelivery,
} from './delivery-store.server.ts'
import { settleDelivery } from './settle-delivery.ts'

export type ReceiptResult =
  | 'recorded'
  | 'already-recorded'
  | 'unknown-token'
  /** Its digest is not that of the token this organisation was sent; or this statement was made before, in other words. */
  | 'contested'
  | 'not-addressed-to-you'

/**
 * The provider says that it holds exactly this token. The earliest of a 202, an acknowledgement and a receipt counts, and
 * starts the clock. A receipt for a verification event proves possession of the signing key instead.
 */
export async function acceptReceipt(
  ground: Ground,
  reporter: Reporter,
  message: NoticeReceived,
): Promise<{ result: ReceiptResult }> {
  if (message.notice === undefined) return acceptVerificationReceipt(ground, reporter, message)
  return ground.db.transaction(async (tx) => {
    const token = await selectToken(tx.db, message.ref)
    if (!token) return acceptRehearsedReceipt(tx, reporter, message)
    if (token.noticeId !== message.notice) return { result: 'unknown-token' }
    if (token.orgId !== reporter.orgId) return { result: 'not-addressed-to-you' }
    const repeated = await repeatOf(tx, reporter)
    const fits = message.set_sha256 === token.setSha256
    // What was contested is not agreed to by saying it again.
    if (repeated === 'same') return { result: fits ? 'already-recorded' : 'contested' }
    if (repeated === 'other' || !fits) {
      await contest(ground, tx, reporter, token, message)
      return { result: 'contested' }
    }
    const delivery = await lockDeliveryByToken(tx.db, token.jti)
    if (!delivery) return { result: 'unknown-token' }
    await keepReport(ground, tx, reporter, token)
    const receivedAt = new Date(message.received_at)
    return {
      result: (await recordReceipt(tx, reporter, delivery, token, receivedAt)) ? 'recorded' : 'already-recorded',
    }
  })
}

/** A person at the provider confirms on the plain form, for a notice that reached them as a pointer. */
export async function confirmReceipt(
  ground: Ground,
  reporter: Reporter,
  noticeId: string,
): Promise<{ result: 'recorded' | 'already-recorded' | 'not-addressed-to-you' }> {
  return ground.db.transaction(async (tx) => {
    const delivery = await lockIssuedDelivery(tx.db, noticeId, reporter.orgId, eventTypes.issued)
    return { result: delivery ? await confirmDelivery(tx, reporter, delivery) : 'not-addressed-to-you' }
  })
}

/** The same for one delivery, whose row is locked. */
export async function confirmDelivery(
  tx: Tx,
  reporter: Reporter,
  delivery: DeliveryRow,
): Promise<'recorded' | 'already-recorded' | 'not-addressed-to-you'> {
  const token = await selectToken(tx.db, delivery.jti)
  if (!token || delivery.orgId !== reporter.orgId) return 'not-addressed-to-you'
  return (await recordReceipt(tx, reporter, delivery, token, tx.now)) ? 'recorded' : 'already-recorded'
}

/** Whoever reports an outcome has the notice, whatever became of its receipt. */
export async function receiveByReport(tx: Tx, reporter: Reporter, noticeId: string): Promise<void> {
  const delivery = await lockIssuedDelivery(tx.db, noticeId, reporter.orgId, eventTypes.issued)
  if (!delivery || hasArrived(delivery.state as 'queued')) return
  // A program speaks about the token it has. One that was signed again goes out all the same, and is acknowledged itself.
  if (reporter.grade === 'signed' && (await hasArrivedOtherwise(tx.db, delivery))) return
  await settleDelivery(tx, delivery, howOf(reporter), tx.now)
}

async function recordReceipt(
  tx: Tx,
  reporter: Reporter,
  delivery: DeliveryRow,
  token: TokenRow,
  saidAt: Date,
): Promise<boolean> {
  const { noticeId, orgId, id: deliveryId } = delivery
  const receiptId = newId('rcp')
  const { grade } = reporter
  const isNew = await insertReceipt(tx.db, {
    id: receiptId,
    deliveryId,
    orgId,
    noticeId,
    receivedAt: saidAt,
    recordedAt: tx.now,
    grade,
    reportJti: reporter.jti ?? null,
  })
  if (!isNew) return false
  let known = delivery
  if (grade === 'signed') {
    known = { ...delivery, state: 'acknowledged', acknowledgedAt: tx.now }
    await updateDelivery(tx.db, deliveryId, { state: 'acknowledged', acknowledgedAt: tx.now })
  }
  await settleDelivery(tx, known, howOf(reporter), provable(grade, saidAt, token.issuedAt, tx.now))
  await record(tx, noticeId, 'receipt.recorded', {
    noticeId,
    deliveryId,
    orgId,
    receiptId,
    grade,
    setSha256: token.setSha256,
  })
  return true
}

// Only a signed statement says when; and nobody has a token before it was signed, or after saying so.
function provable(grade: Reporter['grade'], saidAt: Date, issuedAt: Date, now: Date): Date {
  if (grade !== 'signed') return now
  return new Date(Math.min(Math.max(saidAt.getTime(), issuedAt.getTime()), now.getTime()))
}

function howOf(reporter: Reporter): ReceivedHow {
  return reporter.grade === 'signed' ? 'signed_receipt' : 'form_confirmed'
}

async function repeatOf(tx: Tx, reporter: Reporter): Promise<'same' | 'other' | null> {
  if (reporter.jti === undefined) return null
  const known = await selectReport(tx.db, reporter.orgId, reporter.jti)
  if (!known) return null
  return reporter.raw !== undefined && known.setSha256 === setDigest(reporter.raw) ? 'same' : 'other'
}

async function contest(ground: Ground, tx: Tx, reporter: Reporter, token: TokenRow, message: NoticeReceived) {
  await keepReport(ground, tx, reporter, token)
  const { noticeId, jti } = token
  await record(tx, noticeId, 'receipt.contested', {
    noticeId,
    orgId: reporter.orgId,
    jti,
    setSha256: message.set_sha256,
  })
}

async function keepReport(ground: Ground, tx: Tx, reporter: Reporter, token: TokenRow): Promise<void> {
  const id = newId('rpt')
  const dataKey = reporter.raw === undefined ? null : Buffer.from(ground.vault.newKey())
  await insertReport(tx.db, {
    id,
    orgId: reporter.orgId,
    noticeId: token.noticeId,
    seq: token.seq,
    event: eventTypes.received,
    grade: reporter.grade,
    jti: reporter.jti ?? null,
    kid: reporter.kid ?? null,
    setSha256: reporter.raw === undefined ? null : setDigest(reporter.raw),
    personId: reporter.personId ?? null,
    dataKey,
    sealed:
      dataKey && reporter.raw !== undefined
        ? Buffer.from(ground.vault.seal(dataKey, `report:${id}`, reporter.raw))
        : null,
    recordedAt: tx.now,
  })
}
