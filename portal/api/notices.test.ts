import { describe, expect, test } from 'vitest'
import { type Stage, submission, withApi } from './with-api.ts'

const url = 'https://cust42.tern.example/g/7f3a.jpg'

const wrongNotices: [what: string, notice: object, item: object, code: string, pointer: string][] = [
  ['an unknown regime', { regime: 'wild_west' }, {}, 'invalid', '/regime'],
  ['a category that is not served', { category: 'brand' }, {}, 'category_not_served', '/category'],
  ['csam without a legal class', { legal_class: undefined }, {}, 'invalid', '/legal_class'],
  ['a misspelt member', { ragime: 'ntd_code' }, {}, 'invalid', '/ragime'],
  ['no items', { items: [] }, {}, 'invalid', '/items'],
  ['101 items', { items: Array.from({ length: 101 }, () => ({ url })) }, {}, 'invalid', '/items'],
  ['credentials in the URL', {}, { url: 'https://user:pw@cust42.tern.example/g' }, 'invalid', '/items/0/url'],
  ['a private address', {}, { url: 'http://10.0.0.7/g' }, 'invalid', '/items/0/url'],
  ['a private address, spelled otherwise', {}, { url: 'http://0x0a000001/g' }, 'invalid', '/items/0/url'],
  ['a private ip', {}, { ip: '192.168.1.1' }, 'invalid', '/items/0/ip'],
  ['another scheme', {}, { url: 'ftp://cust42.tern.example/g' }, 'invalid', '/items/0/url'],
]

const wrongBodies: [what: string, body: string, headers: Record<string, string>, status: number, code: string][] = [
  ['malformed JSON', '{"regime": "ntd_code", ', {}, 400, 'malformed_json'],
  ['a member named twice', '{"regime":"ntd_code","regime":"test"}', {}, 400, 'malformed_json'],
  ['a body of 1 MB', `{"reference":"${'x'.repeat(1_000_000)}"}`, {}, 413, 'body_too_large'],
  ['a key with a space in front', '{}', { 'idempotency-key': 'é' }, 400, 'idempotency_key_invalid'],
]

async function submitted({ call, baken }: Stage, more?: object, item?: object) {
  const answer = await call('POST', '/v1/notices', { token: baken.token, body: submission(more, item) })
  expect(answer.status, answer.text).toBeLessThan(300)
  return answer.json
}

describe('POST /v1/notices', () => {
  test('answers 201 with the notice, attributed, and where it stands', () =>
    withApi(async (stage) => {
      const { call, baken, tern, ground } = stage
      const answer = await call('POST', '/v1/notices', { token: baken.token, body: submission() })
      expect(answer.status).toBe(201)
      expect(answer.headers.get('location')).toBe(`${ground.config.origin}/v1/notices/${answer.json.id}`)
      expect(answer.json).toMatchObject({
        state: 'open',
        reference: 'MK-2026-000123',
        regime: 'ntd_code',
        notifier: { id: baken.orgId, kind: 'hotline', name: 'Stichting Baken' },
        submitted_at: '2026-11-22T09:00:00.000Z',
        items: [
          {
            attribution: { state: 'attributed', provider: tern.orgId, role: 'hosting', confidence: 'medium' },
            handling: 'open',
            observation: 'unverified',
            clock: { state: 'waiting' },
            headline: 'open',
          },
        ],
      })
      const got = await call('GET', `/v1/notices/${answer.json.id}`, { token: baken.token })
      expect(got.json).toEqual(answer.json)
    }))

  test('answers 202 while an item waits for its addressee', () =>
    withApi(async ({ call, baken }) => {
      const body = submission({}, { url: 'http://198.51.100.7/x.jpg', ip: undefined })
      const { status, json } = await call('POST', '/v1/notices', { token: baken.token, body })
      expect(status).toBe(202)
      expect(json.items[0]).toMatchObject({
        headline: 'unattributed',
        attribution: { state: 'unattributed', provider: null },
      })
    }))

  test('shows a token that may only write what it has just written', () =>
    withApi(async ({ call, baken, tokenOf }) => {
      const token = await tokenOf(baken, ['notices:write'])
      const { status, json } = await call('POST', '/v1/notices', { token, body: submission() })
      expect(status).toBe(201)
      expect((await call('GET', `/v1/notices/${json.id}`, { token })).status).toBe(403)
    }))

  test('refuses what it cannot take with a pointer, quotes nothing and changes nothing', () =>
    withApi(async ({ call, baken, ground }) => {
      const before = await ground.facts.kinds()
      for (const [what, more, item, code, pointer] of wrongNotices) {
        const { status, json, text } = await call('POST', '/v1/notices', {
          token: baken.token,
          body: submission(more, item),
        })
        expect([what, status, json.code]).toEqual([what, 422, code])
        expect([what, ...json.errors.map((error: { pointer: string }) => error.pointer)]).toContain(pointer)
        expect(text).not.toContain('tern.example')
      }
      expect(await ground.facts.kinds()).toEqual(before)
    }))

  test('refuses a body it cannot read', () =>
    withApi(async ({ call, baken, ground }) => {
      const before = await ground.facts.kinds()
      for (const [what, body, headers, status, code] of wrongBodies) {
        const answer = await call('POST', '/v1/notices', { token: baken.token, body, headers })
        expect([what, answer.status, answer.json.code]).toEqual([what, status, code])
      }
      expect(await ground.facts.kinds()).toEqual(before)
    }))

  test('with a key is done once: the same body gets the same answer, another one is refused', () =>
    withApi(async ({ call, baken, ground }) => {
      const request = { token: baken.token, body: submission(), headers: { 'idempotency-key': 'a3f1' } }
      const first = await call('POST', '/v1/notices', request)
      const again = await call('POST', '/v1/notices', request)
      expect([again.status, again.text]).toEqual([first.status, first.text])
      expect(again.headers.get('location')).toBe(first.headers.get('location'))
      expect(again.headers.get('idempotency-replayed')).toBe('true')
      const other = await call('POST', '/v1/notices', { ...request, body: submission({ reference: 'MK-2' }) })
      expect([other.status, other.json.code]).toEqual([422, 'idempotency_mismatch'])
      expect((await ground.facts.kinds()).filter((kind) => kind === 'notice.issued')).toHaveLength(1)
    }))

  test('with a key of somebody else is another call', () =>
    withApi(async ({ call, baken, oever }) => {
      const headers = { 'idempotency-key': 'a3f1' }
      const first = await call('POST', '/v1/notices', { token: baken.token, body: submission(), headers })
      const second = await call('POST', '/v1/notices', { token: oever.token, body: submission(), headers })
      expect(second.status).toBeLessThan(300)
      expect(second.json.id).not.toBe(first.json.id)
    }))
})

