import { audienceOf, endpointChangeEvent, generateKey, issueToken, signEndpointChange } from '@noticeline/sdk/protocol'
import { expect, test } from 'vitest'
import { unverifiedEndpoint } from '../testing/build/endpoint.ts'
import { person, program } from '../testing/build/person.ts'
import { provider } from '../testing/build/provider.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { changeEndpoint } from './change-endpoint.ts'
import { findEndpointKeys } from './find-endpoint-keys.ts'

const at = '2026-11-22T09:00:00.000Z'
const change = { url: 'https://hooks.tern.example/elsewhere' }

async function stage(ground: TestGround) {
  const { orgId, actor } = await provider(ground, { cidr: null })
  const { id, signing } = await unverifiedEndpoint(ground, actor)
  const token = await program(ground, { orgId, scopes: ['endpoints:write'] })
  const sign = async (
    more: { key?: typeof signing; body?: object; iss?: string; aud?: string; type?: string } = {},
  ) => {
    const { raw } = await issueToken(
      {
        iss: more.iss ?? audienceOf(orgId),
        aud: more.aud ?? ground.config.origin,
        type: (more.type ?? endpointChangeEvent) as never,
        body: more.body ?? { endpoint: id, change },
        now: ground.clock.now(),
      },
      more.key ?? signing,
    )
    return raw
  }
  return { orgId, actor, id, signing, token, sign }
}

test('another address or other keys need an owner who has just shown who they are', () =>
  withGround(at, async (ground) => {
    const { orgId, actor, id } = await stage(ground)
    const developer = await person(ground, { orgId, role: 'developer' })
    for (const input of [change, { signing_keys: [] }, { sealing_key: null }, { jwks_uri: 'https://keys.example/' }]) {
      expect(await changeEndpoint(ground, developer, id, input)).toEqual({ result: 'owner-needed' })
    }
    expect(await changeEndpoint(ground, developer, id, { description: 'panel' })).toMatchObject({ result: 'changed' })
    ground.clock.advance(11 * 60_000)
    expect(await changeEndpoint(ground, actor, id, change)).toEqual({ result: 'not-fresh' })
    expect(await changeEndpoint(ground, actor, id, { description: 'storage' })).toMatchObject({ result: 'changed' })
  }))

test('or, by a program, the same change signed by a key that is in use', () =>
  withGround(at, async (ground) => {
    const { id, token, sign } = await stage(ground)
    expect(await changeEndpoint(ground, token, id, change)).toEqual({ result: 'proof-needed' })
    expect(await changeEndpoint(ground, token, id, change, await sign())).toMatchObject({
      result: 'changed',
      endpoint: { url: change.url, verified: false },
    })
  }))

test('a proof of another change, endpoint, key, audience, kind or hour is none', () =>
  withGround(at, async (ground) => {
    const { actor, id, token, sign, signing } = await stage(ground)
    const other = await provider(ground, { cidr: null })
    const theirs = await unverifiedEndpoint(ground, other.actor, { url: 'https://hooks.other.example/' })
    const wrong = {
      'another change': await sign({ body: { endpoint: id, change: { url: 'https://evil.example/' } } }),
      'a member more': await sign({ body: { endpoint: id, change: { ...change, sealing_key: null } } }),
      'another endpoint': await sign({ body: { endpoint: theirs.id, change } }),
      'an unknown key': await sign({ key: await generateKey('sig') }),
      'somebody else’s key': await sign({ key: theirs.signing, iss: audienceOf(other.orgId) }),
      'another audience': await sign({ aud: 'https://evil.example' }),
      'a report': await sign({ type: 'urn:noticeline:event:items.reported' }),
      'no token': 'a.b.c',
    }
    for (const [what, proof] of Object.entries(wrong)) {
      expect(await changeEndpoint(ground, token, id, change, proof), what).toEqual({ result: 'proof-wrong' })
    }
    const early = await sign()
    ground.clock.advance(301_000)
    expect(await changeEndpoint(ground, token, id, change, early)).toEqual({ result: 'proof-wrong' })
    ground.clock.advance(-301_000)
    const next = await generateKey('sig')
    await changeEndpoint(ground, actor, id, { signing_keys: [next.publicJwk] })
    expect(await changeEndpoint(ground, token, id, change, await sign({ key: signing }))).toEqual({
      result: 'proof-wrong',
    })
    expect(await findEndpointKeys(ground, actor, id)).toMatchObject({
      keys: expect.arrayContaining([
        expect.objectContaining({ thumbprint: next.kid, retiredAt: null }),
        expect.objectContaining({
          thumbprint: signing.kid,
          retiredAt: new Date(at),
          acceptedUntil: new Date('2027-01-21T09:00:00.000Z'),
        }),
      ]),
    })
  }))

test('or by the SDK, which leaves out of the proof what JSON leaves out of the change', () =>
  withGround(at, async (ground) => {
    const { orgId, id, signing, token } = await stage(ground)
    const iss = audienceOf(orgId)
    const said = { iss, aud: ground.config.origin, endpoint: id, change: { ...change, description: undefined } }
    const proof = await signEndpointChange({ ...said, now: ground.clock.now() }, signing)
    expect(await changeEndpoint(ground, token, id, change, proof)).toMatchObject({ result: 'changed' })
    ground.clock.advance(301_000)
    expect(await changeEndpoint(ground, token, id, { ...change, url: null }, proof)).toEqual({ result: 'proof-wrong' })
  }))
