import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { checkPublicJwk, generateKey, thumbprint } from './keys.ts'

test('a thumbprint is the one of RFC 7638 and takes no notice of other members', async () => {
  const { kid, publicJwk, privateJwk } = await generateKey('sig')
  expect(kid).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect(await thumbprint(publicJwk)).toBe(kid)
  expect(await thumbprint({ ...privateJwk, kid: 'mine' } as JsonWebKey)).toBe(kid)
})

test('a thumbprint agrees with one computed elsewhere', async () => {
  // The public key of RFC 7517, appendix A.1; the digest by `openssl dgst -sha256`.
  const x = 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4'
  const y = '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM'
  expect(await thumbprint({ kty: 'EC', crv: 'P-256', x, y })).toBe('cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s')
})

test('a fresh key passes its own check, without its kid', async () => {
  for (const use of ['sig', 'enc'] as const) {
    const { publicJwk } = await generateKey(use)
    const { kid, ...rest } = publicJwk
    expect(kid).toHaveLength(43)
    expect(checkPublicJwk(publicJwk, use)).toEqual({ ok: true, jwk: rest })
  }
})

test('what is no public key on P-256 for this use is refused with its reason', async () => {
  const { publicJwk, privateJwk } = await generateKey('sig')
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' })
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })
  const refused = (jwk: unknown, use: 'sig' | 'enc' = 'sig') => {
    const checked = checkPublicJwk(jwk, use)
    return checked.ok ? 'taken' : checked.code
  }
  expect(refused(privateJwk)).toBe('private_member')
  expect(refused({ kty: 'oct', k: 'c2VjcmV0' })).toBe('private_member')
  expect(refused(p384)).toBe('not_p256')
  expect(refused(rsa)).toBe('not_p256')
  expect(refused({ ...publicJwk, x: `${publicJwk.x}=` })).toBe('not_p256')
  expect(refused({ ...publicJwk, x: [publicJwk.x] })).toBe('not_p256')
  expect(refused({ ...publicJwk, y: publicJwk.x })).toBe('not_on_curve')
  expect(refused(publicJwk, 'enc')).toBe('use_wrong')
  expect(refused({ ...publicJwk, use: undefined }, 'enc')).toBe('alg_wrong')
  expect(refused({ ...publicJwk, use: undefined, alg: undefined }, 'enc')).toBe('taken')
  for (const nonsense of [null, undefined, 7, 'key', [], {}]) expect(refused(nonsense)).not.toBe('taken')
})
