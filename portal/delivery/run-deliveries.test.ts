import { expect, test, vi } from 'vitest'
import { checkHistory, historyOf } from '../facts/history.ts'
import * as build from '../testing/build/delivery.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { attemptDueDeliveries } from './attempt-delivery.ts'
import { beginAttempts } from './begin-attempts.ts'
import { findDeliveries } from './find-deliveries.ts'
import { runDeliveries } from './run-deliveries.ts'

const start = '2026-11-21T10:00:00.000Z'
const soon = { timeout: 8_000, interval: 10 }
const posts = (ground: TestGround) => ground.outbound.calls.filter((call) => call.method === 'post').length
const rows = (ground: TestGround) => ground.db.read.selectFrom('deliveries').selectAll().orderBy('id').execute()
const endpointOf = (ground: TestGround) =>
  ground.db.read.selectFrom('endpoints').selectAll().limit(1).executeTakeFirstOrThrow()
const set = (ground: TestGround, change: { inFlight?: number; allowedRate?: number }) =>
  ground.db.read.updateTable('endpoints').set(change).execute()
const tryNow = (ground: TestGround, limit = 32) =>
  attemptDueDeliveries(ground, { workerId: 'one', limit, jitter: () => 0.5 })
const held = () => {
  let open = () => {}
  const until = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, until }
}

test('whatever is due is delivered, what comes back together is one transaction, and every chain stays whole', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    await set(ground, { inFlight: 4 })
    const notices = []
    for (let index = 0; index < 6; index += 1) notices.push(await build.issuedNotice(ground, on))
    ground.outbound.answer(build.endpointUrl, 202)
    const deliveries = runDeliveries(ground, { workerId: 'one' })
    await vi.waitFor(async () => {
      expect((await rows(ground)).every((row) => row.state === 'received' && row.leasedBy === null)).toBe(true)
    }, soon)
    await deliveries.stop()
    expect(posts(ground)).toBe(6)
    for (const { noticeId } of notices) {
      expect(await checkHistory(ground, noticeId)).toMatchObject({ result: 'whole' })
      const kinds = await ground.facts.kinds(noticeId)
      expect(kinds.filter((kind) => kind.startsWith('delivery.') || kind.startsWith('clock.')).sort()).toEqual([
        'clock.started',
        'delivery.attempted',
        'delivery.offered',
        'delivery.queued',
        'delivery.received',
      ])
    }
    const attempts = await ground.db.read.selectFrom('attempts').select(['startedAt', 'finishedAt', 'result']).execute()
    expect(attempts.every(({ result }) => result === 'received')).toBe(true)
  }))

test('a bell wakes a worker that sleeps: what is queued goes out without waiting for its next look', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    ground.outbound.answer(build.endpointUrl, 202)
    const rung = vi.fn()
    ground.bell.listen('deliveries', rung)
    const deliveries = runDeliveries(ground, { workerId: 'one' })
    await build.issuedNotice(ground, on)
    expect(rung).toHaveBeenCalled()
    await vi.waitFor(() => expect(posts(ground)).toBe(1), soon)
    await deliveries.stop()
  }))

test('a stop lets what is in flight come back, takes nothing new, and gives the rest back to others at once', () =>
  build.withLine(start, async (ground, on) => {
    const other = await build.anotherProvider(ground, on, 'Gullwing', '198.51.100.0/24')
    await build.endpoint(ground, on.provider)
    await build.endpoint(ground, other, { url: 'https://hooks.gullwing.example/in' })
    const quick = held()
    const slow = held()
    ground.outbound.answer(build.endpointUrl, () => quick.until.then(() => 202))
    ground.outbound.answer('https://hooks.gullwing.example/in', () => slow.until.then(() => 202))
    const first = await build.issuedNotice(ground, on)
    const second = await build.issuedNotice(ground, on, { items: [{ url: 'https://b.example/x', ip: '198.51.100.7' }] })
    const deliveries = runDeliveries(ground, { workerId: 'one' })
    await vi.waitFor(() => expect(posts(ground)).toBe(2), soon)
    const stopped = deliveries.stop(2_000)
    quick.open()
    const later = await build.issuedNotice(ground, on)
    await stopped
    const of = (noticeId: string, orgId: string) => build.deliveryOf(ground, noticeId, orgId)
    expect(await of(first.noticeId, on.provider.orgId)).toMatchObject({ state: 'received', leasedBy: null })
    expect(await of(second.noticeId, other.orgId)).toMatchObject({
      state: 'offered',
      leasedBy: null,
      leasedUntil: null,
    })
    expect(await of(later.noticeId, on.provider.orgId)).toMatchObject({ state: 'queued' })
    slow.open()
    await vi.waitFor(async () => {
      // It came back after all: the result that was had is written, and the clock is that of the answer.
      expect(await of(second.noticeId, other.orgId)).toMatchObject({ state: 'received' })
    }, soon)
  }))

