import { checkPublicJwk, generateKey } from '@noticeline/sdk/protocol'
import { describe, expect, test } from 'vitest'
import { refusalOf } from '../providers/verification-answer.ts'
import { failed } from '../testing/fakes.ts'
import { problems } from './problems.ts'
import { type Stage, submission, withApi } from './with-api.ts'

const url = 'https://hooks.tern.test/noticeline'

async function registered({ call, tern }: Stage, more: object = {}) {
  const { publicJwk } = await generateKey('sig')
  const body = { url, signing_keys: [publicJwk], sealing_key: null, ...more }
  return call('POST', '/v1/endpoints', { token: tern.token, body })
}

describe('an endpoint', () => {
  test('is registered with what its receiver has to know', () =>
    withApi(async (stage) => {
      const { tern, ground } = stage
      const { status, headers, json } = await registered(stage)
      expect(status).toBe(201)
      expect(json).toEqual({
        id: expect.stringMatching(/^end_/),
        issuer: ground.config.origin,
        audience: `urn:noticeline:org:${tern.orgId}`,
        poll_url: `${ground.config.origin}/v1/streams/${tern.orgId}`,
        verified: false,
      })
      expect(headers.get('location')).toBe(`${ground.config.origin}/v1/endpoints/${json.id}`)
      const shown = await stage.call('GET', `/v1/endpoints/${json.id}`, tern)
      expect(shown.json).toMatchObject({ url, state: 'unverified', verified: false, sealing_key: null })
      expect((await stage.call('GET', '/v1/endpoints', tern)).json.data).toEqual([shown.json])
    }))

  test('is registered once for a key', () =>
    withApi(async (stage) => {
      const { call, tern } = stage
      const { publicJwk } = await generateKey('sig')
      const request = {
        token: tern.token,
        body: { url, signing_keys: [publicJwk], sealing_key: null },
        headers: { 'idempotency-key': 'e1' },
      }
      const first = await call('POST', '/v1/endpoints', request)
      expect((await call('POST', '/v1/endpoints', request)).json).toEqual(first.json)
      expect((await call('GET', '/v1/endpoints', tern)).json.data).toHaveLength(1)
    }))

  test('with a key of somebody else is refused, and so is a private key', () =>
    withApi(async (stage) => {
      const { call, mudlark, tern } = stage
      const { publicJwk, privateJwk } = await generateKey('sig')
      const body = { url: null, signing_keys: [publicJwk], sealing_key: null }
      expect((await call('POST', '/v1/endpoints', { token: mudlark.token, body })).status).toBe(201)
      const taken = await call('POST', '/v1/endpoints', { token: tern.token, body })
      expect([taken.status, taken.json.code, taken.json.errors[0].pointer]).toEqual([
        409,
        'key_known_elsewhere',
        '/signing_keys/0',
      ])
      const leaked = await registered(stage, { signing_keys: [privateJwk] })
      expect([leaked.status, leaked.json.errors[0].pointer]).toEqual([422, '/signing_keys/0'])
      expect(leaked.text).not.toContain(privateJwk.d)
      expect(checkPublicJwk(publicJwk, 'sig').ok).toBe(true)
    }))

  test('of somebody else is not there', () =>
    withApi(async (stage) => {
      const { json } = await registered(stage)
      const { call, mudlark } = stage
      const calls = await Promise.all([
        call('GET', `/v1/endpoints/${json.id}`, mudlark),
        call('PATCH', `/v1/endpoints/${json.id}`, { token: mudlark.token, body: { description: 'mine' } }),
        call('POST', `/v1/endpoints/${json.id}/verify`, mudlark),
        call('POST', `/v1/endpoints/${json.id}/pause`, mudlark),
        call('POST', `/v1/endpoints/${json.id}/resume`, mudlark),
      ])
      expect(calls.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404])
    }))

  test('is changed where nobody else has changed it meanwhile', () =>
    withApi(async (stage) => {
      const { call, tern } = stage
      const { json } = await registered(stage)
      const path = `/v1/endpoints/${json.id}`
      const etag = (await call('GET', path, tern)).headers.get('etag') ?? ''
      const change = (description: string) =>
        call('PATCH', path, { token: tern.token, body: { description }, headers: { 'if-match': etag } })
      const first = await change('panel')
      expect([first.status, first.json.description]).toEqual([200, 'panel'])
      const second = await change('other')
      expect([second.status, second.json.code]).toEqual([412, 'precondition_failed'])
    }))

  test('is verified by a 202, and until then told in words what its receiver does wrong', () =>
    withApi(async (stage) => {
      const { call, tern, ground } = stage
      const { json } = await registered(stage)
      const verify = () => call('POST', `/v1/endpoints/${json.id}/verify`, tern)
      ground.outbound.answer(url, 200)
      const parked = await verify()
      expect([parked.status, parked.json.code]).toEqual([422, 'endpoint_not_202'])
      expect(parked.json.detail).toContain('200')
      ground.outbound.answer(url, 202)
      const verified = await verify()
      expect([verified.status, verified.json]).toEqual([
        200,
        { verified: true, media_type: 'application/secevent+jwt' },
      ])
      expect((await call('GET', `/v1/endpoints/${json.id}`, tern)).json).toMatchObject({
        state: 'active',
        verified: true,
      })
    }))

  test('is paused only where a second channel is left', () =>
    withApi(async (stage) => {
      const { call, tern } = stage
      const { json } = await registered(stage)
      const alone = await call('POST', `/v1/endpoints/${json.id}/pause`, tern)
      expect([alone.status, alone.json.code]).toEqual([409, 'no_second_channel'])
      await registered(stage, { url: null })
      const paused = await call('POST', `/v1/endpoints/${json.id}/pause`, tern)
      expect([paused.status, paused.json.state]).toEqual([200, 'paused'])
      const status = await call('GET', `/v1/streams/status?stream_id=${json.id}`, tern)
      expect(status.json).toEqual({ stream_id: json.id, status: 'paused' })
      const set = (body: object) =>
        call('POST', '/v1/streams/status', { ...tern, body: { stream_id: json.id, ...body } })
      const again = await set({ status: 'paused', reason: 'New rack' })
      expect([again.status, again.json]).toEqual([200, { stream_id: json.id, status: 'paused', reason: 'New rack' }])
      const wrong = await set({ status: 'off' })
      expect([wrong.status, wrong.json.errors[0].pointer]).toEqual([422, '/status'])
      expect((await set({ stream_id: 'end_nothing', status: 'paused' })).status).toBe(404)
      expect((await call('POST', `/v1/endpoints/${json.id}/resume`, tern)).json.state).toBe('unverified')
    }))
})

