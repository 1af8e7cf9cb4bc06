import { expect, test } from 'vitest'
import type { TestGround } from '../testing/with-ground.ts'
import { withApi } from './with-api.ts'

const desk = { kind: 'abuse', email: 'abuse@tern.example', languages: ['nl'], hours: '24x7' }

async function mailedCode(ground: TestGround): Promise<string> {
  await ground.runReactions()
  return /\b([0-9A-Z]{4}-[0-9A-Z]{4})\b/.exec(ground.caught.mail.at(-1)?.text ?? '')?.[1] ?? ''
}

test('a contact is added, verified with the code, changed under its ETag and removed', () =>
  withApi(async ({ ground, call, tern, tokenOf }) => {
    const token = await tokenOf(tern, ['contacts:write'])
    const added = await call('POST', '/v1/contacts', { token, body: desk })
    expect(added.status).toBe(201)
    expect(added.json).toMatchObject({
      state: 'unverified',
      position: 1,
      code_mailed: true,
      time_zone: 'Europe/Amsterdam',
    })
    const path = `/v1/contacts/${added.json.id}`
    expect(added.headers.get('location')).toBe(`${ground.config.origin}${path}`)
    const body = { code: await mailedCode(ground) }
    expect((await call('POST', `${path}/verify`, { token, body: { code: '0000-0000' } })).json).toMatchObject({
      code: 'code_wrong',
      detail: 'This is not the code. Tries left: 9.',
    })
    expect((await call('POST', `${path}/verify`, { token, body })).json).toMatchObject({
      state: 'live',
      lapses_at: '2027-05-22T09:00:00.000Z',
    })
    expect(await call('POST', `${path}/answer`, { token, body })).toMatchObject({
      status: 409,
      json: { code: 'code_used' },
    })

    const read = await call('GET', path, { token })
    const headers = { 'if-match': read.headers.get('etag') ?? '' }
    const change = { hours: [{ day: 'mo', from: '09:00', until: '17:00' }], time_zone: 'Europe/Lisbon' }
    expect((await call('PATCH', path, { token, body: change, headers })).json).toMatchObject(change)
    expect(await call('PATCH', path, { token, body: { name: 'x' }, headers })).toMatchObject({
      status: 412,
      json: { code: 'precondition_failed' },
    })
    expect((await call('GET', '/v1/contacts', { token })).json.data).toHaveLength(1)
    expect(await call('DELETE', path, { token })).toMatchObject({ status: 409, json: { code: 'last_contact' } })
    const second = await call('POST', '/v1/contacts', { token, body: { ...desk, email: 'second@tern.example' } })
    expect((await call('DELETE', `/v1/contacts/${second.json.id}`, { token })).json).toMatchObject({ removed: true })
    expect((await call('GET', `/v1/contacts/${second.json.id}`, { token })).status).toBe(404)
  }))

test("bad input has pointers, another's contact is not there, and a token needs the scope", () =>
  withApi(async ({ call, tern, mudlark, baken, tokenOf }) => {
    const token = await tokenOf(tern, ['contacts:write'])
    const bad = await call('POST', '/v1/contacts', { token, body: { ...desk, email: 'nobody', time_zone: 'CET' } })
    expect(bad.status).toBe(422)
    expect(bad.json.errors.map(({ pointer, code }: { pointer: string; code: string }) => [pointer, code])).toEqual([
      ['/email', 'not_a_mailbox'],
      ['/time_zone', 'not_a_zone'],
    ])
    const { json } = await call('POST', '/v1/contacts', { token, body: desk })
    const other = await tokenOf(mudlark, ['contacts:write'])
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/code'],
      ['POST', '/verify'],
      ['POST', '/answer'],
    ] as const) {
      const body = method === 'PATCH' ? { name: 'x' } : /verify|answer/.test(path) ? { code: 'x' } : undefined
      const request = body === undefined ? { token: other } : { token: other, body }
      expect((await call(method, `/v1/contacts/${json.id}${path}`, request)).status).toBe(404)
    }
    expect((await call('GET', '/v1/contacts', { token: other })).json.data).toEqual([])
    expect((await call('GET', '/v1/contacts', { token: tern.token })).json).toMatchObject({ code: 'scope_missing' })
    expect((await call('GET', '/v1/contacts', { token: baken.token })).json).toMatchObject({ code: 'forbidden' })
    expect((await call('GET', '/v1/contacts')).status).toBe(401)
    const sandbox = await tokenOf(tern, ['contacts:write'], false)
    expect((await call('GET', '/v1/contacts', { token: sandbox })).status).toBe(200)
    expect((await call('POST', '/v1/contacts', { token: sandbox, body: desk })).status).toBe(403)
  }))

test('a code is mailed again, and too often is said with when to come back', () =>
  withApi(async ({ ground, call, tern, tokenOf }) => {
    const token = await tokenOf(tern, ['contacts:write'])
    const { json } = await call('POST', '/v1/contacts', { token, body: desk })
    const first = await mailedCode(ground)
    for (let count = 1; count < 5; count += 1)
      expect((await call('POST', `/v1/contacts/${json.id}/code`, { token })).status).toBe(200)
    const limited = await call('POST', `/v1/contacts/${json.id}/code`, { token })
    expect(limited).toMatchObject({ status: 429, json: { code: 'rate_limited' } })
    expect(limited.headers.get('retry-after')).toBe('3600')
    const old = await call('POST', `/v1/contacts/${json.id}/verify`, { token, body: { code: first } })
    expect(old.json).toMatchObject({ code: 'code_replaced' })
    const body = { code: await mailedCode(ground) }
    ground.clock.advance(1_800_000)
    expect((await call('POST', `/v1/contacts/${json.id}/verify`, { token, body })).json).toMatchObject({
      code: 'code_expired',
    })
  }))