test('a result that the database does not take is kept, and written when it does', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    await build.issuedNotice(ground, on)
    let down = false
    ground.outbound.answer(build.endpointUrl, () => {
      down = true
      setTimeout(() => {
        down = false
      }, 300)
      return 202
    })
    const transaction: typeof ground.db.transaction = async (work) => {
      if (down) throw Object.assign(new Error('The database is down'), { code: '57P03' })
      return ground.db.transaction(work)
    }
    const flaky = { ...ground, db: { ...ground.db, read: ground.db.read, transaction } }
    const deliveries = runDeliveries(flaky, { workerId: 'one' })
    await vi.waitFor(async () => expect((await rows(ground))[0]?.state).toBe('received'), soon)
    await deliveries.stop()
    expect(posts(ground)).toBe(1)
    expect(ground.caught.log.some(({ event }) => event === 'results not written')).toBe(true)
  }))

test('a token whose key was lost is held with its reason, blames nobody, and goes out when the key is back', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.issuedNotice(ground, on)
    ground.outbound.answer(build.endpointUrl, 202)
    const open: typeof ground.vault.open = () => {
      throw Object.assign(new Error('The data key was wrapped by a key that is not configured.'), {
        name: 'VaultError',
        code: 'key_unknown',
      })
    }
    const lost = { ...ground, vault: { ...ground.vault, open } }
    expect(await attemptDueDeliveries(lost, { workerId: 'one', limit: 32, jitter: () => 0.5 })).toBe(1)
    const waiting = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    expect(waiting).toMatchObject({ state: 'queued', offeredAt: null, lastCode: 'key_missing', leasedBy: null })
    expect(waiting.nextAttemptAt?.toISOString()).toBe('2026-11-21T10:00:05.000Z')
    expect(posts(ground)).toBe(0)
    expect((await endpointOf(ground)).failures).toBe(0)
    ground.clock.advance(5_000)
    expect(await tryNow(ground)).toBe(1)
    const sent = new Date('2026-11-21T10:00:05.000Z')
    expect(await build.deliveryOf(ground, noticeId, on.provider.orgId)).toMatchObject({
      state: 'received',
      offeredAt: sent,
    })
  }))

test('what a killed worker may have sent is offered from that attempt on, once somebody knows that it was tried', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.issuedNotice(ground, on)
    await beginAttempts(ground, 'killed', 32)
    expect(await build.deliveryOf(ground, noticeId, on.provider.orgId)).toMatchObject({
      state: 'queued',
      offeredAt: null,
    })
    ground.clock.advance(30_000)
    ground.outbound.answer(build.endpointUrl, 202)
    expect(await tryNow(ground)).toBe(1)
    expect(await build.deliveryOf(ground, noticeId, on.provider.orgId)).toMatchObject({
      state: 'received',
      offeredAt: new Date(start),
      receivedAt: new Date('2026-11-21T10:00:30.000Z'),
    })
    const offered = (await historyOf(ground, noticeId)).filter(({ kind }) => kind === 'delivery.offered')
    expect(offered).toMatchObject([{ payload: { at: start } }])
  }))

test('more are in flight where the owner of the endpoint says so, or the endpoint itself; one after a failure', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    for (let index = 0; index < 14; index += 1) await build.issuedNotice(ground, on)
    ground.outbound.answer(build.endpointUrl, { status: 202, headers: { 'webhook-allowed-rate': '480' } })
    expect(await tryNow(ground)).toBe(2)
    expect((await endpointOf(ground)).allowedRate).toBe(480)
    expect(await tryNow(ground)).toBe(8)
    // At its pace of eight a second nothing more goes now, and no more than that later.
    expect(await tryNow(ground)).toBe(0)
    ground.clock.advance(1_000)
    await set(ground, { inFlight: 3 })
    ground.outbound.answer(build.endpointUrl, 500)
    expect(await tryNow(ground)).toBe(3)
    ground.clock.advance(1_000)
    expect(await tryNow(ground)).toBe(1)
  }))

/** So many wait for an endpoint that kept failing. */
async function untilItRests(ground: TestGround, on: build.Line, count: number) {
  await build.endpoint(ground, on.provider)
  for (let index = 0; index < count; index += 1) await build.issuedNotice(ground, on)
  ground.outbound.answer(build.endpointUrl, 503)
  for (let round = 0; round < 6; round += 1) await tryNow(ground)
}

