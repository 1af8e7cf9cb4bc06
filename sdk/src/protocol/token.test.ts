import { createPublicKey, verify as verifyBytes } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { SetClaims } from './claims.ts'
import { generateKey } from './keys.ts'
import { openBody, seal, setDigest, signToken, unseal, verifyToken } from './token.ts'

const now = new Date('2026-11-21T12:00:00.000Z')
const seconds = now.getTime() / 1000
const claims: SetClaims = {
  iss: 'https://portal.example',
  aud: 'urn:noticeline:org:org_tern',
  iat: seconds,
  jti: 'evt_1',
  txn: 'ntc_1',
  events: { 'urn:noticeline:event:notice.closed': { v: 1 } },
}

let key: Awaited<ReturnType<typeof generateKey>>
let sealing: Awaited<ReturnType<typeof generateKey>>
beforeAll(async () => {
  key = await generateKey('sig')
  sealing = await generateKey('enc')
})

const verify = (raw: string, changes: Partial<Parameters<typeof verifyToken>[1]> = {}) =>
  verifyToken(raw, {
    key: async (kid) => (kid === key.kid ? key.publicJwk : null),
    issuer: claims.iss,
    audience: claims.aud,
    now,
    ...changes,
  })

const refusalOf = async (raw: string, changes?: Parameters<typeof verify>[1]) => {
  const verified = await verify(raw, changes)
  return verified.accepted ? 'accepted' : verified.refusal.code
}

describe('signing and verifying', () => {
  test('are inverses: what comes out is what went in, for any text', () =>
    fc.assert(
      fc.asyncProperty(
        fc.stringMatching(/^[\x21-\x7e]{1,200}$/),
        fc.string({ unit: 'grapheme', maxLength: 200 }).filter((text) => !/[\0\p{Surrogate}]/u.test(text)),
        async (jti, text) => {
          const said = { ...claims, jti, events: { 'urn:x': { text } } }
          const raw = await signToken(said, key)
          const verified = await verify(raw)
          expect(verified).toMatchObject({
            accepted: true,
            token: { raw, claims: said, event: { type: 'urn:x', body: { text } }, setSha256: setDigest(raw) },
          })
        },
      ),
      { numRuns: 60 },
    ))

  test('one character altered anywhere is refused', async () => {
    const raw = await signToken(claims, key)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (let at = 0; at < raw.length; at += 1) {
      const other = alphabet[(alphabet.indexOf(raw[at] as string) + 1) % 64] as string
      expect((await verify(raw.slice(0, at) + other + raw.slice(at + 1))).accepted, `character ${at}`).toBe(false)
    }
  })

  test('a token mutated in any way is never accepted and never makes verifying throw', async () => {
    const raw = await signToken(claims, key)
    await fc.assert(
      fc.asyncProperty(
        fc.nat(raw.length),
        fc.nat(12),
        fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('.', '..', '=', '\n', '\0', 'é', ' ', '"', '{}')),
        async (at, cut, put) => {
          const mutated = raw.slice(0, at) + put + raw.slice(at + cut)
          if (mutated !== raw) expect((await verify(mutated)).accepted).toBe(false)
        },
      ),
      { numRuns: 400 },
    )
  })

  test('whatever bytes arrive, the answer is a refusal', () =>
    fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.base64String(), fc.json()), async (raw) => {
        expect((await verify(raw)).accepted).toBe(false)
        expect((await openBody(raw, { sealingKeys: [sealing] })).opened).toBe(false)
      }),
      { numRuns: 300 },
    ))

  test('signs nothing that it would refuse', async () => {
    await expect(signToken({ ...claims, jti: '' }, key)).rejects.toThrow('would be refused')
    await expect(signToken({ ...claims, events: {} }, key)).rejects.toThrow('would be refused')
    await expect(signToken(claims, { ...key, kid: sealing.kid })).rejects.toThrow('not its thumbprint')
    await expect(signToken(claims, { kid: key.kid, privateJwk: key.publicJwk })).rejects.toThrow('not a private JWK')
  })

  test('what we sign, another implementation verifies', async () => {
    const raw = await signToken(claims, key)
    const [head, payload, signature] = raw.split('.') as [string, string, string]
    const publicKey = createPublicKey({ key: { ...key.publicJwk }, format: 'jwk' })
    const bytes = Buffer.from(signature, 'base64url')
    expect(
      verifyBytes('sha256', Buffer.from(`${head}.${payload}`), { key: publicKey, dsaEncoding: 'ieee-p1363' }, bytes),
    ).toBe(true)
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({
      alg: 'ES256',
      kid: key.kid,
      typ: 'secevent+jwt',
    })
  })

  test('the digest is that of the ASCII bytes', () => {
    expect(setDigest('test')).toBe('n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg')
  })
})

