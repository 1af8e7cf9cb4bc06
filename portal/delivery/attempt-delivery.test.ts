import { eventTypes, generateKey, unseal, verifyToken } from '@noticeline/sdk/protocol'
import { expect, test } from 'vitest'
import { withdrawNotice } from '../notices/withdraw-notice.ts'
import * as build from '../testing/build/delivery.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { attemptDueDeliveries } from './attempt-delivery.ts'
import { findDeliveries } from './find-deliveries.ts'
import { resumeDeliveries } from './resume-deliveries.ts'

const start = '2026-11-21T10:00:00.000Z'
const tryNow = (ground: TestGround, workerId = 'one') =>
  attemptDueDeliveries(ground, { workerId, limit: 32, jitter: () => 0.5 })
const posts = (ground: TestGround) => ground.outbound.calls.filter((call) => call.method === 'post')

test('each addressee gets its own token with only its items, signed for it alone', () =>
  build.withLine(start, async (ground, on) => {
    const other = await build.anotherProvider(ground, on, 'Gullwing', '198.51.100.0/24')
    const notice = await build.issuedNotice(ground, on, {
      items: [{}, { url: 'https://elsewhere.example/x', ip: '198.51.100.7' }],
      for_provider_only: 'For you alone.',
    })
    for (const [provider, itemId] of [
      [on.provider, notice.itemIds[0]],
      [other, notice.itemIds[1]],
    ] as const) {
      const raw = await tokenOf(ground, notice.noticeId, provider.orgId)
      const { keys } = await ground.keys.jwks()
      const verified = await verifyToken(raw, {
        key: async (kid) => keys.find((key) => (key as { kid?: string }).kid === kid) ?? null,
        issuer: ground.config.origin,
        audience: `urn:noticeline:org:${provider.orgId}`,
        now: ground.clock.now(),
      })
      if (!verified.accepted) throw new Error(verified.refusal.code)
      const body = verified.token.event.body as { items: { id: string }[]; for_provider_only: string }
      expect(verified.token.event.type).toBe(eventTypes.issued)
      expect(verified.token.claims).toMatchObject({ txn: notice.noticeId, sub_id: { id: notice.noticeId } })
      expect(body.items.map((item) => item.id)).toEqual([itemId])
      expect(body).toMatchObject({
        seq: 1,
        deadline: { from: 'receipt', within: 'PT24H', on_obstacle: 'pause' },
        for_provider_only: 'For you alone.',
        report_to: `${ground.config.origin}/v1/reports`,
        notifier: { id: on.notifier.orgId, name: 'Stichting Baken', kind: 'hotline' },
      })
    }
  }))

test('a reaction that runs again signs nothing twice', () =>
  build.withLine(start, async (ground, on) => {
    const { noticeId } = await build.issuedNotice(ground, on)
    const before = await tokenOf(ground, noticeId, on.provider.orgId)
    const { queueDelivery } = await import('./queue-delivery.ts')
    const fact = { kind: 'notice.issued', payload: { noticeId } } as never
    await Promise.all([queueDelivery(ground, fact), queueDelivery(ground, fact)])
    expect(await tokenOf(ground, noticeId, on.provider.orgId)).toBe(before)
    expect(await count(ground, 'tokens')).toBe(1)
    expect(await count(ground, 'deliveries')).toBe(1)
  }))

test('exactly 202 is a receipt: it starts the clock at the instant of the answer', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId, itemIds } = await build.issuedNotice(ground, on)
    ground.outbound.answer(build.endpointUrl, () => {
      ground.clock.advance(700)
      return 202
    })
    expect(await tryNow(ground)).toBe(1)
    const delivery = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    expect(delivery).toMatchObject({ state: 'received', receivedHow: 'push', nextAttemptAt: null, leasedBy: null })
    const addressee = await addresseeOf(ground, itemIds[0])
    expect(addressee.offeredAt?.toISOString()).toBe(start)
    expect(addressee.receivedAt?.toISOString()).toBe('2026-11-21T10:00:00.700Z')
    expect(await tryNow(ground)).toBe(0)
  }))

test('a 202 with a page in it is a challenge of some firewall and no receipt', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.issuedNotice(ground, on)
    ground.outbound.answer(build.endpointUrl, { status: 202, body: '<html>Checking your browser</html>' })
    await tryNow(ground)
    const tried = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    expect(tried).toMatchObject({ state: 'offered', lastCode: 'body_not_empty', receivedAt: null })
    ground.clock.advance(6_000)
    ground.outbound.answer(build.endpointUrl, { status: 202, body: '\r\n' })
    await tryNow(ground)
    expect((await build.deliveryOf(ground, noticeId, on.provider.orgId)).state).toBe('received')
  }))

test('a 202 whose body broke off before its first byte is no receipt: what was announced was not nothing', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.issuedNotice(ground, on)
    ground.outbound.answer(build.endpointUrl, { status: 202, truncated: true })
    await tryNow(ground)
    const tried = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    expect(tried).toMatchObject({ state: 'offered', lastCode: 'body_not_empty', receivedAt: null })
  }))

