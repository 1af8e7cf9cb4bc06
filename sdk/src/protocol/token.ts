import { createHash } from 'node:crypto'
import { CompactEncrypt, CompactSign, type CryptoKey, compactDecrypt } from 'jose'
import { readClaims, type SetClaims } from './claims.ts'
import { checkEnvelopeHeader } from './envelope.ts'
import { readBase64url, readJsonBytes } from './grammar.ts'
import { usableKey } from './keys.ts'
import { refuse, type TokenRefusal } from './refusal.ts'

/** Bodies on the wire, counted in bytes, on both sides. */
export const maxBodyBytes = 262_144
/** A token is accepted up to this age. */
export const maxTokenAgeSeconds = 45 * 24 * 60 * 60
/** How far ahead the sender's clock may be. */
export const clockToleranceSeconds = 600

/** The header of a token: exactly these members. */
export interface TokenHeader {
  alg: 'ES256'
  kid: string
  typ: 'secevent+jwt'
}

/** A token whose signature, issuer, audience and age were checked. Its event was not read yet: see `readMessage`. */
export interface VerifiedToken {
  /** Exactly what arrived. These bytes are the evidence: keep them, never re-encode them. */
  raw: string
  header: TokenHeader
  claims: SetClaims
  event: { type: string; body: unknown }
  /** base64url of the SHA-256 of `raw`. */
  setSha256: string
}

/** What a token is held against: our own configuration, never what it says about itself. */
export interface TokenExpectation {
  /** The key by its thumbprint, or null. An error thrown here is thrown on: it says nothing about the token. */
  key(kid: string): Promise<JsonWebKey | null>
  /** The one issuer, or whom a key speaks for. */
  issuer: string | ((kid: string) => Promise<string | null>)
  audience: string
  now: Date
  /** Given when the body named the token (`{"sets":{"<jti>":…}}`): the token must say the same. */
  jti?: string | undefined
  /** 45 days. */
  maxAgeSeconds?: number
  /** 600 seconds. */
  toleranceSeconds?: number
}

/** The event with which an endpoint is tried. */
export type Verification = { accepted: true; token: VerifiedToken } | { accepted: false; refusal: TokenRefusal }

/** Signs once, with ES256. What comes back is what every attempt sends, what the poll offers and what is archived. */
export async function signToken(claims: SetClaims, key: { kid: string; privateJwk: JsonWebKey }): Promise<string> {
  const usable = await usableKey(key.privateJwk, 'sig', 'private')
  if (!usable) throw new TypeError('The signing key is not a private JWK on P-256.')
  if (usable.kid !== key.kid) throw new TypeError('The kid of the signing key is not its thumbprint.')
  const payload = Buffer.from(JSON.stringify(claims))
  const checked = readClaims(JSON.parse(payload.toString()) as Record<string, unknown>)
  if (!checked.ok) throw new TypeError(`These claims would be refused: ${checked.refusal.description}`)
  return new CompactSign(payload)
    .setProtectedHeader({ alg: 'ES256', kid: key.kid, typ: 'secevent+jwt' })
    .sign(usable.key)
}

/** Checks what arrived, before anything in it is believed. Nothing a sender can write makes this throw. */
export async function verifyToken(raw: string, expect: TokenExpectation): Promise<Verification> {
  const header = readTokenHeader(raw)
  if (!header.ok) return { accepted: false, refusal: header.refusal }
  const { kid } = header.header
  const jwk = await expect.key(kid)
  if (!jwk) return rejected('key_unknown')
  const usable = await usableKey(jwk, 'sig', 'public')
  if (usable?.kid !== kid) return rejected('key_unusable')
  if (!(await isSigned(raw, header.signature, usable.key))) return rejected('signature_invalid')
  const payload = readJsonBytes(header.payload)
  if (!payload) return rejected('payload_malformed')
  const issuer = typeof expect.issuer === 'string' ? expect.issuer : await expect.issuer(kid)
  const read = readClaims(payload, {
    issuer,
    audience: expect.audience,
    jti: expect.jti,
    now: Math.floor(expect.now.getTime() / 1000),
    maxAge: expect.maxAgeSeconds ?? maxTokenAgeSeconds,
    tolerance: expect.toleranceSeconds ?? clockToleranceSeconds,
  })
  if (!read.ok) return { accepted: false, refusal: read.refusal }
  const token = { raw, header: header.header, claims: read.claims, event: read.event, setSha256: setDigest(raw) }
  return { accepted: true, token }
}

/** `set_sha256`: base64url of the SHA-256 of the token's ASCII bytes. */
export function setDigest(raw: string): string {
  return createHash('sha256').update(raw, 'ascii').digest('base64url')
}

