import { eventTypes, generateKey, isEnvelope, readMessage, unseal, verifyToken } from '@noticeline/sdk/protocol'
import { describe, expect, test } from 'vitest'
import { endpoint, unverifiedEndpoint } from '../testing/build/endpoint.ts'
import { provider } from '../testing/build/provider.ts'
import { failed, type ScriptedAnswer } from '../testing/fakes.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { acceptVerificationReceipt } from './accept-verification-receipt.ts'
import { changeEndpoint } from './change-endpoint.ts'
import { confirmEndpoint } from './confirm-endpoint.ts'
import { findEndpoint } from './find-endpoints.ts'

const at = '2026-11-22T09:00:00.000Z'
const url = 'https://hooks.tern.example/noticeline'

async function read(ground: TestGround, raw: string, audience: string) {
  const { keys } = await ground.keys.jwks()
  const verified = await verifyToken(raw, {
    key: async (kid) => keys.find((key) => 'kid' in key && key.kid === kid) ?? null,
    issuer: ground.config.origin,
    audience,
    now: ground.clock.now(),
  })
  if (!verified.accepted) throw new Error(verified.refusal.description)
  return verified.token
}

describe('a verification', () => {
  test('is a signed event, and 202 with nothing else makes the endpoint active', () =>
    withGround(at, async (ground) => {
      const { orgId, actor } = await provider(ground)
      const { id } = await unverifiedEndpoint(ground, actor)
      ground.outbound.answer(url, 202)
      expect(await confirmEndpoint(ground, actor, id)).toEqual({
        result: 'confirmed',
        mediaType: 'application/secevent+jwt',
        grade: 'answered',
      })
      const [call] = ground.outbound.calls
      expect(call?.message).toMatchObject({ contentType: 'application/secevent+jwt', accept: 'application/json' })
      const token = await read(ground, call?.message?.body ?? '', `urn:noticeline:org:${orgId}`)
      expect(readMessage(token)).toMatchObject({ read: 'message', type: eventTypes.verification, message: {} })
      expect(await findEndpoint(ground, actor, id)).toMatchObject({
        endpoint: { state: 'active', verified: true, verifiedAt: new Date(at), verifiedGrade: 'answered' },
      })
      expect(await ground.facts.kinds(orgId)).toContain('endpoint.confirmed')
    }))

  test('is sealed where a sealing key is registered', () =>
    withGround(at, async (ground) => {
      const { orgId, actor } = await provider(ground)
      ground.outbound.answer(url, 202)
      const { sealing } = await endpoint(ground, actor, { sealed: true })
      const body = ground.outbound.calls[0]?.message?.body ?? ''
      expect(isEnvelope(body)).toBe(true)
      const opened = sealing && (await unseal(body, sealing))
      if (!opened?.opened) throw new Error('Not sealed for this key')
      expect((await read(ground, opened.raw, `urn:noticeline:org:${orgId}`)).event.type).toBe(eventTypes.verification)
    }))

  test.each([403, 406, 415])('that a firewall refuses by %i is asked again in JSON, which is kept', (status) =>
    withGround(at, async (ground) => {
      const { actor } = await provider(ground)
      const { id } = await unverifiedEndpoint(ground, actor)
      ground.outbound.answer(url, ({ message }) => (message?.contentType === 'application/json' ? 202 : status))
      expect(await confirmEndpoint(ground, actor, id)).toMatchObject({
        result: 'confirmed',
        mediaType: 'application/json',
      })
      const [plain, wrapped] = ground.outbound.calls.map((call) => call.message?.body ?? '')
      const { sets } = JSON.parse(wrapped ?? '')
      expect(Object.values(sets)).toEqual([plain])
      expect(await findEndpoint(ground, actor, id)).toMatchObject({ endpoint: { mediaType: 'application/json' } })
    }),
  )

  test('that a signed receipt answers proves the signing key, before its 202 or after', () =>
    withGround(at, async (ground) => {
      const { orgId, actor } = await provider(ground)
      const { id } = await unverifiedEndpoint(ground, actor)
      const jtis: string[] = []
      const accept = (jti: string, grade = 'signed', from = orgId) =>
        acceptVerificationReceipt(ground, { orgId: from, grade }, { ref: jti })
      ground.outbound.answer(url, async ({ message }) => {
        const claims = JSON.parse(Buffer.from(message?.body.split('.')[1] ?? '', 'base64url').toString())
        jtis.push(claims.jti)
        if (jtis.length === 2) expect(await accept(claims.jti)).toEqual({ result: 'recorded' })
        return 202
      })
      expect(await confirmEndpoint(ground, actor, id)).toMatchObject({ grade: 'answered' })
      const jti = jtis[0] ?? ''
      expect(await accept('evt_none')).toEqual({ result: 'unknown-token' })
      expect(await accept(jti, 'signed', 'org_other')).toEqual({ result: 'unknown-token' })
      expect(await accept(jti, 'authenticated')).toEqual({ result: 'already-recorded' })
      expect(await findEndpoint(ground, actor, id)).toMatchObject({ endpoint: { verifiedGrade: 'answered' } })
      expect(await accept(jti)).toEqual({ result: 'recorded' })
      expect(await accept(jti)).toEqual({ result: 'already-recorded' })
      expect(await findEndpoint(ground, actor, id)).toMatchObject({ endpoint: { verifiedGrade: 'signed' } })
      expect(await confirmEndpoint(ground, actor, id)).toMatchObject({ result: 'confirmed', grade: 'signed' })
    }))
})

