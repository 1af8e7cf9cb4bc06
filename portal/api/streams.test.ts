import { eventTypes, setDigest, verifyToken } from '@noticeline/sdk/protocol'
import { describe, expect, test } from 'vitest'
import { at, type Stage, submission, withApi } from './with-api.ts'

async function issued({ call, baken, ground }: Stage) {
  const { json } = await call('POST', '/v1/notices', { token: baken.token, body: submission() })
  await ground.runReactions()
  return json as { id: string; items: { id: string }[] }
}

function poll({ call, tern }: Stage, body: object, path = `/v1/streams/${tern.orgId}`) {
  return call('POST', path, { token: tern.token, body, revealing: true })
}

function claimsIn(token: string) {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

describe('a poll', () => {
  test('gets the very token that is signed for this provider, until it is acknowledged', () =>
    withApi(async (stage) => {
      const { ground, tern } = stage
      const notice = await issued(stage)
      const first = await poll(stage, { returnImmediately: true })
      expect(first.status).toBe(200)
      const [[jti, raw] = ['', '']] = Object.entries(first.json.sets as Record<string, string>)
      const { keys } = await ground.keys.jwks()
      const verified = await verifyToken(raw, {
        key: async (kid) => keys.find((key) => (key as { kid?: string }).kid === kid) ?? null,
        issuer: ground.config.origin,
        audience: `urn:noticeline:org:${tern.orgId}`,
        now: new Date(at),
      })
      expect(verified).toMatchObject({
        accepted: true,
        token: { claims: { jti, txn: notice.id }, event: { type: eventTypes.issued } },
      })

      const again = await poll(stage, { returnImmediately: true })
      expect(setDigest(again.json.sets[jti])).toBe(setDigest(raw))
      const acknowledged = await poll(stage, { ack: [jti], maxEvents: 0 })
      expect(acknowledged.json).toEqual({ sets: {} })
      expect((await poll(stage, { returnImmediately: true })).json.sets).toEqual({})
      expect((await stage.call('GET', `/v1/notices/${notice.id}`, stage.baken)).json.items[0]).toMatchObject({
        delivery: 'received',
        clock: { state: 'running', started_at: at },
      })
    }))

  test('waits for something to come', () =>
    withApi(
      async (stage) => {
        const waiting = poll(stage, {})
        const notice = await issued(stage)
        const { json } = await waiting
        expect(Object.keys(json.sets)).toHaveLength(1)
        expect(notice.id).toMatch(/^ntc_/)
      },
      { longPollMs: 20_000 },
    ))

  test('answers at once where it is asked to, and to whoever only acknowledges', () =>
    withApi(
      async (stage) => {
        const began = performance.now()
        expect((await poll(stage, { returnImmediately: true })).json).toEqual({ sets: {} })
        expect((await poll(stage, { ack: ['evt_of_nobody'], maxEvents: 0 })).json).toEqual({ sets: {} })
        expect(performance.now() - began).toBeLessThan(10_000)
      },
      { longPollMs: 20_000 },
    ))

  test('takes what is acknowledged before it waits for more, oldest deadline first, and says if there is more', () =>
    withApi(async (stage) => {
      await issued(stage)
      const urgent = await stage.call('POST', '/v1/notices', {
        token: stage.baken.token,
        body: submission({ deadline: { within: 'PT1H' } }, { url: 'https://cust43.tern.example/h/8.jpg' }),
      })
      await stage.ground.runReactions()
      const first = await poll(stage, { maxEvents: 1 })
      expect(first.json.moreAvailable).toBe(true)
      const [jti = ''] = Object.keys(first.json.sets)
      expect(claimsIn(first.json.sets[jti])).toMatchObject({ txn: urgent.json.id })
      const second = await poll(stage, { ack: [jti], maxEvents: 5 })
      expect(Object.keys(second.json.sets)).not.toContain(jti)
      expect([Object.keys(second.json.sets).length, second.json.moreAvailable]).toEqual([1, undefined])
    }))

  test('is counted for as long as it waits', () => {
    const counted: number[] = []
    return withApi(
      async (stage) => {
        await poll(stage, {})
        expect(counted).toEqual([1, -1])
      },
      { polling: (by) => counted.push(by) },
    )
  })

  test('ends empty after its time, and at once when the portal stops', () =>
    withApi(async (stage) => {
      expect((await poll(stage, {})).json).toEqual({ sets: {} })
    }))

  test('does not hold up a portal that stops', () => {
    const stopping = new AbortController()
    return withApi(
      async (stage) => {
        const waiting = poll(stage, {})
        setTimeout(() => stopping.abort(), 50)
        expect((await waiting).json).toEqual({ sets: {} })
      },
      { longPollMs: 20_000, stopping: stopping.signal },
    )
  })

  test('takes errors, which are offered again later', () =>
    withApi(async (stage) => {
      await issued(stage)
      const [jti = ''] = Object.keys((await poll(stage, { returnImmediately: true })).json.sets)
      const refused = await poll(stage, { setErrs: { [jti]: { err: 'invalid_key', description: 'no' } }, maxEvents: 0 })
      expect(refused.status).toBe(200)
      expect(await stage.ground.facts.kinds()).toContain('delivery.attempted')
    }))

  test('is of the own stream, with the scope, and as RFC 8936 says', () =>
    withApi(async (stage) => {
      const { call, tern, mudlark, tokenOf } = stage
      expect((await poll(stage, {}, `/v1/streams/${mudlark.orgId}`)).status).toBe(404)
      const token = await tokenOf(tern, ['reports:write'])
      const path = `/v1/streams/${tern.orgId}`
      expect((await call('POST', path, { token, body: {} })).json.code).toBe('scope_missing')
      const wrong = await poll(stage, { maxEvents: -1 })
      expect([wrong.status, wrong.json.errors[0].pointer]).toEqual([422, '/maxEvents'])
    }))
})

test('a verification event is sent when it is asked for, with the state that was given, and answered 204 once it got through', () =>
  withApi(async (stage) => {
    const { call, tern, ground } = stage
    const url = 'https://hooks.tern.test/noticeline'
    const added = await call('POST', '/v1/endpoints', { token: tern.token, body: { url, sealing_key: null } })
    const ask = (more: object = {}) =>
      call('POST', '/v1/streams/verification', { token: tern.token, body: { stream_id: added.json.id, ...more } })
    ground.outbound.answer(url, 500)
    const refused = await ask({ state: 'one' })
    expect([refused.status >= 400, refused.json.code]).toEqual([true, expect.stringMatching(/^endpoint_/)])
    ground.outbound.answer(url, 202)
    const sent = [await ask({ state: 'VGhpcyBpcyBtaW5l' }), await ask()]
    expect(sent.map(({ status, text }) => [status, text])).toEqual([
      [204, ''],
      [204, ''],
    ])
    const events = ground.outbound.calls.map(({ message }) => claimsIn(message?.body ?? '').events)
    expect(events.slice(-2)).toEqual([
      { [eventTypes.verification]: { state: 'VGhpcyBpcyBtaW5l' } },
      { [eventTypes.verification]: {} },
    ])
    const wrong = await ask({ state: 'x'.repeat(1_001) })
    expect([wrong.status, wrong.json.errors[0].pointer]).toEqual([422, '/state'])
    const other = await call('POST', '/v1/streams/verification', { token: tern.token, body: { stream_id: 'end_none' } })
    expect(other.status).toBe(404)
  }))
