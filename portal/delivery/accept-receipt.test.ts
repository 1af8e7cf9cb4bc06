import { expect, test } from 'vitest'
import * as build from '../testing/build/delivery.ts'
import { signedBy } from '../testing/build/outcome.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { acceptReceipt, confirmReceipt } from './accept-receipt.ts'

const start = '2026-11-21T10:00:00.000Z'

async function receiptFor(ground: TestGround, noticeId: string, orgId: string, more: object = {}) {
  const delivery = await build.deliveryOf(ground, noticeId, orgId)
  return {
    v: 1 as const,
    notice: noticeId,
    seq: delivery.seq,
    ref: delivery.jti,
    set_sha256: delivery.setSha256,
    received_at: ground.clock.now().toISOString(),
    ...more,
  }
}

const addressee = (ground: TestGround, noticeId: string) =>
  ground.db.read.selectFrom('addressees').selectAll().where('noticeId', '=', noticeId).executeTakeFirstOrThrow()

test('a signed receipt acknowledges, and moves the start to the instant it proves', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const issued = await build.issuedNotice(ground, on)
    ground.clock.advance(30_000)
    const receipt = await receiptFor(ground, issued.noticeId, on.provider.orgId)
    ground.clock.advance(60_000)
    const accepted = await acceptReceipt(ground, signedBy(on.provider.orgId), receipt)
    expect(accepted).toEqual({ result: 'recorded' })
    const delivery = await build.deliveryOf(ground, issued.noticeId, on.provider.orgId)
    expect(delivery).toMatchObject({ state: 'acknowledged', receivedHow: 'signed_receipt', nextAttemptAt: null })
    expect((await addressee(ground, issued.noticeId)).receivedAt?.toISOString()).toBe('2026-11-21T10:00:30.000Z')
  }))

test('after a 202 a receipt acknowledges and starts nothing later', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.receivedNotice(ground, on)
    ground.clock.advance(5_000)
    const receipt = await receiptFor(ground, noticeId, on.provider.orgId)
    await acceptReceipt(ground, signedBy(on.provider.orgId), receipt)
    expect(await build.deliveryOf(ground, noticeId, on.provider.orgId)).toMatchObject({
      state: 'acknowledged',
      receivedHow: 'push',
    })
    expect((await addressee(ground, noticeId)).receivedAt?.toISOString()).toBe(start)
  }))

test('the same receipt twice, or another under another id, is recorded once', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.receivedNotice(ground, on)
    const receipt = await receiptFor(ground, noticeId, on.provider.orgId)
    const reporter = signedBy(on.provider.orgId)
    expect((await acceptReceipt(ground, reporter, receipt)).result).toBe('recorded')
    const facts = await ground.facts.kinds(noticeId)
    expect((await acceptReceipt(ground, reporter, receipt)).result).toBe('already-recorded')
    expect((await acceptReceipt(ground, signedBy(on.provider.orgId), receipt)).result).toBe('already-recorded')
    expect(await ground.facts.kinds(noticeId)).toEqual(facts)
  }))

test('another digest is contested, and starts no clock', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.issuedNotice(ground, on)
    const receipt = await receiptFor(ground, noticeId, on.provider.orgId, { set_sha256: 'A'.repeat(43) })
    expect(await acceptReceipt(ground, signedBy(on.provider.orgId), receipt)).toEqual({ result: 'contested' })
    expect(await ground.facts.kinds(noticeId)).toContain('receipt.contested')
    expect((await addressee(ground, noticeId)).receivedAt).toBeNull()
    expect((await build.deliveryOf(ground, noticeId, on.provider.orgId)).state).toBe('queued')
  }))

test('what was contested stays contested when it is said again, and is recorded once', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.issuedNotice(ground, on)
    const receipt = await receiptFor(ground, noticeId, on.provider.orgId, { set_sha256: 'A'.repeat(43) })
    const reporter = signedBy(on.provider.orgId)
    expect(await acceptReceipt(ground, reporter, receipt)).toEqual({ result: 'contested' })
    const facts = await ground.facts.kinds(noticeId)
    expect(await acceptReceipt(ground, reporter, receipt)).toEqual({ result: 'contested' })
    expect(await ground.facts.kinds(noticeId)).toEqual(facts)
  }))

test('other words under a known id are contested, and the receipt that was there holds', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.receivedNotice(ground, on)
    const receipt = await receiptFor(ground, noticeId, on.provider.orgId)
    const reporter = signedBy(on.provider.orgId)
    expect((await acceptReceipt(ground, reporter, receipt)).result).toBe('recorded')
    const other = { ...reporter, raw: 'header.other.signature' }
    expect((await acceptReceipt(ground, other, receipt)).result).toBe('contested')
    expect((await build.deliveryOf(ground, noticeId, on.provider.orgId)).state).toBe('acknowledged')
  }))

test('a receipt for a token sent to somebody else, or to nobody, changes nothing', () =>
  build.withLine(start, async (ground, on) => {
    const other = await build.anotherProvider(ground, on, 'Gullwing', '198.51.100.0/24')
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.issuedNotice(ground, on)
    const before = await ground.facts.kinds()
    const receipt = await receiptFor(ground, noticeId, on.provider.orgId)
    expect(await acceptReceipt(ground, signedBy(other.orgId), receipt)).toEqual({ result: 'not-addressed-to-you' })
    const unknown = { ...receipt, ref: 'evt_nobody' }
    expect(await acceptReceipt(ground, signedBy(on.provider.orgId), unknown)).toEqual({ result: 'unknown-token' })
    expect(await ground.facts.kinds()).toEqual(before)
  }))

test('nobody received a token before it was signed, or after saying so', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    for (const [said, counts] of [
      ['2026-11-20T00:00:00.000Z', start],
      ['2026-11-22T00:00:00.000Z', '2026-11-21T10:01:00.000Z'],
    ] as const) {
      ground.clock.set(start)
      const { noticeId } = await build.issuedNotice(ground, on)
      ground.clock.set('2026-11-21T10:01:00.000Z')
      const receipt = await receiptFor(ground, noticeId, on.provider.orgId, { received_at: said })
      await acceptReceipt(ground, signedBy(on.provider.orgId), receipt)
      expect((await addressee(ground, noticeId)).receivedAt?.toISOString()).toBe(counts)
    }
  }))

test('a confirmed form starts the clock when it was confirmed, and acknowledges nothing', () =>
  build.withLine(start, async (ground, on) => {
    await build.contact(ground, on.provider.orgId)
    const { noticeId } = await build.issuedNotice(ground, on)
    ground.clock.advance(3_600_000)
    const reporter = { orgId: on.provider.orgId, grade: 'form_confirmed' as const }
    expect((await confirmReceipt(ground, reporter, noticeId)).result).toBe('recorded')
    expect((await confirmReceipt(ground, reporter, noticeId)).result).toBe('already-recorded')
    expect((await build.deliveryOf(ground, noticeId, on.provider.orgId)).state).toBe('received')
    expect((await addressee(ground, noticeId)).receivedAt?.toISOString()).toBe('2026-11-21T11:00:00.000Z')
    const other = { ...reporter, orgId: on.notifier.orgId }
    expect((await confirmReceipt(ground, other, noticeId)).result).toBe('not-addressed-to-you')
  }))

test('a receipt for an unknown verification event says so', () =>
  build.withLine(start, async (ground, on) => {
    const receipt = { v: 1 as const, ref: 'evt_x', set_sha256: 'A'.repeat(43), received_at: start }
    expect((await acceptReceipt(ground, signedBy(on.provider.orgId), receipt)).result).toBe('unknown-token')
  }))