test('what was sent carries the media type, and the same bytes at every attempt', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.issuedNotice(ground, on)
    ground.outbound.answer(build.endpointUrl, 500)
    await tryNow(ground)
    ground.clock.advance(6_000)
    await tryNow(ground)
    const [first, second] = posts(ground)
    expect(first?.message).toMatchObject({ contentType: 'application/secevent+jwt', accept: 'application/json' })
    expect(first?.message?.body).toBe(await tokenOf(ground, noticeId, on.provider.orgId))
    expect(second?.message?.body).toBe(first?.message?.body)
  }))

test('where a sealing key is registered every attempt is an envelope around the same token', () =>
  build.withLine(start, async (ground, on) => {
    const { sealing } = await build.endpoint(ground, on.provider, { sealed: true, mediaType: 'application/json' })
    const { noticeId } = await build.issuedNotice(ground, on)
    ground.outbound.answer(build.endpointUrl, 202)
    await tryNow(ground)
    const body = JSON.parse(posts(ground)[0]?.message?.body ?? '') as { sets: Record<string, string> }
    const delivery = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    expect(Object.keys(body.sets)).toEqual([delivery.jti])
    const key = sealing ?? (await generateKey('enc'))
    const opened = await unseal(body.sets[delivery.jti] ?? '', { kid: key.kid, privateJwk: key.privateJwk })
    expect(opened).toEqual({ opened: true, raw: await tokenOf(ground, noticeId, on.provider.orgId) })
  }))

test.each([
  [200, 'http_200', 'failed', 5_000],
  [204, 'http_204', 'failed', 5_000],
  [302, 'http_302', 'failed', 5_000],
  [500, 'http_500', 'failed', 5_000],
  [401, 'http_401', 'refused', 5_000],
  [{ status: 400, body: '{"err":"invalid_key","description":"x"}' }, 'invalid_key', 'refused', 5_000],
  [{ status: 400, body: '{"err":"invalid_audience"}' }, 'invalid_audience', 'refused', 3_600_000],
  [{ status: 400, body: '{"err":"<script>"}' }, 'http_400', 'refused', 5_000],
  [{ status: 429, headers: { 'retry-after': '120' } }, 'http_429', 'failed', 120_000],
  [{ status: 503, headers: { 'retry-after': '864000' } }, 'http_503', 'failed', 8_640_000],
] as const)('an answer %j is no receipt, and is tried again when the protocol says', (answer, code, result, wait) =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId, itemIds } = await build.issuedNotice(ground, on)
    ground.outbound.answer(build.endpointUrl, answer as never)
    await tryNow(ground)
    const delivery = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    expect(delivery).toMatchObject({ state: 'offered', lastCode: code, attempts: 1 })
    expect((delivery.nextAttemptAt?.getTime() ?? 0) - Date.parse(start)).toBe(wait)
    expect((await addresseeOf(ground, itemIds[0])).receivedAt).toBeNull()
    const found = await findDeliveries(ground, on.provider)
    expect(found).toMatchObject({ deliveries: [{ attempts: [{ number: 1, result, code }] }] })
  }),
)

test('a retired endpoint is paused, and without another channel the delivery has failed until there is one', () =>
  build.withLine(start, async (ground, on) => {
    const { endpointId } = await build.endpoint(ground, on.provider)
    const { noticeId } = await build.issuedNotice(ground, on)
    ground.outbound.answer(build.endpointUrl, 410)
    await tryNow(ground)
    const row = ground.db.read.selectFrom('endpoints').select('state').where('id', '=', endpointId)
    expect((await row.executeTakeFirstOrThrow()).state).toBe('paused')
    expect((await build.deliveryOf(ground, noticeId, on.provider.orgId)).state).toBe('failed')
    expect(await ground.facts.kinds(on.provider.orgId)).toContain('endpoint.paused')
    ground.clock.advance(86_400_000)
    expect(await tryNow(ground)).toBe(0)

    await build.endpoint(ground, on.provider, { url: 'https://hooks.tern.example/second' })
    await resumeDeliveries(ground, { kind: 'endpoint.confirmed', payload: { orgId: on.provider.orgId } } as never)
    await ground.runReactions()
    ground.outbound.answer('https://hooks.tern.example/second', 202)
    expect(await tryNow(ground)).toBe(1)
    expect((await build.deliveryOf(ground, noticeId, on.provider.orgId)).state).toBe('received')
  }))

test('at most two are in flight to an endpoint, and one after a failure, however many workers try', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    for (let index = 0; index < 4; index += 1) await build.issuedNotice(ground, on)
    let inFlight = 0
    const seen: number[] = []
    const answer = (status: number) =>
      ground.outbound.answer(build.endpointUrl, async () => {
        inFlight += 1
        seen.push(inFlight)
        await new Promise((resolve) => setTimeout(resolve, 100))
        inFlight -= 1
        return status
      })
    answer(500)
    await Promise.all([tryNow(ground, 'one'), tryNow(ground, 'two'), tryNow(ground, 'three')])
    expect(Math.max(...seen)).toBe(2)
    expect(seen).toHaveLength(2)
    seen.length = 0
    answer(202)
    await Promise.all([tryNow(ground, 'one'), tryNow(ground, 'two'), tryNow(ground, 'three')])
    expect(seen).toEqual([1])
  }))

