import { expect, test } from 'vitest'
import * as build from '../testing/build/delivery.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { attemptDueDeliveries } from './attempt-delivery.ts'
import { fallBack } from './fall-back.ts'

const start = '2026-11-21T10:00:00.000Z'
const minute = 60_000
const failed = (code: 'timeout' | 'refused') => ({ result: 'failed' as const, code, detail: '', address: null, ms: 1 })
const push = (ground: TestGround) => attemptDueDeliveries(ground, { workerId: 'one', limit: 32, jitter: () => 0.5 })

async function stuck(ground: TestGround, on: build.Line, within: string) {
  await build.contact(ground, on.provider.orgId)
  await build.endpoint(ground, on.provider)
  ground.outbound.answer(build.endpointUrl, failed('timeout'))
  const notice = await build.issuedNotice(ground, on, { deadline: { within } })
  await push(ground)
  return notice
}

test('what has not arrived ten minutes after its first offer is pointed to in a mail, once', () =>
  build.withLine(start, async (ground, on) => {
    const { noticeId } = await stuck(ground, on, 'PT24H')
    ground.clock.advance(10 * minute - 1)
    expect(await fallBack(ground)).toBe(0)
    ground.clock.advance(1)
    expect(await fallBack(ground)).toBe(1)
    expect(await fallBack(ground)).toBe(0)
    expect(ground.caught.mail.map((mail) => mail.subject)).toEqual([`Notice ${noticeId}`])
    expect(await ground.facts.kinds(noticeId)).toContain('delivery.pointed')
    const delivery = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    expect(delivery).toMatchObject({ state: 'offered', offeredAt: new Date(start) })
    expect(delivery.nextAttemptAt).not.toBeNull()
  }))

test('with an hour to go, a tenth of it is enough', () =>
  build.withLine(start, async (ground, on) => {
    await stuck(ground, on, 'PT1H')
    ground.clock.advance(6 * minute - 1)
    expect(await fallBack(ground)).toBe(0)
    ground.clock.advance(1)
    expect(await fallBack(ground)).toBe(1)
  }))

test('the second hard failure does not wait', () =>
  build.withLine(start, async (ground, on) => {
    await stuck(ground, on, 'PT24H')
    ground.outbound.answer(build.endpointUrl, failed('refused'))
    ground.clock.advance(5_000)
    await push(ground)
    expect(await fallBack(ground)).toBe(1)
  }))

test('what has arrived is pointed to by nobody', () =>
  build.withLine(start, async (ground, on) => {
    await build.contact(ground, on.provider.orgId)
    await build.endpoint(ground, on.provider)
    await build.receivedNotice(ground, on)
    ground.clock.advance(86_400_000)
    expect(await fallBack(ground)).toBe(0)
    expect(ground.caught.mail).toEqual([])
  }))
