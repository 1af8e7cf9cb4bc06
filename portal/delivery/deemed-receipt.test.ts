import { afterEach, beforeEach, expect, test } from 'vitest'
import { norms } from '../deadlines/norms.ts'
import { findNotice } from '../inbox/find-notice.ts'
import { deemReceipts } from '../notices/deem-receipts.ts'
import { markOverdue } from '../notices/mark-overdue.ts'
import * as build from '../testing/build/delivery.ts'
import { failed } from '../testing/fakes.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { confirmReceipt } from './accept-receipt.ts'
import { attemptDueDeliveries } from './attempt-delivery.ts'
import { fallBack } from './fall-back.ts'

const start = '2026-11-23T10:00:00.000Z'
const [minute, hour] = [60_000, 3_600_000]

// No norm of today lets silence count; a norm is data, and the line serves one that does.
beforeEach(() => {
  norms.ntd_code.deemedReceipt = 'PT12H'
})
afterEach(() => {
  norms.ntd_code.deemedReceipt = null
})

async function clockOf(ground: TestGround, on: build.Line, noticeId: string) {
  const found = await findNotice(ground, on.provider, noticeId)
  return found.result === 'found' ? found.notice.items[0]?.axes.clock : null
}

async function rowOf(ground: TestGround, noticeId: string) {
  return ground.db.read
    .selectFrom('inboxRows')
    .select(['clock', 'dueAt'])
    .where('noticeId', '=', noticeId)
    .where('side', '=', 'provider')
    .executeTakeFirstOrThrow()
}

/** Its receiver answers nothing, and its mailbox was written to ten minutes later. */
async function silent(ground: TestGround, on: build.Line, hours?: object) {
  await build.contact(ground, on.provider.orgId)
  if (hours)
    await ground.db.read
      .updateTable('contacts')
      .set({ hours: JSON.stringify(hours) })
      .execute()
  await build.endpoint(ground, on.provider)
  ground.outbound.answer(build.endpointUrl, failed('timeout'))
  const notice = await build.issuedNotice(ground, on)
  await attemptDueDeliveries(ground, { workerId: 'one', limit: 8, jitter: () => 0.5 })
  ground.clock.advance(10 * minute)
  await fallBack(ground)
  expect(ground.caught.mail).toHaveLength(1)
  return notice
}

test('silence counts as receipt so long after a live second channel was tried, once, and its time runs out', () =>
  build.withLine(start, async (ground, on) => {
    const { noticeId } = await silent(ground, on)
    ground.clock.advance(12 * hour - 1)
    expect(await deemReceipts(ground)).toBe(0)
    expect(await clockOf(ground, on, noticeId)).toMatchObject({ state: 'waiting' })
    ground.clock.advance(1)
    expect(await deemReceipts(ground)).toBe(1)
    expect(await deemReceipts(ground)).toBe(0)
    const clock = { startedAt: '2026-11-23T22:10:00.000Z', dueAt: '2026-11-24T22:10:00.000Z' }
    expect(await clockOf(ground, on, noticeId)).toMatchObject({ state: 'running', ...clock })
    expect(await rowOf(ground, noticeId)).toEqual({ clock: 'running', dueAt: new Date(clock.dueAt) })
    expect(await ground.facts.kinds(noticeId)).toContain('receipt.deemed')

    // Who looks at last gains nothing by having waited.
    ground.clock.advance(23 * hour)
    await confirmReceipt(ground, { orgId: on.provider.orgId, grade: 'form_confirmed' }, noticeId)
    expect(await clockOf(ground, on, noticeId)).toMatchObject({ state: 'running', ...clock })
    ground.clock.advance(hour + 1)
    expect(await markOverdue(ground)).toBe(1)
  }))

test('a mailbox that nobody reads at that hour is no live channel', () =>
  build.withLine(start, async (ground, on) => {
    const { noticeId } = await silent(ground, on, [{ day: 'sa', from: '09:00', until: '10:00' }])
    ground.clock.advance(72 * hour)
    expect(await deemReceipts(ground)).toBe(0)
    expect(await clockOf(ground, on, noticeId)).toMatchObject({ state: 'waiting' })
  }))

test('under a norm that does not say so silence is none, whatever the norm says later', () =>
  build.withLine(start, async (ground, on) => {
    norms.ntd_code.deemedReceipt = null
    const { noticeId } = await silent(ground, on)
    norms.ntd_code.deemedReceipt = 'PT12H'
    ground.clock.advance(72 * hour)
    expect(await deemReceipts(ground)).toBe(0)
    expect(await clockOf(ground, on, noticeId)).toMatchObject({ state: 'waiting' })
  }))