describe('an endpoint that answers otherwise is told what it did wrong:', () => {
  const seterr = (err: string) => ({ status: 400, body: JSON.stringify({ err, description: 'evil.example' }) })
  test.each<[string, ScriptedAnswer, string, RegExp]>([
    ['200', 200, 'not_202', /answered 200, we need 202/],
    ['204', 204, 'not_202', /answered 204/],
    ['202 with a body', { status: 202, body: 'evil.example' }, 'body_not_empty', /with a body/],
    ['202 with a body that broke off', { status: 202, truncated: true }, 'body_not_empty', /broke off/],
    ['a redirect', { status: 302, headers: { location: 'https://evil.example/' } }, 'redirected', /follow none/],
    ['400 for the token', seterr('invalid_request'), 'receiver_invalid_request', /raw body/],
    ['400 for the key', seterr('invalid_key'), 'receiver_invalid_key', /key set/],
    ['400 for the issuer', seterr('invalid_issuer'), 'receiver_invalid_issuer', /issuer/],
    ['400 for the audience', seterr('invalid_audience'), 'receiver_invalid_audience', /audience/],
    ['400 for a bearer', seterr('authentication_failed'), 'receiver_authentication_failed', /bearer/],
    ['400 without a word', { status: 400, body: '<h1>evil.example</h1>' }, 'bad_request', /without an err/],
    ['401', 401, 'unauthorised', /401/],
    ['403', 403, 'forbidden_by_receiver', /both body forms/],
    ['404', 404, 'not_found', /404/],
    ['405', 405, 'method_not_allowed', /POST/],
    ['410', 410, 'gone', /retired/],
    ['413', 413, 'too_large_for_receiver', /256 KiB/],
    ['415', 415, 'media_type_refused', /refuses our media type, in both forms/],
    ['418', 418, 'unexpected_answer', /418/],
    ['429', 429, 'busy', /429/],
    ['503', 503, 'receiver_failed', /503/],
    ['nothing in time', failed('timeout'), 'timeout', /within 10 s/],
    ['no name', failed('dns'), 'dns', /resolved/],
    ['a bad certificate', failed('tls'), 'tls', /certificate/],
    ['a closed port', failed('refused'), 'connection_refused', /nothing listens/],
    ['a name that leads inside', failed('address_refused'), 'address_refused', /private, local or reserved/],
    ['no route', failed('unreachable'), 'unreachable', /no way/],
    ['a cut connection', failed('reset'), 'reset', /closed/],
    ['too much', failed('too_large'), 'answer_too_large', /no body/],
    ['no HTTP', failed('protocol'), 'not_http', /HTTP/],
  ])('%s', (_, answer, code, detail) =>
    withGround(at, async (ground) => {
      const { orgId, actor } = await provider(ground)
      const { id } = await unverifiedEndpoint(ground, actor)
      ground.outbound.answer(url, answer)
      const refused = await confirmEndpoint(ground, actor, id)
      expect(refused).toMatchObject({ result: 'refused', code, detail: expect.stringMatching(detail) })
      expect(JSON.stringify(refused)).not.toMatch(/evil|tern\.example/)
      expect(await findEndpoint(ground, actor, id)).toMatchObject({
        endpoint: { state: 'unverified', verified: false },
      })
      expect(await ground.facts.kinds(orgId)).toContain('endpoint.refused')
    }),
  )
})

describe('what was verified', () => {
  test('is void when the address or the keys change, and stays when only the description does', () =>
    withGround(at, async (ground) => {
      const { actor } = await provider(ground)
      ground.outbound.answer(/./, 202)
      const { id } = await endpoint(ground, actor)
      const change = (body: unknown) => changeEndpoint(ground, actor, id, body)
      expect(await change({ description: 'panel' })).toMatchObject({ endpoint: { state: 'active', verified: true } })
      expect(await change({ url })).toMatchObject({ endpoint: { state: 'active', verified: true } })
      const voided = { endpoint: { state: 'unverified', verified: false, verifiedGrade: null } }
      expect(await change({ url: `${url}/new` })).toMatchObject(voided)
      await confirmEndpoint(ground, actor, id)
      // What is sent stays as it was, so nothing waits while keys are rotated.
      expect(await change({ signing_keys: [] })).toMatchObject({ endpoint: { state: 'active', verified: false } })
      const sealing = await generateKey('enc')
      expect(await change({ sealing_key: sealing.publicJwk })).toMatchObject(voided)
      expect(await change({ url: 7 })).toMatchObject({
        result: 'invalid',
        errors: [{ pointer: '/url', code: 'wrong_type' }],
      })
      expect(await change({ nothing: 7 })).toMatchObject({ errors: [{ pointer: '/nothing', code: 'unknown_member' }] })
    }))

  test('does not count when the endpoint was changed while the question was under way', () =>
    withGround(at, async (ground) => {
      const { actor } = await provider(ground)
      const { id } = await unverifiedEndpoint(ground, actor)
      ground.outbound.answer(url, async () => {
        await changeEndpoint(ground, actor, id, { url: `${url}/new` })
        return 202
      })
      expect(await confirmEndpoint(ground, actor, id)).toMatchObject({ result: 'refused', code: 'overtaken' })
      expect(await findEndpoint(ground, actor, id)).toMatchObject({ endpoint: { state: 'unverified' } })
    }))

  test('stays in use when a later verification fails', () =>
    withGround(at, async (ground) => {
      const { actor } = await provider(ground)
      ground.outbound.answer(url, 202)
      const { id } = await endpoint(ground, actor)
      ground.outbound.answer(url, 503)
      expect(await confirmEndpoint(ground, actor, id)).toMatchObject({ result: 'refused', code: 'receiver_failed' })
      expect(await findEndpoint(ground, actor, id)).toMatchObject({ endpoint: { state: 'active', verified: true } })
    }))
})