test('whatever a receiver does wrong has a code on the list', () => {
  const answered = (status: number, body = '') =>
    refusalOf({ result: 'answered', status, body, headers: {}, truncated: false, address: '', peer: null, ms: 1 })
  const statuses = [200, 204, 301, 400, 401, 403, 404, 405, 406, 410, 413, 415, 418, 429, 500, 503]
  const errs = [
    'invalid_request',
    'invalid_key',
    'invalid_issuer',
    'invalid_audience',
    'authentication_failed',
    'access_denied',
  ]
  const failures = [
    'address_refused',
    'dns',
    'refused',
    'unreachable',
    'timeout',
    'tls',
    'reset',
    'too_large',
    'protocol',
  ] as const
  const refusals = [
    answered(202, 'ok'),
    ...statuses.map((status) => answered(status)),
    ...errs.map((err) => answered(400, JSON.stringify({ err }))),
    ...failures.map((code) => refusalOf(failed(code))),
  ]
  for (const refusal of refusals) expect(Object.keys(problems)).toContain(`endpoint_${refusal?.code}`)
})

async function issued({ call, baken, ground }: Stage, more?: object) {
  const { json } = await call('POST', '/v1/notices', { token: baken.token, body: submission(more) })
  await ground.runReactions()
  return json as { id: string; items: { id: string }[] }
}

describe('the inbox', () => {
  test('holds what is addressed to the provider, without addresses', () =>
    withApi(async (stage) => {
      const { call, tern, mudlark } = stage
      const notice = await issued(stage)
      const { status, json } = await call('GET', '/v1/inbox', tern)
      expect(status).toBe(200)
      expect(json.data).toMatchObject([{ notice: notice.id, item: notice.items[0]?.id, handling: 'open' }])
      expect((await call('GET', '/v1/inbox', mudlark)).json.data).toEqual([])
      expect((await call('GET', `/v1/inbox/${notice.id}`, tern)).json.items).toHaveLength(1)
      expect((await call('GET', `/v1/inbox/${notice.id}`, mudlark)).status).toBe(404)
      expect((await call('GET', '/v1/inbox?cursor=nonsense', tern)).json.code).toBe('invalid_parameter')
    }))

  test('reveals with the scope, on purpose, and leaves a line', () =>
    withApi(async (stage) => {
      const { call, tern, tokenOf, ground } = stage
      const notice = await issued(stage, { for_provider_only: 'Between us.' })
      const path = `/v1/inbox/${notice.id}?reveal=removal`
      const token = await tokenOf(tern, ['reports:write'])
      expect((await call('GET', path, { token })).json.code).toBe('scope_missing')
      const { json } = await call('GET', path, { token: tern.token, revealing: true })
      expect(json.items[0]).toMatchObject({
        url: 'https://cust42.tern.example/g/7f3a.jpg',
        for_provider_only: 'Between us.',
      })
      expect(await ground.facts.kinds(notice.id)).toContain('item.revealed')
    }))
})

describe('the delivery log', () => {
  test("shows a provider its own deliveries, and the desk everybody's", () =>
    withApi(async (stage) => {
      const { call, tern, mudlark, desk } = stage
      const notice = await issued(stage)
      const own = await call('GET', '/v1/deliveries', tern)
      expect(own.json.data).toMatchObject([{ notice: notice.id, provider: tern.orgId, seq: 1, attempts: [] }])
      expect((await call('GET', '/v1/deliveries', mudlark)).json.data).toEqual([])
      const [{ state }] = own.json.data
      expect((await call('GET', `/v1/deliveries?state=${state}`, desk)).json.data).toEqual(own.json.data)
      expect((await call('GET', '/v1/deliveries?state=acknowledged', desk)).json.data).toEqual([])
      expect((await call('GET', `/v1/deliveries?notice=${notice.id}`, tern)).json.data).toHaveLength(1)
    }))
})
