/** What nobody signed is refused, whatever it looks like: written by rule, in the manner of Wycheproof, and by chance. */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { audienceOf, generateKey, issueToken, maxBodyBytes, seal, verifyToken } from '@noticeline/sdk/protocol'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Door, openDoor } from '../refusals/door.ts'
import type { Sample } from '../refusals/mutate.ts'
import { playMutations } from '../refusals/play.ts'

const seed = 20_261_122
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const prime = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn
const hex = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex')
const json = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
const segment = (value: unknown) => json(value).toString('base64url')

let door: Door
let plain: Sample
let sealed: Sample
beforeAll(async () => {
  door = await openDoor()
  plain = door.samples.find(({ name }) => name === 'notice issued, plain') as Sample
  sealed = door.samples.find(({ name }) => name === 'notice issued, sealed') as Sample
})
afterAll(() => door.close())

/** Refused by what it is and not by accident, nothing stored, nothing thrown. */
async function expectRefused(body: string | Buffer, to: Sample = plain, mediaType = to.mediaType): Promise<string> {
  const { code, err, stored } = await door.push(to, { mediaType, body: Buffer.from(body) })
  expect({ code: code === 415 ? 400 : code, stored }).toEqual({ code: 400, stored: [] })
  expect(err).toMatch(/^invalid_(request|key|issuer|audience)$/)
  return err as string
}

const parts = (raw: string) => raw.split('.') as [string, string, string]
const headerOf = (raw: string) => JSON.parse(Buffer.from(parts(raw)[0], 'base64url').toString())

describe('signatures', () => {
  const edges = [0n, 1n, 2n, order - 1n, order, order + 1n, 2n ** 255n, 2n ** 256n - 1n, prime]
  test('r and s of every edge value, alone and beside the real one', async () => {
    const [header, payload, signature] = parts(plain.raw)
    const real = Buffer.from(signature, 'base64url')
    const halves = [...edges.map(hex), real.subarray(0, 32), real.subarray(32)]
    for (const r of halves) {
      for (const s of halves) {
        const made = Buffer.concat([r, s])
        if (made.equals(real)) continue
        expect(await expectRefused(`${header}.${payload}.${made.toString('base64url')}`)).toBe('invalid_key')
      }
    }
  })

  test('DER in every wrapping, and r and s of other lengths', async () => {
    const [header, payload, signature] = parts(plain.raw)
    const real = Buffer.from(signature, 'base64url')
    const integer = (bytes: Buffer) => Buffer.concat([Buffer.from([2, bytes.length + 1, 0]), bytes])
    const both = [real.subarray(0, 32), real.subarray(32)].map(integer)
    const inner = Buffer.concat(both)
    const forms = [
      Buffer.concat([Buffer.from([0x30, inner.length]), inner]),
      Buffer.concat([Buffer.from([0x30, 0x81, inner.length]), inner]),
      Buffer.concat([Buffer.from([0x30, 0x80]), inner, Buffer.alloc(2)]),
      Buffer.concat([Buffer.alloc(1), real]),
      Buffer.concat([real, Buffer.alloc(1)]),
      Buffer.concat([Buffer.alloc(16), real.subarray(0, 32), Buffer.alloc(16), real.subarray(32)]),
      ...[1, 31, 32, 33, 63, 65, 96, 128].map((length) => Buffer.concat([real, real]).subarray(0, length)),
    ]
    for (const form of forms) {
      expect(await expectRefused(`${header}.${payload}.${form.toString('base64url')}`)).toBe('invalid_key')
    }
  })

  // ECDSA allows it: whoever saw a token can write a second signature for the same words, and for no others.
  test('the twin of a signature (r, n - s) says the same and nothing else, under another digest', async () => {
    const { kid, publicJwk, privateJwk } = await generateKey('sig')
    const now = new Date('2026-11-22T09:00:00.000Z')
    const [issuer, audience] = ['https://portal.example', audienceOf('org_twin')]
    const type = 'https://schemas.openid.net/secevent/ssf/event-type/verification' as const
    const { raw } = await issueToken({ iss: issuer, aud: audience, type, body: {}, now }, { kid, privateJwk })
    const [header, payload, signature] = parts(raw)
    const real = Buffer.from(signature, 'base64url')
    const s = BigInt(`0x${real.subarray(32).toString('hex')}`)
    const twin = Buffer.concat([real.subarray(0, 32), hex(order - s)]).toString('base64url')
    const check = (token: string) => verifyToken(token, { key: async () => publicJwk, issuer, audience, now })
    const [one, other] = [await check(raw), await check(`${header}.${payload}.${twin}`)]
    if (!one.accepted || !other.accepted) throw new Error('both verify')
    expect(other.token.claims).toEqual(one.token.claims)
    expect(other.token.setSha256).not.toBe(one.token.setSha256)
  })

  test('another curve, another hash, another algorithm under the same kid', async () => {
    const [header, payload] = parts(plain.raw)
    for (const namedCurve of ['secp256k1', 'P-384', 'P-521', 'P-256']) {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve })
      for (const hash of ['sha1', 'sha256', 'sha384', 'sha512']) {
        const made = sign(hash, Buffer.from(`${header}.${payload}`), { key: privateKey, dsaEncoding: 'ieee-p1363' })
        expect(await expectRefused(`${header}.${payload}.${made.toString('base64url')}`)).toBe('invalid_key')
      }
    }
  })
})

