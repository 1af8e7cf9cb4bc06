import { expect, test } from 'vitest'
import * as build from '../testing/build/delivery.ts'
import { program } from '../testing/build/person.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { attemptDueDeliveries } from './attempt-delivery.ts'
import { findDeliveries } from './find-deliveries.ts'
import { pollDeliveries } from './offer-for-poll.ts'
import { recoverDeliveries } from './recover-deliveries.ts'
import { resendDelivery } from './resend-delivery.ts'

const start = '2026-11-21T10:00:00.000Z'
const tryNow = (ground: TestGround) => attemptDueDeliveries(ground, { workerId: 'one', limit: 32, jitter: () => 0.5 })
const bodies = (ground: TestGround) =>
  ground.outbound.calls.filter(({ method }) => method === 'post').map(({ message }) => message?.body)

test('a delivery that arrived is sent again with the same bytes, once however often it is asked for, and no clock moves', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.receivedNotice(ground, on)
    const before = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    ground.clock.advance(60_000)
    expect(await resendDelivery(ground, on.provider, before.id)).toEqual({ result: 'queued' })
    expect(await resendDelivery(ground, on.provider, before.id)).toEqual({ result: 'queued' })
    expect([await tryNow(ground), await tryNow(ground)]).toEqual([1, 0])
    const sent = bodies(ground)
    expect(sent).toHaveLength(2)
    expect(sent[1]).toBe(sent[0])
    const after = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    expect(after).toMatchObject({ state: 'received', receivedAt: before.receivedAt, nextAttemptAt: null, attempts: 2 })
    const found = await findDeliveries(ground, on.provider)
    expect(found).toMatchObject({ deliveries: [{ resentAt: '2026-11-21T10:01:00.000Z', attempts: [{}, {}] }] })
    expect((await ground.facts.kinds(noticeId)).filter((kind) => kind === 'clock.started')).toHaveLength(1)
  }))

test('what fails when it is sent again is tried on a timetable that begins anew, for thirty days', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.receivedNotice(ground, on)
    const { id } = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    ground.outbound.answer(build.endpointUrl, 500)
    await resendDelivery(ground, on.provider, id)
    await tryNow(ground)
    const failed = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    expect(failed).toMatchObject({ state: 'received', lastCode: null })
    expect((failed.nextAttemptAt?.getTime() ?? 0) - Date.parse(start)).toBe(5_000)
    ground.clock.advance(31 * 86_400_000)
    await tryNow(ground)
    expect(await build.deliveryOf(ground, noticeId, on.provider.orgId)).toMatchObject({
      state: 'received',
      nextAttemptAt: null,
    })
  }))

test('a poll stream is offered again what it acknowledged', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider, { url: null })
    const { noticeId } = await build.issuedNotice(ground, on)
    const { id, jti } = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    const poll = async (acks: string[] = []) => {
      const polled = await pollDeliveries(ground, on.provider, { acks })
      return polled.result === 'sets' ? Object.keys(polled.sets) : []
    }
    expect(await poll()).toEqual([jti])
    expect(await poll([jti])).toEqual([])
    await resendDelivery(ground, on.provider, id)
    expect(await poll()).toEqual([jti])
    expect(await poll([jti])).toEqual([])
  }))

test('it is asked for by the provider itself, and only while there are bytes to send', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.receivedNotice(ground, on)
    const { id, jti } = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    const other = await build.anotherProvider(ground, on, 'Gullwing', '198.51.100.0/24')
    expect(await resendDelivery(ground, other, id)).toEqual({ result: 'unknown-delivery' })
    expect(await resendDelivery(ground, on.provider, 'dlv_nothing')).toEqual({ result: 'unknown-delivery' })
    expect(await resendDelivery(ground, on.desk, id)).toEqual({ result: 'forbidden' })
    const reader = await program(ground, { orgId: on.provider.orgId, scopes: ['deliveries:read'] })
    expect(await resendDelivery(ground, reader, id)).toEqual({ result: 'forbidden' })
    await ground.db.read.updateTable('tokens').set({ dataKey: null, sealed: null }).where('jti', '=', jti).execute()
    expect(await resendDelivery(ground, on.provider, id)).toEqual({ result: 'erased' })
    expect(await recoverDeliveries(ground, on.provider, { since: start })).toEqual({ result: 'queued', count: 0 })
    expect(await tryNow(ground)).toBe(0)
  }))

test('everything since an instant goes out again, the oldest deadline first and two at a time; asked twice, once', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    await build.receivedNotice(ground, on)
    ground.clock.advance(1000)
    const since = ground.clock.now().toISOString()
    for (const within of ['PT6H', 'PT1H', 'PT2H']) await build.receivedNotice(ground, on, { deadline: { within } })
    const first = bodies(ground).slice(1)
    ground.clock.advance(400 * 86_400_000)
    expect(await recoverDeliveries(ground, on.provider, { since })).toEqual({ result: 'queued', count: 3 })
    expect(await recoverDeliveries(ground, on.provider, { since })).toEqual({ result: 'queued', count: 3 })
    expect([await tryNow(ground), await tryNow(ground), await tryNow(ground)]).toEqual([2, 1, 0])
    expect(bodies(ground).slice(4)).toEqual([first[1], first[2], first[0]])
    expect(
      (await ground.facts.kinds(on.provider.orgId)).filter((kind) => kind === 'deliveries.recovered'),
    ).toHaveLength(2)
  }))

test.each([
  [{}, '/since required'],
  [{ since: 'yesterday' }, '/since wrong_format'],
  [{ since: '2026-11-22T10:00:00.000Z' }, '/since in_future'],
  [{ since: start, until: start }, '/until unknown_member'],
])('%j recovers nothing, and says why', (input, error) =>
  build.withLine(start, async (ground, on) => {
    const recovered = await recoverDeliveries(ground, on.provider, input)
    if (recovered.result !== 'invalid') throw new Error(recovered.result)
    expect(recovered.errors.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([error])
  }),
)
