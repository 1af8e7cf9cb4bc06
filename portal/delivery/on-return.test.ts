/** A receiver that comes back: everything that waited or is asked for again, oldest deadline first, at the pace it asks for. */
import { expect, test } from 'vitest'
import { changeEndpoint } from '../providers/change-endpoint.ts'
import { confirmEndpoint } from '../providers/confirm-endpoint.ts'
import { copyDelivery } from '../testing/build/copies.ts'
import * as build from '../testing/build/delivery.ts'
import { person } from '../testing/build/person.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { attemptDueDeliveries } from './attempt-delivery.ts'
import { recoverDeliveries } from './recover-deliveries.ts'

const start = '2026-11-21T10:00:00.000Z'
const minute = 60_000
const tryNow = (ground: TestGround) => attemptDueDeliveries(ground, { workerId: 'one', limit: 32, jitter: () => 0.5 })

/** Which were tried since then, in the order they were tried: of what was tried in one moment by deadline. */
async function tried(ground: TestGround, since: Date) {
  const rows = await ground.db.read
    .selectFrom('attempts')
    .innerJoin('deliveries', 'deliveries.id', 'attempts.deliveryId')
    .select(['attempts.startedAt', 'deliveries.deadlineAt'])
    .where('attempts.startedAt', '>=', since)
    .orderBy('attempts.startedAt')
    .orderBy('deliveries.deadlineAt')
    .execute()
  return rows.map(({ startedAt, deadlineAt }) => ({ at: startedAt.getTime(), deadline: deadlineAt.getTime() }))
}

/** A worker looks so often; what falls due meanwhile goes. */
async function workFor(ground: TestGround, ms: number, everyMs: number) {
  for (let passed = 0; passed < ms; passed += everyMs) {
    await tryNow(ground)
    ground.clock.advance(everyMs)
  }
}

test('verified again at another address, what waited goes there by deadline at the pace that its first answer asked for', () =>
  build.withLine(start, async (ground, on) => {
    const { endpointId } = await build.endpoint(ground, on.provider)
    const owner = await person(ground, { orgId: on.provider.orgId, role: 'owner' })
    const url = 'https://new.tern.example/noticeline'
    expect(await changeEndpoint(ground, owner, endpointId, { url })).toMatchObject({ result: 'changed' })
    const { noticeId } = await build.issuedNotice(ground, on)
    const { id } = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    // Planned far ahead, as after days of failing, and in no order.
    await ground.db.read
      .updateTable('deliveries')
      .set({ nextAttemptAt: new Date(Date.parse(start) + 9 * 60 * minute), attempts: 9 })
      .execute()
    await copyDelivery(ground, id, {
      number: 40,
      deadlineAt: (index) => new Date(Date.parse(start) + ((index * 17) % 41) * minute),
    })
    ground.clock.advance(10 * minute)
    const since = ground.clock.now()
    expect(await tryNow(ground)).toBe(0)
    ground.outbound.answer(url, { status: 202, headers: { 'webhook-allowed-rate': '120' } })
    expect(await confirmEndpoint(ground, owner, endpointId)).toMatchObject({ result: 'confirmed' })
    await ground.runReactions()
    await workFor(ground, 30_000, 500)
    const went = await tried(ground, since)
    expect(went).toHaveLength(41)
    expect(went.map(({ deadline }) => deadline)).toEqual(went.map(({ deadline }) => deadline).sort((a, b) => a - b))
    const seconds = ((went.at(-1)?.at ?? 0) - since.getTime()) / 1000
    // 120 a minute: 41 of them take twenty seconds, less the one second's worth that may go at the very beginning.
    expect(seconds).toBeGreaterThanOrEqual(18.5)
    expect(seconds).toBeLessThanOrEqual(21)
    for (let from = 0; from < 20; from += 1) {
      const within = went.filter(
        ({ at }) => at >= since.getTime() + from * 1000 && at < since.getTime() + (from + 1) * 1000,
      )
      expect(within.length).toBeLessThanOrEqual(3)
    }
    const states = await ground.db.read.selectFrom('deliveries').select('state').distinct().execute()
    expect(states).toEqual([{ state: 'received' }])
  }))

test('recovering has no limit: five thousand of two years are due at once and go by deadline, one pace for all', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.receivedNotice(ground, on)
    const { id } = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    await copyDelivery(ground, id, {
      number: 5_000,
      deadlineAt: (index) => new Date(Date.parse(start) + ((index * 7_919) % 5_003) * minute),
    })
    ground.clock.advance(730 * 24 * 60 * minute)
    const since = ground.clock.now()
    ground.outbound.answer(build.endpointUrl, { status: 202, headers: { 'webhook-allowed-rate': '1200' } })
    expect(await recoverDeliveries(ground, on.provider, { since: start })).toEqual({ result: 'queued', count: 5_001 })
    await workFor(ground, 4_000, 1_000)
    const went = await tried(ground, since)
    expect(went.length).toBeGreaterThanOrEqual(40)
    expect(went.length).toBeLessThanOrEqual(82)
    const oldest = await ground.db.read
      .selectFrom('deliveries')
      .select('deadlineAt')
      .orderBy('deadlineAt')
      .orderBy('id')
      .limit(went.length)
      .execute()
    expect(went.map(({ deadline }) => deadline)).toEqual(oldest.map(({ deadlineAt }) => deadlineAt.getTime()))
    const { left } = await ground.db.read
      .selectFrom('deliveries')
      .select((of) => of.fn.countAll<number>().as('left'))
      .where('nextAttemptAt', 'is not', null)
      .executeTakeFirstOrThrow()
    expect(Number(left) + went.length).toBe(5_001)
  }))