test('an endpoint that is not there is left alone; one is tried now and then, and when it answers all that waited goes', () =>
  build.withLine(start, async (ground, on) => {
    await untilItRests(ground, on, 8)
    // Two at first, then one at a time: five failures and no more.
    expect(posts(ground)).toBe(5)
    expect(await endpointOf(ground)).toMatchObject({ failures: 5, rests: 1 })
    ground.clock.advance(29_000)
    expect(await tryNow(ground)).toBe(0)
    ground.clock.advance(1_000)
    expect(await tryNow(ground)).toBe(1)
    expect(await endpointOf(ground)).toMatchObject({ failures: 6, rests: 2 })
    ground.clock.advance(59_000)
    expect(await tryNow(ground)).toBe(0)
    ground.clock.advance(1_000)
    ground.outbound.answer(build.endpointUrl, 202)
    expect(await tryNow(ground)).toBe(1)
    expect(await endpointOf(ground)).toMatchObject({ failures: 0, rests: 0, restsUntil: null })
    while ((await tryNow(ground)) > 0);
    expect((await rows(ground)).map((row) => row.state)).toEqual(Array(8).fill('received'))
  }))

test('what waited for an endpoint that is back is due since a little before that attempt began: no claim that began meanwhile, or by another clock, passes over it', () =>
  build.withLine(start, async (ground, on) => {
    await untilItRests(ground, on, 5)
    ground.clock.advance(30_000)
    const began = ground.clock.now()
    const [first, ...others] = await rows(ground)
    const nextAttemptAt = new Date(began.getTime() + 3_600_000)
    for (const { id } of others)
      await ground.db.read.updateTable('deliveries').set({ nextAttemptAt }).where('id', '=', id).execute()
    ground.outbound.answer(build.endpointUrl, () => {
      ground.clock.advance(2_000)
      return 202
    })
    expect(await tryNow(ground)).toBe(1)
    const since = new Date(began.getTime() - 5_000)
    expect((await rows(ground)).map((row) => row.nextAttemptAt)).toEqual([null, ...others.map(() => since)])
    expect(first).toMatchObject({ lastCode: 'http_503' })
  }))

test('a receiver that is back and refuses the first for a key it does not know yet gets all that waited when it takes one in', () =>
  build.withLine(start, async (ground, on) => {
    await untilItRests(ground, on, 8)
    await ground.db.read
      .updateTable('deliveries')
      .set({ nextAttemptAt: new Date(Date.parse(start) + 12 * 3_600_000) })
      .where('attempts', '>', 0)
      .execute()
    ground.clock.advance(30_000)
    ground.outbound.answer(build.endpointUrl, { status: 400, body: '{"err":"invalid_key"}' })
    expect(await tryNow(ground)).toBe(1)
    expect(await endpointOf(ground)).toMatchObject({ failures: 6, rests: 1, restsUntil: null })
    ground.outbound.answer(build.endpointUrl, 202)
    while ((await tryNow(ground)) > 0);
    expect(await endpointOf(ground)).toMatchObject({ failures: 0, rests: 0, restsUntil: null })
    expect((await rows(ground)).map((row) => row.state)).toEqual(Array(8).fill('received'))
  }))

test('a receiver that refuses what it is sent is there: it is not left alone, and its slow retries are not brought forward', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    for (let index = 0; index < 7; index += 1) await build.issuedNotice(ground, on)
    ground.outbound.answer(build.endpointUrl, { status: 400, body: '{"err":"invalid_audience"}' })
    for (let round = 0; round < 8; round += 1) await tryNow(ground)
    expect(posts(ground)).toBe(7)
    expect(await endpointOf(ground)).toMatchObject({ failures: 7, rests: 0, restsUntil: null })
    expect(await tryNow(ground)).toBe(0)
  }))

test('many endpoints that hang and have the oldest deadlines hold up none that answers', () =>
  build.withLine(start, async (ground, on) => {
    const hanging = held()
    ground.outbound.answer(/slow/, () => hanging.until.then(() => 202))
    ground.outbound.answer(/prompt/, 202)
    for (let number = 0; number < 4; number += 1) {
      const provider = await build.anotherProvider(ground, on, `Slow ${number}`, `198.51.100.${number * 16}/28`)
      await build.endpoint(ground, provider, { url: `https://slow-${number}.example/in` })
      for (let index = 0; index < 3; index += 1) {
        const items = [{ url: `https://a.example/${number}/${index}`, ip: `198.51.100.${number * 16 + 1}` }]
        await build.issuedNotice(ground, on, { items, deadline: { within: 'PT1H' } })
      }
    }
    await build.endpoint(ground, on.provider, { url: 'https://prompt.example/in' })
    const { noticeId } = await build.issuedNotice(ground, on)
    // No worker takes more than four at a time, and eight of the slow ones come first.
    const busy = []
    for (const sent of [4, 8]) {
      busy.push(tryNow(ground, 4))
      await vi.waitFor(() => expect(posts(ground)).toBe(sent), soon)
    }
    expect(await tryNow(ground, 4)).toBe(1)
    expect((await build.deliveryOf(ground, noticeId, on.provider.orgId)).state).toBe('received')
    hanging.open()
    await Promise.all(busy)
    expect(await findDeliveries(ground, on.desk)).toMatchObject({ result: 'found' })
  }))
