import { expect, test } from 'vitest'
import { checkProofs } from '../attribution/check-proofs.ts'
import { withApi } from './with-api.ts'

test('a network is claimed, looked at and given up by its provider’s program, and by nobody else’s', () =>
  withApi(async ({ ground, call, tokenOf, ...members }) => {
    const [tern, mudlark, baken] = await Promise.all(
      [members.tern, members.mudlark, members.baken].map(async (one) => ({
        token: await tokenOf(one, ['networks:write']),
      })),
    )
    if (!tern || !mudlark || !baken) throw new Error('No tokens')
    const claim = { token: tern.token, body: { domain: 'tern.example', proof: 'dns_txt' } }
    const made = await call('POST', '/v1/networks', claim)
    expect(made.status).toBe(201)
    const { id } = made.json
    expect(made.headers.get('location')).toBe(`${ground.config.origin}/v1/networks/${id}`)
    expect(made.json).toMatchObject({
      network: 'tern.example',
      state: 'proving',
      proof_where: '_noticeline.tern.example',
    })
    expect((await call('POST', '/v1/networks', claim)).json.code).toBe('already_claimed')
    ground.lookups.answerTexts('_noticeline.tern.example', [made.json.proof_line])
    const looked = await call('POST', `/v1/networks/${id}/check`, { token: tern.token })
    expect(looked.json).toMatchObject({ state: 'waiting_time', checks: [{ result: 'found' }] })
    expect((await call('POST', `/v1/networks/${id}/check`, { token: tern.token })).status).toBe(429)
    expect((await call('GET', '/v1/networks', { token: tern.token })).json.data.length).toBeGreaterThan(1)
    for (const [method, path] of [
      ['GET', `/v1/networks/${id}`],
      ['POST', `/v1/networks/${id}/check`],
      ['DELETE', `/v1/networks/${id}`],
    ] as const) {
      expect((await call(method, path, { token: mudlark.token })).json.code, path).toBe('not_found')
      expect((await call(method, path, { token: baken.token })).json.code, path).toBe('forbidden')
    }
    for (let times = 0; times < 2; times += 1) {
      const given = await call('DELETE', `/v1/networks/${id}`, { token: tern.token })
      expect(given.json).toMatchObject({ state: 'ended', ended_code: 'given_up' })
    }
    expect((await call('POST', `/v1/networks/${id}/check`, { token: tern.token })).json.code).toBe('not_checkable')
    expect(await checkProofs(ground)).toBe(0)
  }))

test('what is wrong with a claim has a pointer, and nothing is kept', () =>
  withApi(async ({ call, tokenOf, ...members }) => {
    const tern = { token: await tokenOf(members.tern, ['networks:write']) }
    const before = (await call('GET', '/v1/networks', { token: tern.token })).json.data.length
    for (const [body, error] of [
      [{ proof: 'dns_txt' }, ' one_of'],
      [{ cidr: '203.0.113.0/29', asn: 64500, proof: 'registry_mail' }, ' one_of'],
      [{ domain: 'tern.example' }, '/proof required'],
      [{ domain: 'tern.example', proof: 'platform_desk' }, '/proof not_one_of'],
      [{ domain: '113.0.203.in-addr.arpa', proof: 'dns_txt' }, '/domain reverse_zone'],
      [{ cidr: '203.0.113.80/29', proof: 'file' }, '/proof proof_not_for_cidr'],
      [{ asn: 64_512, proof: 'registry_mail' }, '/asn special_asn'],
    ] as const) {
      const { status, json } = await call('POST', '/v1/networks', { token: tern.token, body })
      expect([status, `${json.errors[0].pointer} ${json.errors[0].code}`]).toEqual([422, error])
    }
    expect((await call('GET', '/v1/networks', { token: tern.token })).json.data.length).toBe(before)
  }))