describe('GET /v1/notices', () => {
  test('lists your own, page by page, with a link to the next', () =>
    withApi(async (stage) => {
      const { call, baken, oever } = stage
      const ids: string[] = []
      for (let count = 0; count < 5; count += 1) {
        stage.ground.clock.set(new Date(Date.parse('2026-11-22T09:00:00.000Z') + count * 1000))
        ids.unshift((await submitted(stage, { reference: `MK-${count}` }, { url: `${url}?${count}` })).id)
      }
      const seen: string[] = []
      let path: string | null = '/v1/notices?limit=2&regime=ntd_code'
      while (path !== null) {
        const { status, headers, json } = await call('GET', path, baken)
        expect(status).toBe(200)
        seen.push(...json.data.map((notice: { id: string }) => notice.id))
        const link = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1]
        expect(link === undefined).toBe(json.next_cursor === null)
        path = link === undefined ? null : link.replace(stage.ground.config.origin, '')
        if (path) expect(path).toContain('regime=ntd_code')
      }
      expect(seen).toEqual(ids)
      expect((await call('GET', '/v1/notices', oever)).json.data).toEqual([])
    }))

  test('takes filters', () =>
    withApi(async (stage) => {
      const { call, baken, tern, mudlark } = stage
      const notice = await submitted(stage)
      const count = async (query: string) => (await call('GET', `/v1/notices?${query}`, baken)).json.data.length
      expect(await count(`provider=${tern.orgId}`)).toBe(1)
      expect(await count(`provider=${mudlark.orgId}`)).toBe(0)
      expect(await count(`headline=${notice.items[0].headline}`)).toBe(1)
      expect(await count('headline=refused')).toBe(0)
      expect(await count('regime=dsa_notice')).toBe(0)
      expect(await count('updated_since=2026-11-22T08:59:59.000Z')).toBe(1)
      expect(await count('updated_since=2026-11-22T09:00:01.000Z')).toBe(0)
    }))

  test('refuses a parameter it does not know, or cannot take, and names it', () =>
    withApi(async ({ call, baken }) => {
      const wrong = ['limit=0', 'limit=201', 'limit=many', 'headline=nice', 'updated_since=yesterday', 'colour=red']
      for (const query of wrong) {
        const { status, json } = await call('GET', `/v1/notices?${query}`, baken)
        expect([query, status, json.code]).toEqual([query, 422, 'invalid_parameter'])
        expect(json.errors[0].pointer).toBe(`/query/${query.split('=')[0]}`)
      }
    }))
})

