/**
 * Makes tokens and envelopes by hand, right and wrong ones, with node:crypto alone: what checks the wire must not share
 * its code.
 */
import {
  createCipheriv,
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  sign,
} from 'node:crypto'

export interface TestKey {
  kid: string
  kty: string
  crv: string
  x: string
  y: string
  d: string
}

export const base64url = (value: string | Uint8Array) => Buffer.from(value).toString('base64url')

export function makeKey(): TestKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { kty, crv, x, y, d } = privateKey.export({ format: 'jwk' }) as Record<string, string>
  const canonical = JSON.stringify({ crv, kty, x, y })
  return { kid: createHash('sha256').update(canonical).digest('base64url'), kty, crv, x, y, d } as TestKey
}

/** As a portal publishes it, or a provider registers it. */
export function publicPart(key: TestKey, use: 'sig' | 'enc') {
  const { kid, kty, crv, x, y } = key
  return { kid, kty, crv, x, y, use, alg: use === 'sig' ? 'ES256' : 'ECDH-ES' }
}

/** A header given as a string is taken as it is; so is a payload. */
export interface Forgery {
  header?: object | string
  payload: object | string
  key: TestKey
  /** Anything but ES256 with `key`. */
  signature?: (input: string) => Uint8Array
}

export function forge({ header, payload, key, signature }: Forgery): string {
  const text = (value: object | string) => (typeof value === 'string' ? value : JSON.stringify(value))
  const head = base64url(text(header ?? tokenHeader(key)))
  const input = `${head}.${base64url(text(payload))}`
  return `${input}.${base64url((signature ?? es256(key))(input))}`
}

export function tokenHeader(key: TestKey) {
  return { alg: 'ES256', kid: key.kid, typ: 'secevent+jwt' }
}

export const es256 = (key: TestKey) => (input: string) =>
  sign('sha256', Buffer.from(input), { key: privateKeyOf(key), dsaEncoding: 'ieee-p1363' })

export const derEncoded = (key: TestKey) => (input: string) => sign('sha256', Buffer.from(input), privateKeyOf(key))

export const hs256 = (secret: string) => (input: string) => createHmac('sha256', secret).update(input).digest()

export function rs256() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return (input: string) => sign('sha256', Buffer.from(input), privateKey)
}

export function ed25519() {
  const { privateKey } = generateKeyPairSync('ed25519')
  return (input: string) => sign(null, Buffer.from(input), privateKey)
}

function privateKeyOf({ kty, crv, x, y, d }: TestKey) {
  return createPrivateKey({ key: { kty, crv, x, y, d }, format: 'jwk' })
}

export interface EnvelopeForgery {
  content: string
  to: TestKey
  /** Put over the right header; a member that is undefined is left out. */
  header?: Record<string, unknown>
  enc?: 'A256GCM' | 'A128GCM'
}

/** ECDH-ES, direct, on P-256 (RFC 7518, 4.6). */
export function envelope({ content, to, header: changes = {}, enc = 'A256GCM' }: EnvelopeForgery): string {
  const ephemeral = createECDH('prime256v1')
  const point = ephemeral.generateKeys()
  const shared = ephemeral.computeSecret(
    Buffer.concat([Buffer.from([4]), Buffer.from(to.x, 'base64url'), Buffer.from(to.y, 'base64url')]),
  )
  const epk = { kty: 'EC', crv: 'P-256', x: base64url(point.subarray(1, 33)), y: base64url(point.subarray(33)) }
  const header: Record<string, unknown> = { alg: 'ECDH-ES', enc, kid: to.kid, cty: 'JWT', epk, ...changes }
  const bits = enc === 'A256GCM' ? 256 : 128
  const info = [header['apu'], header['apv']].map((part) =>
    Buffer.from(typeof part === 'string' ? part : '', 'base64url'),
  )
  const key = createHash('sha256')
    .update(Buffer.concat([uint32(1), shared, sized(Buffer.from(enc)), ...info.map(sized), uint32(bits)]))
    .digest()
    .subarray(0, bits / 8)
  const head = base64url(JSON.stringify(header))
  const iv = randomBytes(12)
  const cipher = createCipheriv(enc === 'A256GCM' ? 'aes-256-gcm' : 'aes-128-gcm', key, iv)
  cipher.setAAD(Buffer.from(head, 'ascii'))
  const sealed = Buffer.concat([cipher.update(content), cipher.final()])
  return [head, '', base64url(iv), base64url(sealed), base64url(cipher.getAuthTag())].join('.')
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function sized(bytes: Buffer): Buffer {
  return Buffer.concat([uint32(bytes.length), bytes])
}

/** The same segment with one bit changed that decodes to the same bytes in a forgiving decoder. */
export function withStrayBits(segment: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return segment.slice(0, -1) + alphabet[alphabet.indexOf(segment.at(-1) as string) ^ 1]
}

/** Another byte in one segment, still canonical base64url. */
export function altered(text: string, segment: number, byte: number): string {
  const parts = text.split('.')
  const bytes = Buffer.from(parts[segment] as string, 'base64url')
  bytes[byte] = (bytes[byte] as number) ^ 1
  parts[segment] = base64url(bytes)
  return parts.join('.')
}
