import { generateKey } from '@noticeline/sdk/protocol'
import { expect, test } from 'vitest'
import { mailEndpointChange } from '../providers/mail-endpoint-change.ts'
import { type Stage, withApi } from './with-api.ts'

const url = 'https://hooks.tern.test/noticeline'

async function connected({ call, tern, ground }: Stage, more: object = {}): Promise<string> {
  const { publicJwk } = await generateKey('sig')
  const body = { url, signing_keys: [publicJwk], sealing_key: null, ...more }
  const added = await call('POST', '/v1/endpoints', { token: tern.token, body })
  expect(added.status).toBe(201)
  ground.outbound.answer(url, 202)
  if (body.url !== null) await call('POST', `/v1/endpoints/${added.json.id}/verify`, tern)
  return `/v1/endpoints/${added.json.id}`
}

test('how many requests at once is its provider’s to set and to leave to us, without a proof, and voids nothing', () =>
  withApi(async (stage) => {
    const { call, tern, ground } = stage
    const path = await connected(stage)
    expect((await call('GET', path, tern)).json).toMatchObject({
      in_flight: null,
      allowed_rate: null,
      failures: 0,
      rests_until: null,
      verified: true,
    })
    const set = (in_flight: number | null) => call('PATCH', path, { token: tern.token, body: { in_flight } })
    expect((await set(8)).json).toMatchObject({ in_flight: 8, verified: true, state: 'active' })
    expect((await call('PATCH', path, { token: tern.token, body: { description: 'panel' } })).json.in_flight).toBe(8)
    expect((await set(null)).json).toMatchObject({ in_flight: null })
    const changed = (await ground.facts.kinds(tern.orgId)).filter((kind) => kind === 'endpoint.changed')
    expect(changed).toHaveLength(3)
    expect((await call('GET', await connected(stage, { in_flight: 32 }), tern)).json.in_flight).toBe(32)
  }))

test.each([
  [0, 'not_in_range'],
  [33, 'not_in_range'],
  [-1, 'not_in_range'],
  [1.5, 'wrong_type'],
  ['8', 'wrong_type'],
  [true, 'wrong_type'],
])('%s requests at once are refused with a pointer, and nothing is changed', (wrong, code) =>
  withApi(async (stage) => {
    const { call, tern } = stage
    const path = await connected(stage)
    const before = (await call('GET', path, tern)).json
    const body = { in_flight: wrong, description: 'other' }
    const refused = await call('PATCH', path, { token: tern.token, body })
    expect([refused.status, refused.json.errors]).toEqual([
      422,
      [{ pointer: '/in_flight', code, message: expect.any(String) }],
    ])
    expect((await call('GET', path, tern)).json).toEqual(before)
  }),
)

test('nothing is pushed to a poll stream, so there is nothing to set', () =>
  withApi(async (stage) => {
    const { call, tern } = stage
    const path = await connected(stage, { url: null })
    const refused = await call('PATCH', path, { token: tern.token, body: { in_flight: 4 } })
    expect([refused.status, refused.json.errors?.[0]]).toMatchObject([
      422,
      { pointer: '/in_flight', code: 'poll_only' },
    ])
    const added = await call('POST', '/v1/endpoints', { token: tern.token, body: { url: null, in_flight: 4 } })
    expect([added.status, added.json.errors?.[0]]).toMatchObject([422, { pointer: '/in_flight', code: 'poll_only' }])
    expect((await call('PATCH', path, { token: tern.token, body: { in_flight: null } })).status).toBe(200)
  }))

test('what it asks for itself, and until when it rests, is shown; a pace alone is mailed to nobody', () =>
  withApi(async (stage) => {
    const { call, tern, ground } = stage
    const path = await connected(stage)
    const restsUntil = new Date(ground.clock.now().getTime() + 60_000)
    await ground.db.read.updateTable('endpoints').set({ allowedRate: 120, failures: 6, rests: 1, restsUntil }).execute()
    expect((await call('GET', path, tern)).json).toMatchObject({
      allowed_rate: 120,
      failures: 6,
      rests_until: restsUntil.toISOString(),
    })
    const quiet = { id: 'evt_1', kind: 'endpoint.changed', at: ground.clock.now() } as const
    const payload = { orgId: tern.orgId, endpointId: path.slice(14), change: 'in_flight description' }
    await mailEndpointChange(ground, { ...quiet, payload } as unknown as Parameters<typeof mailEndpointChange>[1])
    expect(ground.caught.mail.filter(({ about }) => about.purpose === 'endpoint_change')).toEqual([])
  }))
