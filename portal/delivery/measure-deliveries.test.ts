import { expect, test } from 'vitest'
import { measureOwed } from '../facts/measure-owed.ts'
import { copyDelivery } from '../testing/build/copies.ts'
import * as build from '../testing/build/delivery.ts'
import { findLateDeliveries, measureDeliveries } from './measure-deliveries.ts'
import { countWaiting } from './measure-store.server.ts'

const start = '2026-11-21T10:00:00.000Z'
const hour = 3_600_000

test('what runs out of time is counted over all organisations, and the most urgent is shown first', () =>
  build.withLine(start, async (ground, on) => {
    const other = await build.anotherProvider(ground, on, 'Gullwing', '198.51.100.0/24')
    await build.endpoint(ground, on.provider)
    await build.endpoint(ground, other, { url: 'https://hooks.gullwing.example/in' })
    const mine = await build.issuedNotice(ground, on, { deadline: { within: 'PT24H' } })
    const theirs = await build.issuedNotice(ground, on, {
      deadline: { within: 'PT8H' },
      items: [{ url: 'https://x.gullwing.example/x', ip: '198.51.100.7' }],
    })
    await build.issuedNotice(ground, on, { deadline: { within: 'P7D' } })
    const { id } = await build.deliveryOf(ground, mine.noticeId, on.provider.orgId)
    await copyDelivery(ground, id, {
      number: 30,
      deadlineAt: (index) => new Date(Date.parse(start) + (20 + index) * hour),
    })
    ground.clock.advance(7 * hour)
    expect(await measureDeliveries(ground)).toMatchObject({ waiting: { queued: 33 }, atRisk: 1, overdue: 0 })
    ground.clock.advance(12 * hour)
    // Of those of twenty hours and more: a quarter is left of twenty to twenty-five hours.
    expect(await measureDeliveries(ground)).toMatchObject({ atRisk: 7, overdue: 1 })
    const found = await findLateDeliveries(ground, on.desk, { limit: 3 })
    if (found.result !== 'found') throw new Error(found.result)
    expect(found.late.map(({ noticeId, orgName }) => [noticeId, orgName])).toEqual([
      [theirs.noticeId, 'Gullwing'],
      [mine.noticeId, 'Tern Hosting'],
      [mine.noticeId, 'Tern Hosting'],
    ])
    expect(await measureOwed(ground)).toBe(0)
  }))

test('a line longer than is counted one by one is estimated', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.issuedNotice(ground, on)
    const { id } = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    await copyDelivery(ground, id, { number: 300, deadlineAt: () => new Date(start) })
    await ground.db.pool.query('analyze deliveries')
    expect(await countWaiting(ground.db.read)).toEqual([{ state: 'queued', count: 301 }])
    expect(await countWaiting(ground.db.read, 50)).toEqual([{ state: 'queued', count: 301 }])
  }))