/** Puts a token into an envelope for one receiver: a compact JWE, made afresh for every attempt, never evidence. */
export async function seal(raw: string, key: { kid: string; publicJwk: JsonWebKey }): Promise<string> {
  const usable = await usableKey(key.publicJwk, 'enc', 'public')
  if (!usable) throw new TypeError('The sealing key is not a public JWK on P-256.')
  if (usable.kid !== key.kid) throw new TypeError('The kid of the sealing key is not its thumbprint.')
  if (raw.split('.').length !== 3) throw new TypeError('Only a token is sealed.')
  return new CompactEncrypt(Buffer.from(raw, 'ascii'))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: key.kid, cty: 'JWT' })
    .encrypt(usable.key)
}

/** The token out of its envelope, or why it was refused. */
export type Unsealed = { opened: true; raw: string } | { opened: false; refusal: TokenRefusal }

/** Opens an envelope. What is inside is not verified yet. */
export async function unseal(body: string, key: { kid: string; privateJwk: JsonWebKey }): Promise<Unsealed> {
  const checked = checkEnvelopeHeader(body)
  if (!checked.ok) return { opened: false, refusal: checked.refusal }
  if (checked.kid !== key.kid) return { opened: false, refusal: refuse('envelope_kid_unknown') }
  const usable = await usableKey(key.privateJwk, 'enc', 'private')
  if (usable?.kid !== key.kid) return { opened: false, refusal: refuse('envelope_not_opened') }
  try {
    const { plaintext } = await compactDecrypt(body, usable.key, {
      keyManagementAlgorithms: ['ECDH-ES'],
      contentEncryptionAlgorithms: ['A256GCM'],
      maxDecompressedLength: 0,
    })
    const raw = Buffer.from(plaintext).toString('latin1')
    if (isEnvelope(raw)) return { opened: false, refusal: refuse('nested') }
    return { opened: true, raw }
  } catch {
    return { opened: false, refusal: refuse('envelope_not_opened') }
  }
}

/** Whether a body has the five segments of an envelope. Says nothing about what is in them. */
export function isEnvelope(body: string): boolean {
  return body.split('.', 6).length === 5
}

/** The public keys under which a receiver is known. */
export interface ReceiverKeys {
  /** The sealing keys registered for this receiver, newest first; two while one replaces the other, none for plain. */
  sealingKeys: readonly { kid: string; privateJwk: JsonWebKey }[]
}

/**
 * A pushed or polled body → the token in it. Where a sealing key is registered a plain token is refused, since whoever
 * strips the envelope must not be able to make us take what relays could have read.
 */
export async function openBody(body: string, keys: ReceiverKeys): Promise<Unsealed> {
  if (Buffer.byteLength(body) > maxBodyBytes) return { opened: false, refusal: refuse('too_large') }
  if (!isEnvelope(body)) {
    return keys.sealingKeys.length > 0 ? { opened: false, refusal: refuse('not_sealed') } : { opened: true, raw: body }
  }
  const checked = checkEnvelopeHeader(body)
  if (!checked.ok) return { opened: false, refusal: checked.refusal }
  const key = keys.sealingKeys.find((candidate) => candidate.kid === checked.kid)
  return key ? unseal(body, key) : { opened: false, refusal: refuse('envelope_kid_unknown') }
}

function rejected(code: Parameters<typeof refuse>[0]): Verification {
  return { accepted: false, refusal: refuse(code) }
}

// What jose's compactVerify calls in the end. It would read header and payload again before that, less strictly.
function isSigned(raw: string, signature: Buffer, key: CryptoKey): Promise<boolean> {
  const signed = Buffer.from(raw.slice(0, raw.lastIndexOf('.')), 'ascii')
  return crypto.subtle
    .verify({ name: 'ECDSA', hash: 'SHA-256' }, key, new Uint8Array(signature), signed)
    .catch(() => false)
}

type HeaderReading =
  | { ok: true; header: TokenHeader; payload: Buffer; signature: Buffer }
  | { ok: false; refusal: TokenRefusal }

function readTokenHeader(raw: string): HeaderReading {
  const no = (code: Parameters<typeof refuse>[0]): HeaderReading => ({ ok: false, refusal: refuse(code) })
  if (raw.length > maxBodyBytes) return no('too_large')
  const [head, payload, signature, more] = raw.split('.', 4).map(readBase64url)
  if (!head?.length || !payload?.length || !signature?.length || more !== undefined) return no('not_a_token')
  const header = readJsonBytes(head)
  if (!header) return no('header_malformed')
  if (header['alg'] !== 'ES256') return no('alg_not_allowed')
  if (header['typ'] !== 'secevent+jwt') return no('typ_wrong')
  const { kid } = header
  if (typeof kid !== 'string' || readBase64url(kid)?.length !== 32) return no('kid_malformed')
  if (Object.keys(header).length !== 3) return no('header_not_allowed')
  return { ok: true, header: { alg: 'ES256', kid, typ: 'secevent+jwt' }, payload, signature }
}
