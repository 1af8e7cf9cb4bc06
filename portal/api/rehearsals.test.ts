import { generateKey } from '@noticeline/sdk/protocol'
import { expect, test } from 'vitest'
import { withApi } from './with-api.ts'

const url = 'https://hooks.tern.test/noticeline'

test('a rehearsal answers with its card, and says in words what the receiver did', () =>
  withApi(async ({ ground, call, tern, mudlark, tokenOf }) => {
    const { publicJwk } = await generateKey('sig')
    const body = { url, signing_keys: [publicJwk], sealing_key: null }
    const { json: endpoint } = await call('POST', '/v1/endpoints', { token: tern.token, body })
    const path = `/v1/endpoints/${endpoint.id}/rehearse`
    ground.outbound.answer(url, 200)
    const rehearsed = await call('POST', path, tern)
    expect(rehearsed.status).toBe(200)
    expect(rehearsed.json).toMatchObject({ endpoint: endpoint.id, state: 'failed', passed: false })
    expect(rehearsed.json.card[0]).toMatchObject({ step: 'verification', result: 'failed', code: 'not_202' })
    expect(rehearsed.json.card[0].detail).toMatch(/^You answered 200, we need 202/)
    const shown = await call('GET', `/v1/rehearsals/${rehearsed.json.id}`, tern)
    expect(shown.json).toEqual(rehearsed.json)
    expect((await call('GET', `/v1/rehearsals/${rehearsed.json.id}`, mudlark)).status).toBe(404)
    expect((await call('POST', path, mudlark)).status).toBe(404)
    const reader = await tokenOf(tern, ['deliveries:read'])
    expect((await call('POST', path, { token: reader })).json.code).toBe('scope_missing')
    expect((await call('POST', path, { token: await tokenOf(tern, ['endpoints:write'], false) })).status).toBe(403)
  }))

test('a paused endpoint is not rehearsed', () =>
  withApi(async ({ ground, call, tern }) => {
    const add = async (to: string | null) => {
      const body = { url: to, signing_keys: [], sealing_key: null }
      return (await call('POST', '/v1/endpoints', { token: tern.token, body })).json.id
    }
    // Whoever pauses needs a second way.
    await add(null)
    const endpoint = await add(url)
    ground.outbound.answer(url, 202)
    await call('POST', `/v1/endpoints/${endpoint}/pause`, tern)
    const paused = await call('POST', `/v1/endpoints/${endpoint}/rehearse`, tern)
    expect([paused.status, paused.json.code]).toEqual([409, 'not_while_paused'])
  }))
