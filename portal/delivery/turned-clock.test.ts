import { describe, expect, test } from 'vitest'
import { sealRoot } from '../facts/seal-root.ts'
import { markOverdue } from '../notices/mark-overdue.ts'
import { withdrawNotice } from '../notices/withdraw-notice.ts'
import * as build from '../testing/build/delivery.ts'
import { reportedOutcome } from '../testing/build/outcome.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { acceptReceipt } from './accept-receipt.ts'
import { attemptDueDeliveries } from './attempt-delivery.ts'
import { pollDeliveries } from './offer-for-poll.ts'
import { reissueDeliveries } from './reissue-deliveries.ts'
import { setRight } from './set-right.ts'

const start = '2026-11-21T10:00:00.000Z'
const day = 86_400_000
const year = 365 * day

const tryNow = (ground: TestGround, workerId = 'one') =>
  attemptDueDeliveries(ground, { workerId, limit: 32, jitter: () => 0.5 })

async function deliveriesOf(ground: TestGround, noticeId: string) {
  return ground.db.read
    .selectFrom('deliveries')
    .innerJoin('tokens', 'tokens.jti', 'deliveries.jti')
    .selectAll('deliveries')
    .select(['tokens.dataKey', 'tokens.sealed', 'tokens.setSha256', 'tokens.itemIds'])
    .where('deliveries.noticeId', '=', noticeId)
    .orderBy('deliveries.seq')
    .execute()
}

function said(ground: TestGround, row: { jti: string; dataKey: Buffer | null; sealed: Buffer | null; event: string }) {
  const raw = ground.vault.open(row.dataKey as Buffer, `token:${row.jti}`, row.sealed as Buffer).toString('ascii')
  const claims = JSON.parse(Buffer.from(raw.split('.')[1] ?? '', 'base64url').toString())
  return { iat: claims.iat as number, txn: claims.txn as string, body: claims.events[row.event] }
}

async function clockOf(ground: TestGround, itemId: string | undefined) {
  return ground.db.read
    .selectFrom('addressees')
    .selectAll()
    .where('itemId', '=', itemId ?? '')
    .executeTakeFirstOrThrow()
}

describe('a clock that was a year ahead and is set back', () => {
  test('holds no delivery by a lease, nor by a try that was planned then', () =>
    build.withLine(start, async (ground, on) => {
      await build.endpoint(ground, on.provider)
      const { noticeId } = await build.issuedNotice(ground, on)
      ground.clock.advance(year)
      // Killed between claim and result: its lease runs for twenty seconds, a year from now.
      await ground.db.read
        .updateTable('deliveries')
        .set({ leasedBy: 'gone', leasedUntil: new Date(ground.clock.now().getTime() + 20_000) })
        .execute()
      ground.clock.advance(-year)
      ground.outbound.answer(build.endpointUrl, 503)
      expect(await tryNow(ground)).toBe(1)
      ground.clock.advance(year)
      expect(await tryNow(ground)).toBe(1)
      ground.clock.advance(-year)
      ground.outbound.answer(build.endpointUrl, 202)
      expect(await tryNow(ground)).toBe(1)
      expect(await deliveriesOf(ground, noticeId)).toMatchObject([{ state: 'received', attempts: 3 }])
    }))

  test('a lease that another machine holds is left to it, and only so long', () =>
    build.withLine(start, async (ground, on) => {
      await build.endpoint(ground, on.provider)
      await build.issuedNotice(ground, on)
      const leasedUntil = new Date(ground.clock.now().getTime() + 20_000)
      await ground.db.read.updateTable('deliveries').set({ leasedBy: 'two', leasedUntil }).execute()
      expect(await tryNow(ground)).toBe(0)
      ground.clock.advance(20_000)
      expect(await tryNow(ground)).toBe(1)
    }))

  test('what was signed then is signed again with the same number, and the old delivery is superseded', () =>
    build.withLine(start, async (ground, on) => {
      ground.clock.advance(year)
      await build.endpoint(ground, on.provider)
      const { noticeId, itemIds } = await build.issuedNotice(ground, on)
      ground.clock.advance(-year)
      expect(await reissueDeliveries(ground)).toBe(1)
      expect(await reissueDeliveries(ground)).toBe(0)
      const [old, fresh] = await deliveriesOf(ground, noticeId)
      expect(old).toMatchObject({ state: 'failed', lastCode: 'superseded', nextAttemptAt: null })
      expect(fresh).toMatchObject({ state: 'queued', seq: 2, itemIds })
      if (!fresh) throw new Error('not there')
      expect(said(ground, fresh)).toMatchObject({
        iat: Date.parse(start) / 1000,
        txn: noticeId,
        body: { seq: 2, reissue_of: old?.jti, items: [{ id: itemIds[0] }] },
      })
      ground.outbound.answer(build.endpointUrl, 202)
      expect(await tryNow(ground)).toBe(1)
      expect(await clockOf(ground, itemIds[0])).toMatchObject({ receivedAt: ground.clock.now() })
    }))

  test('a withdrawal that was signed then is signed again as well', () =>
    build.withLine(start, async (ground, on) => {
      await build.endpoint(ground, on.provider)
      ground.outbound.answer(build.endpointUrl, 202)
      const { noticeId } = await build.issuedNotice(ground, on)
      await tryNow(ground)
      ground.clock.advance(year)
      await withdrawNotice(ground, on.notifier, noticeId, 'error')
      await ground.runReactions()
      ground.clock.advance(-year)
      expect(await reissueDeliveries(ground)).toBe(1)
      const last = (await deliveriesOf(ground, noticeId)).at(-1)
      if (!last) throw new Error('not there')
      expect(said(ground, last)).toMatchObject({ iat: Date.parse(start) / 1000, body: { seq: 3, reason: 'error' } })
    }))

  test('what was written then is offered over poll', () =>
    build.withLine(start, async (ground, on) => {
      await build.endpoint(ground, on.provider)
      ground.clock.advance(year)
      await build.issuedNotice(ground, on)
      ground.clock.advance(-year)
      const polled = await pollDeliveries(ground, on.provider, {})
      expect(polled.result === 'sets' && Object.keys(polled.sets)).toHaveLength(1)
    }))

  test('a receipt of then counts as of now, and starts the clock now', () =>
    build.withLine(start, async (ground, on) => {
      await build.endpoint(ground, on.provider)
      ground.outbound.answer(build.endpointUrl, 202)
      const { noticeId, itemIds } = await build.issuedNotice(ground, on)
      ground.clock.advance(year)
      await tryNow(ground)
      await sealRoot(ground)
      ground.clock.advance(-year)
      expect(await setRight(ground)).toBeGreaterThan(0)
      expect(await setRight(ground)).toBe(0)
      const now = ground.clock.now()
      expect(await clockOf(ground, itemIds[0])).toMatchObject({ receivedAt: now, dueAt: new Date(+now + day) })
      expect(await deliveriesOf(ground, noticeId)).toMatchObject([{ state: 'received', receivedAt: now }])
    }))

  test('a deadline that passed then has not passed, and passes when it does', () =>
    build.withLine(start, async (ground, on) => {
      await build.endpoint(ground, on.provider)
      ground.outbound.answer(build.endpointUrl, 202)
      const { noticeId, itemIds } = await build.issuedNotice(ground, on)
      await tryNow(ground)
      ground.clock.advance(year)
      expect(await markOverdue(ground)).toBe(1)
      await sealRoot(ground)
      ground.clock.advance(-year)
      await setRight(ground)
      expect(await clockOf(ground, itemIds[0])).toMatchObject({ deadlinePassedAt: null })
      expect(await ground.facts.kinds(noticeId)).toContain('clock.set-right')
      expect(await markOverdue(ground)).toBe(0)
      ground.clock.advance(day + 1)
      expect(await markOverdue(ground)).toBe(1)
      const kinds = await ground.db.read
        .selectFrom('facts')
        .select('kind')
        .where('chain', '=', noticeId)
        .where('kind', 'in', ['deadline.passed', 'clock.set-right'])
        .orderBy('seq')
        .execute()
      // Facts are never changed: the first stays, the correction follows, and then the true one.
      expect(kinds.map(({ kind }) => kind)).toEqual(['deadline.passed', 'clock.set-right', 'deadline.passed'])
    }))

  test('the newest root is the one that covers most, whatever instant another has', () =>
    build.withLine(start, async (ground, on) => {
      ground.clock.advance(year)
      await build.issuedNotice(ground, on)
      await sealRoot(ground)
      ground.clock.advance(-year)
      await build.issuedNotice(ground, on)
      expect(await sealRoot(ground)).toMatchObject({ result: 'sealed' })
      expect(await sealRoot(ground)).toEqual({ result: 'unchanged' })
    }))
})

