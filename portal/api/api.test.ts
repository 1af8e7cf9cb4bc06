import { describe, expect, test } from 'vitest'
import { withGround } from '../testing/with-ground.ts'
import { createApi } from './api.ts'
import type { ApiDocument } from './docs.ts'
import { problems } from './problems.ts'
import { at, submission, withApi } from './with-api.ts'

const readiness = async () => ({ database: true, keys: true, queueLagMs: 0, deadLetters: 2, clockApartMs: null })

describe('every answer', () => {
  test('is for nobody else: not cached, not sniffed, no referrer', () =>
    withApi(async ({ call }) => {
      for (const path of ['/healthz', '/v1/notices', '/v1/nothing', '/docs', '/.well-known/jwks.json']) {
        const { headers } = await call('GET', path)
        expect(headers.get('cache-control')).toBe('no-store')
        expect(headers.get('referrer-policy')).toBe('no-referrer')
        expect(headers.get('x-content-type-options')).toBe('nosniff')
        expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      }
    }))

  test('that refuses is a problem with a code that is explained on /docs', () =>
    withApi(async ({ call, ground }) => {
      const { status, headers, json } = await call('GET', '/v1/nothing')
      expect(status).toBe(404)
      expect(headers.get('content-type')).toBe('application/problem+json')
      expect(json).toEqual({
        type: `${ground.config.origin}/docs#problem-not_found`,
        title: 'Not found',
        status: 404,
        detail: problems.not_found[2],
        code: 'not_found',
      })
      expect((await call('GET', '/docs')).text).toContain('id="problem-not_found"')
    }))
})

describe('an address', () => {
  test('that knows other methods says which', () =>
    withApi(async ({ call }) => {
      const refused = await call('PUT', '/v1/notices')
      expect(refused.status).toBe(405)
      expect(refused.json.code).toBe('method_not_allowed')
      expect(refused.headers.get('allow')).toBe('POST, GET, HEAD, OPTIONS')
    }))

  test('answers OPTIONS, and lets no other site in', () =>
    withApi(async ({ call }) => {
      const options = await call('OPTIONS', '/v1/endpoints/end_1', { headers: { origin: 'https://elsewhere.example' } })
      expect(options.status).toBe(204)
      expect(options.headers.get('allow')).toBe('GET, PATCH, DELETE, HEAD, OPTIONS')
      expect(options.headers.get('access-control-allow-origin')).toBeNull()
    }))

  test('answers HEAD as GET, without a body', () =>
    withApi(async ({ call }) => {
      const head = await call('HEAD', '/healthz')
      expect([head.status, head.text]).toEqual([200, ''])
      expect((await call('HEAD', '/v1/notices')).status).toBe(401)
    }))

  test('of the pages is left to the pages', () =>
    withGround(at, async (ground) => {
      const { Hono } = await import('hono')
      const app = new Hono()
      app.route('/', createApi(ground, { readiness }))
      app.all('*', (c) => c.text('a page'))
      const page = await app.request('/notifier/notices')
      expect(await page.text()).toBe('a page')
      expect(page.headers.get('content-security-policy')).toBeNull()
      expect((await app.request('/v1/nothing')).status).toBe(404)
    }))
})

describe('who is asking', () => {
  test('is asked by every call that names a scope, before anything else is looked at', () =>
    withApi(async ({ call }) => {
      const document = (await call('GET', '/v1/openapi.json')).json as ApiDocument
      let asked = 0
      for (const [path, operations] of Object.entries(document.paths)) {
        for (const [method, { security = [] }] of Object.entries(operations)) {
          if (security.length === 0) continue
          asked += 1
          const body = method === 'get' ? undefined : '{ not json'
          const { status, headers, json } = await call(method.toUpperCase(), path.replace(/\{\w+\}/, 'x'), { body })
          expect([path, status, json?.code]).toEqual([path, 401, 'unauthenticated'])
          expect(headers.get('www-authenticate')).toBe('Bearer')
        }
      }
      expect(asked).toBeGreaterThanOrEqual(17)
    }))

  test('without a token that we know is nobody', () =>
    withApi(async ({ call }) => {
      const strangers: Record<string, string>[] = [
        {},
        { authorization: `Bearer nl_live_${'a'.repeat(43)}` },
        { authorization: 'Basic bmw6bmw=' },
        { authorization: 'Bearer ' },
        { cookie: 'session=whatever' },
      ]
      for (const headers of strangers) {
        expect([headers, (await call('GET', '/v1/notices', { headers })).status]).toEqual([headers, 401])
      }
    }))

  test('without the scope is told which one is missing', () =>
    withApi(async ({ call, baken, tokenOf }) => {
      const token = await tokenOf(baken, ['notices:read'])
      const { status, headers, json } = await call('POST', '/v1/notices', { token, body: submission() })
      expect([status, json.code]).toEqual([403, 'scope_missing'])
      expect(json.detail).toContain('notices:write')
      expect(headers.get('www-authenticate')).toContain('insufficient_scope')
    }))

  test('as a provider may not submit, whatever its scopes; nor may a token of the sandbox', () =>
    withApi(async ({ call, baken, tern, tokenOf }) => {
      const provider = await tokenOf(tern, ['notices:write', 'notices:read'])
      const sandbox = await tokenOf(baken, ['notices:write'], false)
      for (const token of [provider, sandbox]) {
        const { status, json } = await call('POST', '/v1/notices', { token, body: submission() })
        expect([status, json.code]).toEqual([403, 'forbidden'])
      }
    }))
})

