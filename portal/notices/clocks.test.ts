import { describe, expect, test } from 'vitest'
import { issuedNotice, receivedNotice } from '../testing/build/notice.ts'
import { provider } from '../testing/build/provider.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { clockOfAddressee } from './clock-parts.ts'
import { markOffered } from './mark-offered.ts'
import { markOverdue } from './mark-overdue.ts'
import { pauseClock } from './pause-clock.ts'
import { readAddressees, readNotice } from './read-notice.ts'
import { reopenClock } from './reopen-clock.ts'
import { resumeClock } from './resume-clock.ts'
import { startClock, startClocks } from './start-clock.ts'
import { stopClock } from './stop-clock.ts'

const at = '2026-11-22T09:00:00.000Z'
const instant = (time: string) => new Date(`2026-11-${time}:00.000Z`)

async function clock(ground: TestGround, itemId: string) {
  const [addressee] = await readAddressees(ground.db.read, { itemId })
  const notice = addressee && (await readNotice(ground.db.read, addressee.noticeId))
  if (!notice) throw new Error('No such clock')
  return { ...clockOfAddressee(notice, addressee, ground.clock.now()), kept: addressee.dueAt }
}

async function built(ground: TestGround, input: Parameters<typeof receivedNotice>[1] = {}) {
  const notice = await receivedNotice(ground, input)
  const itemId = notice.itemIds[0] ?? ''
  const { orgId, noticeId } = notice
  const run = <T>(work: (tx: Parameters<Parameters<typeof ground.db.transaction>[0]>[0]) => Promise<T>) =>
    ground.db.transaction(work)
  return {
    itemId,
    orgId,
    noticeId,
    pause: (time: string) => run((tx) => pauseClock(tx, { itemId, orgId, reason: 'technical', at: instant(time) })),
    resume: (time: string) => run((tx) => resumeClock(tx, { itemId, orgId, at: instant(time) })),
    stop: (time: string) => run((tx) => stopClock(tx, { itemId, orgId, at: instant(time) })),
    reopen: () => run((tx) => reopenClock(tx, { itemId, orgId })),
  }
}

describe('the clocks of a notice', () => {
  test('start once where two receipts of one moment name the same item', () =>
    withGround(at, async (ground) => {
      const { orgId } = await provider(ground)
      const { noticeId, itemIds } = await issuedNotice(ground, { items: [{}, {}] })
      const [first = ''] = itemIds
      const one = { noticeId, orgId, itemIds: [first], at: instant('22T09:10') }
      const other = { noticeId, orgId, itemIds: null, at: instant('22T09:12') }
      const started = await ground.db.transaction((tx) => startClocks(tx, [one, other, one]))
      expect(started.map((each) => each.itemIds)).toEqual([[first], itemIds.slice(1), []])
      const received = (await readAddressees(ground.db.read, { noticeId })).map(({ receivedAt }) => receivedAt)
      expect(received).toEqual([instant('22T09:10'), instant('22T09:12')])
    }))

  test('wait while it is offered and start with its receipt, all of one addressee at once', () =>
    withGround(at, async (ground) => {
      const { orgId } = await provider(ground)
      const { noticeId, itemIds } = await issuedNotice(ground, { items: [{}, {}] })
      const offer = (time: string) =>
        ground.db.transaction((tx) => markOffered(tx, { noticeId, orgId, at: instant(time) }))
      await offer('22T09:01')
      await offer('22T09:05')
      expect((await clock(ground, itemIds[0] ?? '')).state).toBe('waiting')
      const receive = (time: string) =>
        ground.db.transaction((tx) => startClock(tx, { noticeId, orgId, at: instant(time) }))
      expect(await receive('22T09:10')).toEqual({ result: 'started', itemIds })
      expect(await receive('22T09:20')).toEqual({ result: 'already-started', itemIds: [] })
      for (const addressee of await readAddressees(ground.db.read, { noticeId })) {
        expect(addressee).toMatchObject({
          offeredAt: instant('22T09:01'),
          receivedAt: instant('22T09:10'),
          dueAt: instant('23T09:10'),
        })
      }
      expect(await ground.facts.kinds(noticeId)).toEqual(['notice.issued', 'clock.started'])
    }))

  test('start again from an earlier receipt that turns up later', () =>
    withGround(at, async (ground) => {
      const { noticeId, orgId, itemId } = await built(ground)
      await ground.db.transaction((tx) => startClock(tx, { noticeId, orgId, at: instant('22T08:30') }))
      expect(await clock(ground, itemId)).toMatchObject({ startedAt: instant('22T08:30'), kept: instant('23T08:30') })
    }))
})