describe('headers', () => {
  const names = fc.constantFrom(
    'alg',
    'typ',
    'kid',
    'jwk',
    'jku',
    'x5c',
    'x5u',
    'crit',
    'b64',
    'zip',
    'cty',
    '__proto__',
  )
  const algorithms = fc.constantFrom(
    'none',
    'None',
    'NONE',
    'nOnE',
    'HS256',
    'HS512',
    'RS256',
    'PS256',
    'ES384',
    'ES512',
  )
  const value = fc.oneof(fc.jsonValue(), algorithms, fc.constantFrom('ES256', 'secevent+jwt', ['b64'], { kty: 'EC' }))

  test('any member changed, added or left out', async () => {
    const right = headerOf(plain.raw)
    await fc.assert(
      fc.asyncProperty(names, fc.option(value, { nil: undefined }), async (name, next) => {
        const header = { ...right, [name]: next }
        if (JSON.stringify(header) === JSON.stringify(right)) return
        const [, payload, signature] = parts(plain.raw)
        await expectRefused(`${segment(header)}.${payload}.${signature}`)
        await expectRefused(`${segment(header)}.${payload}.`)
        // The public key as an HMAC secret, in the forms in which it is published.
        const mac = createHash('sha256')
          .update(`${segment(header)}.${payload}${right.kid}`)
          .digest('base64url')
        await expectRefused(`${segment(header)}.${payload}.${mac}`)
      }),
      { seed, numRuns: 150 },
    )
  })

  test('a member twice, in either order and however it is spelled', async () => {
    const right = JSON.stringify(headerOf(plain.raw)).slice(1, -1)
    const [, payload, signature] = parts(plain.raw)
    for (const again of ['"alg":"none"', '"alg":"ES256"', '"\\u0061lg":"none"', '"kid":"x"', '"typ":"JWT"', '"":0']) {
      for (const text of [`{${again},${right}}`, `{${right},${again}}`]) {
        expect(await expectRefused(`${segment(text)}.${payload}.${signature}`)).toBe('invalid_request')
      }
    }
  })
})

