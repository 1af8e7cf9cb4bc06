import { expect, test } from 'vitest'
import { submission, withApi } from './with-api.ts'

const nul = 'a\u0000b'

test('a parameter that holds NUL is refused as any other wrong one', () =>
  withApi(async ({ call, baken, tern }) => {
    for (const path of ['/v1/notices/%00', '/v1/inbox/a%00', '/v1/endpoints/%00b']) {
      const token = path.includes('notices') ? baken.token : tern.token
      expect((await call('GET', path, { token })).json.code).toBe('not_found')
    }
    for (const [path, pointer] of [
      ['/v1/deliveries?notice=%00', '/query/notice'],
      ['/v1/deliveries?cursor=%00', '/query/cursor'],
      ['/v1/streams/status?stream_id=x%00', '/query/stream_id'],
      ['/v1/deliveries?a%00=1', '/query'],
    ] as const) {
      const refused = await call('GET', path, { token: tern.token })
      expect(refused.status).toBe(422)
      expect(refused.json.errors[0]).toMatchObject({ pointer, code: 'control_character' })
    }
  }))

test('a body that holds NUL is refused with a pointer to it, in a value and in a name', () =>
  withApi(async ({ call, baken, tern }) => {
    const notice = await call('POST', '/v1/notices', {
      token: baken.token,
      body: submission({ may_be_forwarded: nul }),
    })
    expect(notice.status).toBe(422)
    expect(notice.json.errors[0].pointer).toBe('/may_be_forwarded')
    const added = { url: null, signing_keys: [], sealing_key: null, description: nul }
    for (const [path, body, pointer] of [
      ['/v1/endpoints', added, '/description'],
      [`/v1/streams/${tern.orgId}`, { ack: ['x', nul] }, '/ack/1'],
      [`/v1/streams/${tern.orgId}`, { setErrs: { [nul]: { err: 'invalid_key' } } }, '/setErrs'],
      ['/v1/streams/verification', { stream_id: nul }, '/stream_id'],
    ] as const) {
      const refused = await call('POST', path, { token: tern.token, body })
      expect(refused.status).toBe(422)
      expect(refused.json.errors).toMatchObject([{ pointer, code: 'control_character' }])
    }
  }))

test('the six characters of an escaped NUL are text like any other', () =>
  withApi(async ({ call, baken }) => {
    const body = submission({ may_be_forwarded: String.raw`write \u0000 here` })
    expect((await call('POST', '/v1/notices', { token: baken.token, body })).status).toBe(201)
  }))
