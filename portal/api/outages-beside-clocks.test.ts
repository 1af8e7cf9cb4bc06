import { expect, test } from 'vitest'
import { beat } from '../deadlines/outages.ts'
import { findNotice } from '../inbox/find-notice.ts'
import { markOverdue } from '../notices/mark-overdue.ts'
import { acceptOutcomes } from '../removal/accept-outcome.ts'
import * as build from '../testing/build/delivery.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { wholeNotice } from './notice-schemas.ts'
import { wholeNoticeOnWire } from './notice-wire.ts'

const start = '2026-11-21T10:00:00.000Z'
const hour = 3_600_000
/** Away from an hour before a day's notice is due until three hours after. */
const away = { part: 'portal', began_at: '2026-11-22T09:00:00.000Z', ended_at: '2026-11-22T13:00:00.000Z' } as const

async function throughAnOutage(ground: TestGround, on: build.Line) {
  await build.endpoint(ground, on.provider)
  const notice = await build.receivedNotice(ground, on)
  ground.clock.set(away.began_at)
  await beat(ground, 'portal')
  ground.clock.set(away.ended_at)
  await beat(ground, 'portal')
  return notice
}

async function clockOf(ground: TestGround, on: build.Line, { noticeId }: build.BuiltNotice) {
  const found = await Promise.all([on.notifier, on.provider].map((actor) => findNotice(ground, actor, noticeId)))
  const [notifier, provider] = found.map((one) => {
    if (one.result !== 'found') throw new Error('The notice is not there')
    return wholeNotice.parse(wholeNoticeOnWire(one.notice)).items[0]
  })
  expect(provider?.clock).toEqual(notifier?.clock)
  expect(notifier?.addressees.map(({ clock }) => clock)).toEqual([notifier?.clock])
  return notifier?.clock
}

/** Done half an hour before the end, and said so whenever it is called. */
function report(ground: TestGround, on: build.Line, notice: build.BuiltNotice, grade: 'signed' | 'authenticated') {
  const evidence = grade === 'signed' ? { jti: 'rpt_1', kid: 'k', raw: 'a.b.c' } : {}
  const [item = ''] = notice.itemIds
  return acceptOutcomes(
    ground,
    { orgId: on.provider.orgId, grade, ...evidence },
    {
      v: 1,
      notice: notice.noticeId,
      seq: 1,
      results: [{ item, outcome: 'content_removed', at: '2026-11-22T09:30:00.000Z', by: 'auto' }],
    },
  )
}

test('a signed report that names an instant before the end is on time, though it came when we were back', () =>
  build.withLine(start, async (ground, on) => {
    const notice = await throughAnOutage(ground, on)
    // The sweep waits for what was kept for us.
    expect(await markOverdue(ground)).toBe(0)
    ground.clock.advance(30_000)
    expect(await report(ground, on, notice, 'signed')).toMatchObject({ result: 'recorded' })
    ground.clock.advance(hour)
    await beat(ground, 'portal')
    ground.clock.advance(hour)
    expect(await markOverdue(ground)).toBe(0)
    expect(await ground.facts.kinds(notice.noticeId)).not.toContain('deadline.passed')
    expect(await clockOf(ground, on, notice)).toMatchObject({
      state: 'met',
      late_by: null,
      // Not the later one: the clock had ended.
      outages: [{ ...away, when_due: true }],
    })
  }))

test('another that was late only because we were away is late, and why stands beside it, for both sides', () =>
  build.withLine(start, async (ground, on) => {
    const notice = await throughAnOutage(ground, on)
    ground.clock.advance(30_000)
    await report(ground, on, notice, 'authenticated')
    expect(await clockOf(ground, on, notice)).toMatchObject({
      state: 'exceeded',
      late_by: 'PT3H30S',
      outages: [{ ...away, when_due: true }],
    })
  }))

test('what is still open a minute after we are back is overdue', () =>
  build.withLine(start, async (ground, on) => {
    const notice = await throughAnOutage(ground, on)
    ground.clock.advance(59_999)
    expect(await markOverdue(ground)).toBe(0)
    ground.clock.advance(1)
    expect(await markOverdue(ground)).toBe(1)
    expect(await clockOf(ground, on, notice)).toMatchObject({ state: 'exceeded', outages: [{ when_due: true }] })
  }))