describe('limits', () => {
  test('of a token end in 429 with Retry-After, and others go on', () =>
    withApi(
      async ({ call, baken, oever }) => {
        for (let count = 0; count < 3; count += 1) expect((await call('GET', '/v1/notices', baken)).status).toBe(200)
        const { status, headers, json } = await call('GET', '/v1/notices', baken)
        expect([status, json.code]).toEqual([429, 'rate_limited'])
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
        expect((await call('GET', '/v1/notices', oever)).status).toBe(200)
      },
      { limits: { perAddress: 1000, refusalsPerAddress: 1000, perToken: 3 } },
    ))

  test('slow down guessing, and let those go on who have a token', () =>
    withApi(
      async ({ call, baken }) => {
        for (let count = 0; count < 3; count += 1) expect((await call('GET', '/v1/notices')).status).toBe(401)
        const limited = await call('GET', '/v1/notices')
        expect([limited.status, limited.headers.has('retry-after')]).toEqual([429, true])
        expect((await call('GET', '/v1/notices', baken)).status).toBe(200)
      },
      { limits: { perAddress: 1000, refusalsPerAddress: 3, perToken: 1000 } },
    ))

  test('of an address hold before anything is looked at', () =>
    withApi(
      async ({ call }) => {
        // One call was the test's own, for the contract.
        expect((await call('GET', '/healthz')).status).toBe(200)
        expect((await call('GET', '/healthz')).status).toBe(429)
      },
      { limits: { perAddress: 2, refusalsPerAddress: 1000, perToken: 1000 } },
    ))
})

describe('what goes wrong here', () => {
  test('is a 500 that says nothing about it', () =>
    withApi(async ({ call, ground }) => {
      ground.keys.jwks = () => Promise.reject(new Error('secret detail'))
      const { status, json, text } = await call('GET', '/.well-known/jwks.json')
      expect([status, json.code]).toEqual([500, 'internal'])
      expect(text).not.toContain('secret')
      expect(JSON.stringify(ground.caught.log)).toContain('api.failed')
    }))
})

describe('the contract', () => {
  test('is OpenAPI 3.1 whose references all lead somewhere', () =>
    withApi(async ({ call }) => {
      const { json } = await call('GET', '/v1/openapi.json')
      expect(json.openapi).toBe('3.1.0')
      const text = JSON.stringify(json)
      const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference as string)
      expect(references.length).toBeGreaterThan(50)
      for (const reference of new Set(references)) {
        expect(reference).toMatch(/^#\/components\/schemas\/\w+$/)
        expect(Object.keys(json.components.schemas)).toContain(reference.split('/').at(-1))
      }
    }))

  test('has every call that was promised', () =>
    withApi(async ({ call }) => {
      const { paths } = (await call('GET', '/v1/openapi.json')).json as ApiDocument
      const calls = Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((one) => `${one} ${path}`),
      )
      expect(calls).toEqual(expect.arrayContaining(promisedCalls))
    }))
})

const promisedCalls = [
  'post /v1/notices',
  'get /v1/notices',
  'get /v1/notices/{id}',
  'post /v1/notices/{id}/withdraw',
  'post /v1/notices/{id}/observations',
  'post /v1/xarf',
  'post /v1/reports',
  'post /v1/endpoints',
  'get /v1/endpoints',
  'get /v1/endpoints/{id}',
  'patch /v1/endpoints/{id}',
  'post /v1/endpoints/{id}/verify',
  'post /v1/endpoints/{id}/pause',
  'post /v1/endpoints/{id}/resume',
  'get /v1/inbox',
  'get /v1/inbox/{notice}',
  'get /v1/deliveries',
  'get /.well-known/ssf-configuration',
  'get /.well-known/jwks.json',
  'get /.well-known/jwks-archive.json',
  'get /.well-known/security.txt',
  'get /v1/schemas/{event}',
  'get /v1/openapi.json',
  'get /docs',
  'get /healthz',
  'get /readyz',
]

test('the list of problems only grows: what is written here is a promise', () => {
  const promised = Object.entries(problems).map(([code, [status]]) => `${status} ${code}`)
  expect(promised).toEqual(
    expect.arrayContaining([
      '400 malformed_json',
      '400 idempotency_key_required',
      '400 idempotency_key_invalid',
      '401 unauthenticated',
      '403 forbidden',
      '403 scope_missing',
      '404 not_found',
      '405 method_not_allowed',
      '409 idempotency_in_progress',
      '409 key_known_elsewhere',
      '409 already_withdrawn',
      '409 no_second_channel',
      '412 precondition_failed',
      '413 body_too_large',
      '415 unsupported_media_type',
      '422 invalid',
      '422 invalid_parameter',
      '422 regime_not_served',
      '422 category_not_served',
      '422 too_large',
      '422 idempotency_mismatch',
      '422 not_addressed_to_you',
      '429 rate_limited',
      '500 internal',
      '503 database_unavailable',
      '503 storage_full',
      '503 key_unavailable',
    ]),
  )
})