describe('an obstacle', () => {
  test('stops the clock until it ends, and the time before it counts', () =>
    withGround(at, async (ground) => {
      const { itemId, noticeId, pause, resume } = await built(ground)
      expect(await resume('22T10:00')).toEqual({ result: 'not-paused' })
      ground.clock.set(instant('22T10:00'))
      expect(await pause('22T10:00')).toEqual({ result: 'paused' })
      expect(await pause('22T10:00')).toEqual({ result: 'already-paused' })
      expect(await clock(ground, itemId)).toMatchObject({ state: 'paused', dueAt: null, kept: null })
      ground.clock.set(instant('25T10:00'))
      expect(await markOverdue(ground)).toBe(0)
      expect(await resume('25T10:00')).toEqual({ result: 'resumed' })
      expect(await clock(ground, itemId)).toMatchObject({ state: 'running', kept: instant('26T09:00') })
      expect(await ground.facts.kinds(noticeId)).toEqual([
        'notice.issued',
        'clock.started',
        'clock.paused',
        'clock.resumed',
      ])
    }))

  test('of a removal order makes the hour start at its end', () =>
    withGround(at, async (ground) => {
      const { itemId, pause, resume } = await built(ground, { regime: 'tco_removal_order' })
      ground.clock.set(instant('22T09:59'))
      await pause('22T09:59')
      ground.clock.set(instant('22T12:00'))
      await resume('22T12:00')
      expect(await clock(ground, itemId)).toMatchObject({ state: 'running', kept: instant('22T13:00') })
    }))

  test('of somebody who was not asked, or after the end, does nothing', () =>
    withGround(at, async (ground) => {
      const { itemId, pause, stop } = await built(ground)
      const stranger = { itemId, orgId: 'org_none', at: instant('22T10:00') }
      const answers = await ground.db.transaction(async (tx) => [
        await pauseClock(tx, { ...stranger, reason: 'technical' }),
        await resumeClock(tx, stranger),
        await stopClock(tx, stranger),
        await reopenClock(tx, stranger),
      ])
      expect(answers).toEqual(answers.map(() => ({ result: 'not-addressed' })))
      await stop('22T10:00')
      expect(await pause('22T11:00')).toEqual({ result: 'no-effect' })
    }))
})

describe('the end of an item', () => {
  test('stops its clock once; what came in time is met for ever', () =>
    withGround(at, async (ground) => {
      const { itemId, noticeId, stop } = await built(ground)
      ground.clock.set(instant('22T10:00'))
      expect(await stop('22T10:00')).toEqual({ result: 'stopped' })
      expect(await stop('22T11:00')).toEqual({ result: 'already-stopped' })
      ground.clock.set(instant('29T10:00'))
      expect(await markOverdue(ground)).toBe(0)
      expect(await clock(ground, itemId)).toMatchObject({ state: 'met', lateBy: null })
      expect(await ground.facts.kinds(noticeId)).toEqual(['notice.issued', 'clock.started', 'clock.stopped'])
    }))

  test('that came late is late for good, also where the sweep had not seen it', () =>
    withGround(at, async (ground) => {
      const { itemId, noticeId, stop } = await built(ground)
      ground.clock.set(instant('23T09:30'))
      await stop('23T09:30')
      expect(await clock(ground, itemId)).toMatchObject({ state: 'exceeded', lateBy: 'PT30M' })
      expect(await ground.facts.kinds(noticeId)).toEqual([
        'notice.issued',
        'clock.started',
        'deadline.passed',
        'clock.stopped',
      ])
      expect(await markOverdue(ground)).toBe(0)
    }))

  test('that turns out to be none lets the clock run on as if it had never stopped', () =>
    withGround(at, async (ground) => {
      const { itemId, stop, reopen } = await built(ground)
      expect(await reopen()).toEqual({ result: 'not-stopped' })
      await stop('22T10:00')
      expect(await reopen()).toEqual({ result: 'reopened' })
      expect(await clock(ground, itemId)).toMatchObject({ state: 'running', kept: instant('23T09:00') })
    }))
})

describe('the sweep', () => {
  test('finds nothing the minute before and at the instant itself, and each item once after', () =>
    withGround(at, async (ground) => {
      const { noticeId, itemId } = await built(ground, { items: [{}, {}] })
      for (const time of ['23T08:59', '23T09:00']) {
        ground.clock.set(instant(time))
        expect(await markOverdue(ground)).toBe(0)
      }
      ground.clock.set(instant('23T09:01'))
      const found = await Promise.all([markOverdue(ground), markOverdue(ground)])
      expect(found.reduce((sum, count) => sum + count)).toBe(2)
      expect(await markOverdue(ground)).toBe(0)
      const passed = (await ground.facts.kinds(noticeId)).filter((kind) => kind === 'deadline.passed')
      expect(passed).toHaveLength(2)
      expect(await clock(ground, itemId)).toMatchObject({ state: 'exceeded', lateBy: 'PT1M' })
    }))

  test('an order not answered within the hour of its receipt is exceeded once, across the change to summer time', () =>
    withGround('2026-03-29T01:30:00+01:00', async (ground) => {
      await receivedNotice(ground, { regime: 'tco_removal_order' })
      ground.clock.set('2026-03-29T03:29:00+02:00')
      expect(await markOverdue(ground)).toBe(0)
      ground.clock.set('2026-03-29T03:31:00+02:00')
      await markOverdue(ground)
      await markOverdue(ground)
      expect((await ground.facts.kinds()).filter((kind) => kind === 'deadline.passed')).toHaveLength(1)
    }))
})