test('a notice nobody took in for thirty days is signed again, and not before', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.issuedNotice(ground, on)
    ground.clock.advance(30 * day)
    expect(await reissueDeliveries(ground)).toBe(0)
    ground.clock.advance(1)
    expect(await reissueDeliveries(ground)).toBe(1)
    expect((await deliveriesOf(ground, noticeId)).map(({ seq, lastCode }) => [seq, lastCode])).toEqual([
      [1, 'superseded'],
      [2, null],
    ])
  }))

test('what has arrived is not signed again, and a receipt for what was superseded still counts', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    ground.outbound.answer(build.endpointUrl, 202)
    const arrived = await build.issuedNotice(ground, on)
    await tryNow(ground)
    ground.outbound.answer(build.endpointUrl, 503)
    const waiting = await build.issuedNotice(ground, on)
    ground.clock.advance(31 * day)
    expect(await reissueDeliveries(ground)).toBe(1)
    expect(await deliveriesOf(ground, arrived.noticeId)).toHaveLength(1)
    const [old] = await deliveriesOf(ground, waiting.noticeId)
    const reporter = { orgId: on.provider.orgId, grade: 'signed', jti: 'evt_1', kid: 'k', raw: 'a.b.c' } as const
    const receipt = {
      v: 1,
      notice: waiting.noticeId,
      seq: 1,
      ref: old?.jti ?? '',
      set_sha256: old?.setSha256 ?? '',
      received_at: ground.clock.now().toISOString(),
    } as const
    expect(await acceptReceipt(ground, reporter, receipt)).toEqual({ result: 'recorded' })
    expect(await clockOf(ground, waiting.itemIds[0])).toMatchObject({ receivedAt: ground.clock.now() })
    // What is reported then comes from the old token: the new one goes out, and is acknowledged by itself.
    await reportedOutcome(ground, on.provider.orgId, waiting)
    const [, renewed] = await deliveriesOf(ground, waiting.noticeId)
    expect(renewed).toMatchObject({ receivedAt: null, nextAttemptAt: expect.any(Date) })
  }))

test('a receipt starts the clocks of what the token names, though two machines wrote the rows by clocks apart', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    ground.outbound.answer(build.endpointUrl, 202)
    const notice = await build.submittedNotice(ground, on)
    ground.clock.advance(-90_000)
    await ground.runReactions()
    await tryNow(ground)
    expect(await clockOf(ground, notice.itemIds[0])).toMatchObject({ receivedAt: ground.clock.now() })
  }))
