import { generateKey } from '@noticeline/sdk/protocol'
import { describe, expect, test } from 'vitest'
import { unverifiedEndpoint } from '../testing/build/endpoint.ts'
import { person } from '../testing/build/person.ts'
import { provider } from '../testing/build/provider.ts'
import { withGround } from '../testing/with-ground.ts'
import { addEndpoint } from './add-endpoint.ts'
import { changeEndpoint } from './change-endpoint.ts'
import { confirmEndpoint } from './confirm-endpoint.ts'
import { findEndpoint, findEndpoints } from './find-endpoints.ts'
import { findProviderKey } from './find-provider-key.ts'
import { pauseEndpoint, resumeEndpoint } from './pause-endpoint.ts'
import { refreshKeySets } from './refresh-key-sets.ts'
import { revokeProviderKey } from './revoke-provider-key.ts'

const at = '2026-11-22T09:00:00.000Z'
const url = 'https://hooks.tern.example/noticeline'

describe('an endpoint', () => {
  test('is registered with its keys under the thumbprints we compute, and nothing is verified yet', () =>
    withGround(at, async (ground) => {
      const { orgId, actor } = await provider(ground)
      const [signing, sealing] = [await generateKey('sig'), await generateKey('enc')]
      const added = await addEndpoint(ground, actor, {
        url,
        description: 'panel',
        signing_keys: [{ ...signing.publicJwk, kid: 'a name of their own' }],
        sealing_key: sealing.publicJwk,
      })
      if (added.result !== 'added') throw new Error(added.result)
      const { id } = added.endpoint
      expect(added.endpoint).toEqual({
        id,
        issuer: ground.config.origin,
        audience: `urn:noticeline:org:${orgId}`,
        pollUrl: `${ground.config.origin}/v1/streams/${orgId}`,
        verified: false,
      })
      expect(await findEndpoint(ground, actor, id)).toMatchObject({
        result: 'found',
        endpoint: {
          url,
          state: 'unverified',
          verified: false,
          signingKeys: [signing.kid],
          sealingKey: sealing.kid,
          jwksUri: null,
        },
      })
      expect(await findProviderKey(ground, signing.kid)).toMatchObject({ orgId, usable: true })
      expect(await findProviderKey(ground, 'a name of their own')).toBeNull()
      expect(await findProviderKey(ground, sealing.kid)).toBeNull()
      expect(await ground.facts.kinds(orgId)).toContain('endpoint.added')
    }))

  test('with no address is a poll stream, and works at once', () =>
    withGround(at, async (ground) => {
      const { actor } = await provider(ground)
      const { id } = await unverifiedEndpoint(ground, actor, { url: null })
      expect(await findEndpoint(ground, actor, id)).toMatchObject({ endpoint: { url: null, state: 'active' } })
      expect(await confirmEndpoint(ground, actor, id)).toMatchObject({ result: 'refused', code: 'poll_only' })
    }))

  test('is its organisation’s: others do not know it, and not everybody of a provider may change it', () =>
    withGround(at, async (ground) => {
      const { orgId, actor } = await provider(ground)
      const { id } = await unverifiedEndpoint(ground, actor)
      const stranger = (await provider(ground, { cidr: null })).actor
      const handler = await person(ground, { orgId, role: 'handler' })
      const desk = await person(ground, { orgKind: 'platform' })
      expect(await findEndpoint(ground, stranger, id)).toEqual({ result: 'unknown-endpoint' })
      expect(await findEndpoint(ground, desk, id)).toMatchObject({ result: 'found' })
      expect(await findEndpoints(ground, stranger, { orgId })).toEqual({ result: 'forbidden' })
      expect(await findEndpoints(ground, desk, { orgId })).toMatchObject({ endpoints: [{ id }] })
      expect(await addEndpoint(ground, handler, { url })).toEqual({ result: 'forbidden' })
      for (const [who, result] of [
        [stranger, 'unknown-endpoint'],
        [handler, 'forbidden'],
        [desk, 'forbidden'],
      ] as const) {
        expect(await changeEndpoint(ground, who, id, { url })).toEqual({ result })
        expect(await confirmEndpoint(ground, who, id)).toEqual({ result })
        expect(await pauseEndpoint(ground, who, id)).toEqual({ result })
        expect(await resumeEndpoint(ground, who, id)).toEqual({ result })
      }
    }))
})