describe('what is expected is what counts', () => {
  test('age and clock are taken to the second', async () => {
    const raw = await signToken(claims, key)
    const at = (offset: number) => refusalOf(raw, { now: new Date(now.getTime() + offset * 1000) })
    expect(await at(45 * 86_400)).toBe('accepted')
    expect(await at(45 * 86_400 + 1)).toBe('too_old')
    expect(await at(-600)).toBe('accepted')
    expect(await at(-601)).toBe('issued_in_future')
    expect(await refusalOf(raw, { maxAgeSeconds: 60, now: new Date(now.getTime() + 61_000) })).toBe('too_old')
    expect(await refusalOf(raw, { toleranceSeconds: 0, now: new Date(now.getTime() - 1000) })).toBe('issued_in_future')
  })

  test('an issuer may depend on the key, and a key that speaks for nobody is refused', async () => {
    const raw = await signToken(claims, key)
    expect(await refusalOf(raw, { issuer: async (kid) => (kid === key.kid ? claims.iss : null) })).toBe('accepted')
    expect(await refusalOf(raw, { issuer: async () => null })).toBe('issuer_wrong')
  })

  test('a key that is handed over under a kid that is not its own is unusable', async () => {
    const raw = await signToken(claims, key)
    expect(await refusalOf(raw, { key: async () => sealing.publicJwk })).toBe('key_unusable')
    expect(await refusalOf(raw, { key: async () => ({ kty: 'oct', k: 'c2VjcmV0' }) })).toBe('key_unusable')
    expect(await refusalOf(raw, { key: async () => ({ ...key.publicJwk, y: key.publicJwk.x as string }) })).toBe(
      'key_unusable',
    )
  })

  test('a failing key look-up says nothing about the token, so it is thrown on', async () => {
    const raw = await signToken(claims, key)
    await expect(verify(raw, { key: () => Promise.reject(new Error('database gone')) })).rejects.toThrow(
      'database gone',
    )
  })

  test('the payload is not read before the signature is checked', async () => {
    const [head, , signature] = (await signToken(claims, key)).split('.')
    expect(await refusalOf(`${head}.${Buffer.from('{"iss":').toString('base64url')}.${signature}`)).toBe(
      'signature_invalid',
    )
  })
})

describe('sealing and opening', () => {
  test('are inverses, and no two envelopes are alike', async () => {
    const raw = await signToken(claims, key)
    const [one, two] = [await seal(raw, sealing), await seal(raw, sealing)]
    expect(one).not.toBe(two)
    expect(await unseal(one, sealing)).toEqual({ opened: true, raw })
    expect(await openBody(two, { sealingKeys: [await generateKey('enc'), sealing] })).toEqual({ opened: true, raw })
  })

  test('one character altered anywhere is refused', async () => {
    const body = await seal(await signToken(claims, key), sealing)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (let at = 0; at < body.length; at += 1) {
      const other = alphabet[(alphabet.indexOf(body[at] as string) + 1) % 64] as string
      const opened = await openBody(body.slice(0, at) + other + body.slice(at + 1), { sealingKeys: [sealing] })
      expect(opened.opened, `character ${at}`).toBe(false)
    }
  })

  test('only tokens are sealed, and only for the key that is named', async () => {
    const raw = await signToken(claims, key)
    await expect(seal(await seal(raw, sealing), sealing)).rejects.toThrow('Only a token')
    await expect(seal(raw, { kid: key.kid, publicJwk: sealing.publicJwk })).rejects.toThrow('not its thumbprint')
    const other = await generateKey('enc')
    expect(await unseal(await seal(raw, sealing), other)).toMatchObject({ refusal: { code: 'envelope_kid_unknown' } })
    expect(await unseal(await seal(raw, sealing), { kid: sealing.kid, privateJwk: other.privateJwk })).toMatchObject({
      refusal: { code: 'envelope_not_opened', err: 'invalid_key' },
    })
  })
})
