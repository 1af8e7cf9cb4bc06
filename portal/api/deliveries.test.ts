import { expect, test } from 'vitest'
import { submission, withApi } from './with-api.ts'

test('a delivery is asked for again by whom it is for', () =>
  withApi(async ({ ground, call, baken, tern, mudlark, tokenOf }) => {
    await call('POST', '/v1/notices', { token: baken.token, body: submission() })
    await ground.runReactions()
    const { json } = await call('GET', '/v1/deliveries', tern)
    const path = `/v1/deliveries/${json.data[0].id}/resend`
    const again = await call('POST', path, tern)
    expect([again.status, again.json]).toEqual([202, { id: json.data[0].id, queued: true }])
    expect((await call('POST', path, mudlark)).status).toBe(404)
    const reader = await tokenOf(tern, ['deliveries:read'])
    expect((await call('POST', path, { token: reader })).json.code).toBe('scope_missing')
    await ground.db.read.updateTable('tokens').set({ dataKey: null, sealed: null }).execute()
    expect((await call('POST', path, tern)).json.code).toBe('token_erased')
  }))

test('everything since an instant is asked for at once, and the answer says how much that is', () =>
  withApi(async ({ ground, call, baken, tern, mudlark }) => {
    await call('POST', '/v1/notices', { token: baken.token, body: submission() })
    await ground.runReactions()
    const recover = (token: string, since: string) => call('POST', '/v1/deliveries/recover', { token, body: { since } })
    expect((await recover(tern.token, '2020-01-01T00:00:00Z')).json).toEqual({ count: 1 })
    expect((await recover(mudlark.token, '2020-01-01T00:00:00Z')).json).toEqual({ count: 0 })
    const future = await recover(tern.token, '2030-01-01T00:00:00Z')
    expect([future.status, future.json.errors[0]]).toMatchObject([422, { pointer: '/since', code: 'in_future' }])
  }))

test.each(['/v1/deliveries', '/v1/notices', '/v1/inbox'])(
  '%s knows the cursors it gave out, and says so of others',
  (path) =>
    withApi(async ({ call, tern, baken }) => {
      const { token } = path === '/v1/notices' ? baken : tern
      for (const cursor of ['x', 'dlv_', 'ntc_00000000000000000000000000%27', '-1', '%F0%9F%A6%86']) {
        const { status, json } = await call('GET', `${path}?cursor=${cursor}`, { token })
        expect([status, json.code, json.errors[0].pointer]).toEqual([422, 'invalid_parameter', '/query/cursor'])
      }
    }),
)