describe('what cannot be registered is refused with pointers:', () => {
  test.each<[string, (keys: { sig: JsonWebKey; enc: JsonWebKey; secret: JsonWebKey }) => unknown, string[]]>([
    ['no address and no word about it', () => ({}), ['/url required']],
    ['an unknown member', () => ({ url, secret: 'x' }), ['/secret unknown_member']],
    ['a private key', ({ secret }) => ({ url, signing_keys: [secret] }), ['/signing_keys/0 private_member']],
    ['a key of another kind', () => ({ url, signing_keys: [{ kty: 'RSA' }] }), ['/signing_keys/0 not_p256']],
    ['a sealing key to sign with', ({ enc }) => ({ url, signing_keys: [enc] }), ['/signing_keys/0 use_wrong']],
    ['a key twice', ({ sig }) => ({ url, signing_keys: [sig, sig] }), ['/signing_keys/1 key_repeated']],
    [
      'keys and a key set',
      ({ sig }) => ({ url, signing_keys: [sig], jwks_uri: 'https://x.example/jwks' }),
      ['/jwks_uri one_of'],
    ],
    [
      'a key set that is not there',
      () => ({ url, jwks_uri: 'https://x.example/jwks' }),
      ['/jwks_uri key_set_unavailable'],
    ],
  ])('%s', (_, body, errors) =>
    withGround(at, async (ground) => {
      const { actor } = await provider(ground)
      const sig = await generateKey('sig')
      const keys = { sig: sig.publicJwk, enc: (await generateKey('enc')).publicJwk, secret: sig.privateJwk }
      const added = await addEndpoint(ground, actor, body(keys))
      if (added.result !== 'invalid') throw new Error(added.result)
      expect(added.errors.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual(errors)
      expect(await findEndpoints(ground, actor)).toEqual({ result: 'found', endpoints: [] })
    }),
  )

  test('an address that may not be called', () =>
    withGround(at, async (ground) => {
      const { actor } = await provider(ground)
      const detail = 'Only https is called.'
      const careful = {
        ...ground,
        outbound: { ...ground.outbound, refuses: () => ({ code: 'scheme', detail }) as const },
      }
      expect(await addEndpoint(careful, actor, { url: 'http://hooks.tern.example/' })).toEqual({
        result: 'invalid',
        errors: [{ pointer: '/url', code: 'scheme', message: detail }],
      })
    }))
})

describe('a key', () => {
  test('that another organisation registered is refused, whatever its kid says, and nothing is written', () =>
    withGround(at, async (ground) => {
      const tern = await provider(ground)
      const mudlark = await provider(ground, { cidr: null })
      const { signing } = await unverifiedEndpoint(ground, tern.actor)
      const other = await generateKey('sig')
      const stolen = { ...signing.publicJwk, kid: other.kid }
      expect(await addEndpoint(ground, mudlark.actor, { url, signing_keys: [other.publicJwk, stolen] })).toEqual({
        result: 'key-known-elsewhere',
        pointer: '/signing_keys/1',
      })
      expect(await findEndpoints(ground, mudlark.actor)).toEqual({ result: 'found', endpoints: [] })
      expect(await findProviderKey(ground, other.kid)).toBeNull()
    }))

  test('that was let go counts for 60 more days, and not a minute longer', () =>
    withGround(at, async (ground) => {
      const { actor } = await provider(ground)
      const { id, signing } = await unverifiedEndpoint(ground, actor)
      const next = await generateKey('sig')
      const changed = await changeEndpoint(ground, actor, id, { signing_keys: [next.publicJwk] })
      expect(changed).toMatchObject({ result: 'changed', endpoint: { signingKeys: [next.kid] } })
      ground.clock.set('2027-01-21T09:00:00.000Z')
      expect((await findProviderKey(ground, signing.kid))?.usable).toBe(true)
      ground.clock.set('2027-01-21T09:01:00.000Z')
      expect((await findProviderKey(ground, signing.kid))?.usable).toBe(false)
      expect((await findProviderKey(ground, next.kid))?.usable).toBe(true)
    }))

  test('that was revoked counts no more, and cannot come back', () =>
    withGround(at, async (ground) => {
      const { actor } = await provider(ground)
      const stranger = (await provider(ground, { cidr: null })).actor
      const { id, signing } = await unverifiedEndpoint(ground, actor)
      expect(await revokeProviderKey(ground, stranger, signing.kid)).toEqual({ result: 'unknown-key' })
      expect(await revokeProviderKey(ground, actor, signing.kid)).toEqual({ result: 'revoked' })
      expect(await revokeProviderKey(ground, actor, signing.kid)).toEqual({ result: 'already-revoked' })
      expect((await findProviderKey(ground, signing.kid))?.usable).toBe(false)
      expect(await changeEndpoint(ground, actor, id, { signing_keys: [signing.publicJwk] })).toMatchObject({
        result: 'invalid',
        errors: [{ pointer: '/signing_keys/0', code: 'key_revoked' }],
      })
    }))

  test('moves along when its endpoint is registered once more, but not from one that is sealed for it and works', () =>
    withGround(at, async (ground) => {
      const { actor } = await provider(ground)
      ground.outbound.answer(url, 202)
      const [signing, sealing] = [await generateKey('sig'), await generateKey('enc')]
      const body = { url, signing_keys: [signing.publicJwk], sealing_key: sealing.publicJwk }
      const ids = []
      for (let time = 0; time < 2; time += 1) {
        const added = await addEndpoint(ground, actor, body)
        ids.push(added.result === 'added' ? added.endpoint.id : added.result)
      }
      expect(await findEndpoint(ground, actor, ids[1] ?? '')).toMatchObject({
        endpoint: { signingKeys: [signing.kid], sealingKey: sealing.kid },
      })
      await confirmEndpoint(ground, actor, ids[1] ?? '')
      expect(await addEndpoint(ground, actor, body)).toMatchObject({
        result: 'invalid',
        errors: [{ pointer: '/sealing_key', code: 'key_in_use' }],
      })
    }))

  test('that a provider publishes is taken from its key set, which is read again by the clock', () =>
    withGround(at, async (ground) => {
      const { orgId, actor } = await provider(ground)
      const jwksUri = 'https://keys.tern.example/jwks.json'
      const [first, second, foreign] = [await generateKey('sig'), await generateKey('sig'), await generateKey('sig')]
      const other = (await provider(ground, { cidr: null })).actor
      await addEndpoint(ground, other, { url, signing_keys: [foreign.publicJwk] })
      ground.lookups.answerKeys(jwksUri, [first.publicJwk, { kty: 'RSA' }])
      const added = await addEndpoint(ground, actor, { url, jwks_uri: jwksUri })
      expect(added.result).toBe('added')
      expect(await findProviderKey(ground, first.kid)).toMatchObject({ orgId, usable: true })
      expect(await refreshKeySets(ground)).toBe(0)
      ground.lookups.answerKeys(jwksUri, [second.publicJwk])
      expect(await refreshKeySets(ground)).toBe(1)
      expect(await findProviderKey(ground, second.kid)).toMatchObject({ orgId, usable: true })
      ground.lookups.answerKeys(jwksUri, 'failed')
      expect(await refreshKeySets(ground)).toBe(0)
      ground.lookups.answerKeys(jwksUri, [foreign.publicJwk])
      expect(await refreshKeySets(ground)).toBe(0)
      expect(await findEndpoints(ground, actor)).toMatchObject({ endpoints: [{ signingKeys: [second.kid], jwksUri }] })
    }))
})

describe('a pause', () => {
  test('needs a second channel: another endpoint that works, or a mailbox that answered', () =>
    withGround(at, async (ground) => {
      const alone = await provider(ground, { cidr: null })
      const { id } = await unverifiedEndpoint(ground, alone.actor)
      expect(await pauseEndpoint(ground, alone.actor, id)).toEqual({ result: 'no-second-channel' })
      await unverifiedEndpoint(ground, alone.actor, { url: null })
      expect(await pauseEndpoint(ground, alone.actor, id)).toEqual({ result: 'paused' })
      expect(await pauseEndpoint(ground, alone.actor, id)).toEqual({ result: 'already-paused' })
      const mailed = await provider(ground, { cidr: null, contact: 'abuse@tern.example' })
      const { id: other } = await unverifiedEndpoint(ground, mailed.actor)
      expect(await pauseEndpoint(ground, mailed.actor, other)).toEqual({ result: 'paused' })
      expect(await resumeEndpoint(ground, mailed.actor, other)).toEqual({ result: 'resumed' })
      expect(await resumeEndpoint(ground, mailed.actor, other)).toEqual({ result: 'not-paused' })
      expect(await findEndpoint(ground, mailed.actor, other)).toMatchObject({ endpoint: { state: 'unverified' } })
    }))
})