describe('structure', () => {
  const character = fc.constantFrom(...'AZaz09-_.=+/ \n\0\ufeff\u200b\u0430é{}[]",:\\')
  const anything = fc.oneof(
    fc.string({ maxLength: 400 }),
    fc.string({ unit: character, maxLength: 400 }),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.json({ maxDepth: 8 }),
    fc.array(fc.base64String({ maxLength: 80 }), { maxLength: 8 }).map((all) => all.join('.')),
    fc.array(fc.jsonValue().map(segment), { minLength: 1, maxLength: 6 }).map((all) => all.join('.')),
  )
  const mediaType = fc.constantFrom(
    'application/secevent+jwt',
    'application/json',
    'APPLICATION/JSON ; x=1',
    'text/plain',
    '',
  )

  test('anything at all, in either form, to either receiver', async () => {
    await fc.assert(
      fc.asyncProperty(anything, mediaType, fc.boolean(), async (body, type, toSealed) => {
        await expectRefused(body, toSealed ? sealed : plain, type)
        await expectRefused(JSON.stringify({ sets: { evt: body } }), toSealed ? sealed : plain, 'application/json')
      }),
      { seed, numRuns: 400 },
    )
  })

  test('base64url in another spelling: padded, cut, in the other alphabet, with stray bits, with what looks alike', async () => {
    const spellings: ((part: string) => string)[] = [
      (part) => `${part}=`,
      (part) => `${part}==`,
      (part) => ` ${part}`,
      (part) => `${part}\n`,
      (part) => `${part.slice(0, 20)}\r\n${part.slice(20)}`,
      (part) => `${part}A`,
      (part) => part.replace('e', '\u0435'),
      (part) => part.replace(/[-_]/, (one) => (one === '-' ? '+' : '/')),
      (part) => encodeURIComponent(`${part}/`),
      (part) => Buffer.from(part, 'base64url').toString('base64'),
    ]
    for (const which of [0, 1, 2]) {
      for (const spelled of spellings) {
        const token = parts(plain.raw)
        const [before] = [token[which] as string]
        token[which] = spelled(before)
        if (token[which] !== before) await expectRefused(token.join('.'))
      }
    }
  })

  test('the largest bodies there may be are refused as well, whatever makes them costly', async () => {
    const fill = (one: string, length = maxBodyBytes - 200) => one.repeat(Math.floor(length / one.length))
    const [, payload, signature] = parts(plain.raw)
    const wide = `{${Array.from({ length: 15_000 }, (_, at) => `"${at}":1`).join(',')}}`
    const tokens = [
      fill('.'),
      fill('A'),
      fill('A.A.'),
      fill('é'),
      `${segment(fill('[', 180_000))}.${payload}.${signature}`,
      `${segment(fill('{"a":', 180_000))}.${payload}.${signature}`,
      `${segment(`{"alg":"${fill('\\u0000', 180_000)}"}`)}.${payload}.${signature}`,
      `${segment(`{"alg":1${fill('0', 180_000)}}`)}.${payload}.${signature}`,
      `${segment(wide)}.${payload}.${signature}`,
      `${parts(plain.raw)[0]}.${randomBytes(180_000).toString('base64url')}.${signature}`,
    ]
    for (const token of tokens) await expectRefused(token)
    for (const token of tokens)
      await expectRefused(`{"sets":{"evt":${JSON.stringify(token.slice(0, 200_000))}}}`, plain, 'application/json')
    for (const text of [
      fill('['),
      fill('{"sets":'),
      `{"sets":${wide}}`,
      fill('"'),
      `{"sets":1${fill('0')}}`,
      fill('\\"'),
    ]) {
      await expectRefused(text, plain, 'application/json')
    }
    await expectRefused(fill('A', maxBodyBytes * 2))
  })
})