test('the oldest deadline goes first, and a slow endpoint does not hold up another', () =>
  build.withLine(start, async (ground, on) => {
    const other = await build.anotherProvider(ground, on, 'Gullwing', '198.51.100.0/24')
    await build.endpoint(ground, on.provider)
    await build.endpoint(ground, other, { url: 'https://hooks.gullwing.example/in' })
    await build.issuedNotice(ground, on)
    await build.issuedNotice(ground, on)
    const urgent = await build.issuedNotice(ground, on, { deadline: { within: 'PT1H' } })
    await build.issuedNotice(ground, on, { items: [{ url: 'https://elsewhere.example/x', ip: '198.51.100.7' }] })
    ground.outbound.answer(/hooks/, 202)
    expect(await tryNow(ground)).toBe(3)
    const bodies = posts(ground).map((call) => call.message?.body)
    expect(bodies).toContain(await tokenOf(ground, urgent.noticeId, on.provider.orgId))
    expect(new Set(posts(ground).map((call) => call.url)).size).toBe(2)
  }))

test('a worker that was killed in the middle leaves an abandoned attempt, and the next one tries again half a minute later', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.issuedNotice(ground, on)
    ground.outbound.answer(build.endpointUrl, () => {
      throw new Error('killed')
    })
    await expect(tryNow(ground, 'killed')).rejects.toThrow('killed')
    expect(await tryNow(ground, 'next')).toBe(0)
    ground.clock.advance(30_000)
    ground.outbound.answer(build.endpointUrl, 202)
    expect(await tryNow(ground, 'next')).toBe(1)
    const found = await findDeliveries(ground, on.provider)
    expect(found).toMatchObject({
      deliveries: [{ noticeId, state: 'received', attempts: [{ result: 'abandoned' }, { result: 'received' }] }],
    })
  }))

test('what is taken back while it is on its way holds no place in the line, and is not tried again', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.issuedNotice(ground, on)
    ground.outbound.answer(build.endpointUrl, async () => {
      await ground.db.read.updateTable('deliveries').set({ nextAttemptAt: null }).execute()
      return 503
    })
    expect(await tryNow(ground)).toBe(1)
    expect(await build.deliveryOf(ground, noticeId, on.provider.orgId)).toMatchObject({
      state: 'offered',
      nextAttemptAt: null,
      leasedBy: null,
      leasedUntil: null,
    })
  }))

test('a withdrawal reaches whoever was sent the notice, and the notice itself is not tried any longer', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId, itemIds } = await build.issuedNotice(ground, on)
    await withdrawNotice(ground, on.notifier, noticeId, 'error')
    await ground.runReactions()
    ground.outbound.answer(build.endpointUrl, 202)
    expect(await tryNow(ground)).toBe(1)
    const sent = JSON.parse(Buffer.from(posts(ground)[0]?.message?.body.split('.')[1] ?? '', 'base64url').toString())
    expect(sent.events[eventTypes.withdrawn]).toEqual({
      v: 1,
      notice: noticeId,
      seq: 2,
      items: itemIds,
      reason: 'error',
      restore: true,
    })
  }))

test('the delivery log shows a provider its own deliveries, the desk everybody’s, and nobody an address', () =>
  build.withLine(start, async (ground, on) => {
    const other = await build.anotherProvider(ground, on, 'Gullwing', '198.51.100.0/24')
    await build.endpoint(ground, on.provider)
    await build.receivedNotice(ground, on)
    expect(await findDeliveries(ground, other)).toMatchObject({ result: 'found', deliveries: [] })
    const seen = await findDeliveries(ground, on.desk)
    expect(seen).toMatchObject({ deliveries: [{ orgName: 'Tern Hosting' }] })
    expect(JSON.stringify(seen)).not.toMatch(/tern\.example|203\.0\.113/)
    expect(await findDeliveries(ground, on.notifier)).toEqual({ result: 'forbidden' })
    expect(await findDeliveries(ground, on.desk, { state: 'queued' })).toMatchObject({ deliveries: [] })
  }))

async function tokenOf(ground: TestGround, noticeId: string, orgId: string): Promise<string> {
  const token = await ground.db.read
    .selectFrom('tokens')
    .select(['jti', 'dataKey', 'sealed'])
    .where('noticeId', '=', noticeId)
    .where('orgId', '=', orgId)
    .where('event', '=', eventTypes.issued)
    .executeTakeFirstOrThrow()
  if (!token.dataKey || !token.sealed) throw new Error('The token was erased')
  return ground.vault.open(token.dataKey, `token:${token.jti}`, token.sealed).toString()
}

async function addresseeOf(ground: TestGround, itemId: string | undefined) {
  return ground.db.read
    .selectFrom('addressees')
    .selectAll()
    .where('itemId', '=', itemId ?? '')
    .executeTakeFirstOrThrow()
}

async function count(ground: TestGround, table: 'tokens' | 'deliveries'): Promise<number> {
  return (await ground.db.read.selectFrom(table).selectAll().execute()).length
}