describe('GET /v1/notices/{id}', () => {
  test('is 404 for what belongs to somebody else, as for what is not there', () =>
    withApi(async (stage) => {
      const { id } = await submitted(stage)
      const theirs = await stage.call('GET', `/v1/notices/${id}`, stage.oever)
      const none = await stage.call('GET', '/v1/notices/ntc_none', stage.oever)
      expect([theirs.status, theirs.text]).toEqual([404, none.text])
    }))

  test('has an ETag, and says when nothing has changed', () =>
    withApi(async (stage) => {
      const { call, baken } = stage
      const { id } = await submitted(stage)
      const etag = (await call('GET', `/v1/notices/${id}`, baken)).headers.get('etag') ?? ''
      const headers = { 'if-none-match': etag }
      const same = await call('GET', `/v1/notices/${id}`, { token: baken.token, headers })
      expect([same.status, same.text]).toEqual([304, ''])
      await call('POST', `/v1/notices/${id}/withdraw`, { token: baken.token, body: { reason: 'error' } })
      expect((await call('GET', `/v1/notices/${id}`, { token: baken.token, headers })).status).toBe(200)
    }))

  test('reveals addresses on purpose, with the scope, and leaves a line for each', () =>
    withApi(async (stage) => {
      const { call, baken, tokenOf, ground } = stage
      const { id } = await submitted(stage)
      const token = await tokenOf(baken, ['notices:read'])
      const without = await call('GET', `/v1/notices/${id}?reveal=removal`, { token })
      expect([without.status, without.json.code]).toEqual([403, 'scope_missing'])
      const sandbox = await tokenOf(baken, ['notices:read', 'items:reveal'], false)
      const kept = await call('GET', `/v1/notices/${id}?reveal=removal`, { token: sandbox })
      expect([kept.status, kept.json.code]).toEqual([403, 'forbidden'])
      const revealed = await call('GET', `/v1/notices/${id}?reveal=removal`, { token: baken.token, revealing: true })
      expect(revealed.json.items[0]).toMatchObject({ url, ip: '203.0.113.80' })
      expect(revealed.headers.get('etag')).toBeNull()
      expect((await ground.facts.kinds(id)).filter((kind) => kind === 'item.revealed')).toHaveLength(1)
    }))

  test('takes no purpose that could hold an address', () =>
    withApi(async (stage) => {
      const { id } = await submitted(stage)
      for (const purpose of ['', 'https://x.example/', 'x.example', 'a'.repeat(61)]) {
        const path = `/v1/notices/${id}?reveal=${encodeURIComponent(purpose)}`
        expect((await stage.call('GET', path, stage.baken)).json.code).toBe('invalid_parameter')
      }
    }))
})

describe('POST /v1/notices/{id}/withdraw', () => {
  test('takes it back once', () =>
    withApi(async (stage) => {
      const { call, baken } = stage
      const { id } = await submitted(stage)
      const request = { token: baken.token, body: { reason: 'not_illegal' } }
      const first = await call('POST', `/v1/notices/${id}/withdraw`, request)
      expect([first.status, first.json]).toEqual([200, { id, state: 'withdrawn' }])
      const second = await call('POST', `/v1/notices/${id}/withdraw`, request)
      expect([second.status, second.json.code]).toEqual([409, 'already_withdrawn'])
      const { json } = await call('GET', `/v1/notices/${id}`, baken)
      expect(json).toMatchObject({
        state: 'withdrawn',
        withdraw_reason: 'not_illegal',
        items: [{ headline: 'withdrawn' }],
      })
    }))

  test('needs a known reason, and a notice of your own', () =>
    withApi(async (stage) => {
      const { call, baken, oever } = stage
      const { id } = await submitted(stage)
      const path = `/v1/notices/${id}/withdraw`
      const wrong = await call('POST', path, { token: baken.token, body: { reason: 'mood' } })
      expect([wrong.status, wrong.json.errors[0].pointer]).toEqual([422, '/reason'])
      expect((await call('POST', path, { token: oever.token, body: { reason: 'error' } })).status).toBe(404)
    }))
})

describe('POST /v1/notices/{id}/observations', () => {
  test('records what an analyst saw', () =>
    withApi(async (stage) => {
      const { call, baken } = stage
      const { id, items } = await submitted(stage)
      const body = [{ item: items[0].id, result: 'gone_http', at: '2026-11-22T08:59:00.000Z', method: 'analyst' }]
      const recorded = await call('POST', `/v1/notices/${id}/observations`, { token: baken.token, body })
      expect(recorded.status).toBe(201)
      const { json } = await call('GET', `/v1/notices/${id}`, baken)
      expect(json.items[0].observations).toMatchObject([
        { id: recorded.json.observations[0], method: 'analyst', result: 'gone_http', notifier: baken.orgId },
      ])
      expect(json.items[0]).toMatchObject({ observation: 'confirmed_offline', observed: { grade: 'analyst' } })
    }))

  test('takes all rows or none', () =>
    withApi(async (stage) => {
      const { call, baken, ground } = stage
      const { id, items } = await submitted(stage)
      const seen = { result: 'online', at: '2026-11-22T08:59:00.000Z' }
      const body = [
        { item: items[0].id, ...seen },
        { item: 'itm_none', ...seen },
      ]
      const refused = await call('POST', `/v1/notices/${id}/observations`, { token: baken.token, body })
      expect([refused.status, refused.json.errors[0].pointer]).toEqual([422, '/1/item'])
      expect(await ground.facts.kinds(id)).not.toContain('item.observed')
    }))
})