describe('payloads that were really signed', () => {
  /** By the portal's own key: so what refuses them is the rule about payloads. */
  const signed = async (payload: string) => {
    const keys = await import('../../sdk/vectors/keys.json', { with: { type: 'json' } })
    const { kid, ...jwk } = keys.default.keys.portal
    const header = segment({ alg: 'ES256', kid, typ: 'secevent+jwt' })
    const key = { key: { ...jwk }, format: 'jwk', dsaEncoding: 'ieee-p1363' } as const
    const made = sign('sha256', Buffer.from(`${header}.${segment(payload)}`), key)
    return `${header}.${segment(payload)}.${made.toString('base64url')}`
  }
  const right = () => Buffer.from(parts(plain.raw)[1], 'base64url').toString()

  test('the way of signing is the portal’s: the same payload signed again is accepted', async () => {
    const body = Buffer.from(await signed(right()))
    expect(await door.push(plain, { mediaType: plain.mediaType, body })).toMatchObject({ code: 202 })
  })

  test('numbers that lose digits, members twice at any depth, half surrogates, depth, white space that is none', async () => {
    const text = right()
    const variants = [
      text.replace(/"iat":\d+/, '"iat":99999999999999999999'),
      text.replace(/"iat":\d+/, '"iat":-1'),
      text.replace(/"iat":\d+/, '"iat":1e400'),
      text.replace(/"iat":(\d+)/, '"iat":$1.0'),
      text.replace(/"iat":(\d+)/, '"iat":0$1'),
      text.replace('"seq":1', '"seq":9007199254740993'),
      text.replace('"seq":1', '"seq":1e999'),
      text.replace('"seq":1', '"seq":1,"seq":1'),
      text.replace('"port":443', '"port":443,"port":80'),
      text.replace('"regime":"ntd_code"', '"regime":"ntd_code","regim\\u0065":"test"'),
      text.replace('"regime":"ntd_code"', '"regime":"ntd_code","__proto__":{}'),
      text.replace('MK-2026', 'MK\\ud800'),
      text.replace('MK-2026', 'MK\\u0000'),
      text.replace('"v":1', `"v":1,"x":${'['.repeat(40)}${']'.repeat(40)}`),
      `\ufeff${text}`,
      `${text}\u00a0`,
      `${text}{}`,
      `[${text}]`,
      text.slice(0, -1),
      text.replace('"v":1', '"v":1,'),
      text.replace('"v":1', "'v':1"),
      text.replace('"v":1', '"v":NaN'),
      text.replace('"v":1', '"v":1/**/'),
    ]
    for (const variant of variants) {
      expect(variant).not.toBe(text)
      expect([variant, await expectRefused(await signed(variant))]).toEqual([variant, 'invalid_request'])
    }
  })
})

describe('envelopes', () => {
  test('points that are none of the curve, and a curve that is another', async () => {
    const [head, ...rest] = sealed.body.toString().split('.') as [string, ...string[]]
    const header = JSON.parse(Buffer.from(head, 'base64url').toString())
    const coordinate = fc.oneof(
      fc.constantFrom(0n, 1n, 5n, prime - 1n, prime, prime + 1n, order, 2n ** 256n - 1n).map(hex),
      fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes)),
      fc.uint8Array({ maxLength: 70 }).map((bytes) => Buffer.from(bytes)),
    )
    const curve = fc.constantFrom('P-256', 'P-256', 'P-256', 'P-384', 'P-521', 'secp256k1', 'X25519', 'p-256', '')
    await fc.assert(
      fc.asyncProperty(coordinate, coordinate, curve, fc.boolean(), async (x, y, crv, keepsX) => {
        const point = { x: keepsX ? header.epk.x : x.toString('base64url'), y: y.toString('base64url') }
        const epk = { kty: 'EC', crv, ...point }
        await expectRefused([segment({ ...header, epk }), ...rest].join('.'), sealed)
      }),
      { seed, numRuns: 200 },
    )
  })

  test('a token that nobody signed, sealed as it should be', async () => {
    const keys = await import('../../sdk/vectors/keys.json', { with: { type: 'json' } })
    const { d: _, ...publicJwk } = keys.default.keys.receiver_sealing
    const [header, payload] = parts(sealed.raw)
    const made = randomBytes(64).toString('base64url')
    const envelope = await seal(`${header}.${payload}.${made}`, { kid: publicJwk.kid, publicJwk })
    expect(await expectRefused(envelope, sealed)).toBe('invalid_key')
  })
})

test('random changes to accepted tokens and envelopes: none accepted, nothing thrown, none slow', async () => {
  const { accepted, problems, worst } = await playMutations(10_000, seed, () => {})
  expect({ accepted, problems }).toEqual({ accepted: [], problems: [] })
  // A bound on what grows without one, not a measurement.
  expect(worst.cpuMs).toBeLessThan(5_000)
})
