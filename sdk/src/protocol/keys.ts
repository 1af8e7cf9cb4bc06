import { createHash, createPublicKey } from 'node:crypto'
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose'
import { isObject, readBase64url } from './grammar.ts'

/** `sig`: signs and verifies tokens with ES256. `enc`: seals and opens envelopes with ECDH-ES. Both on P-256. */
export type KeyUse = 'sig' | 'enc'

const algorithms = { sig: 'ES256', enc: 'ECDH-ES' } as const

/** A key as it is published: the JWK with its `kid`. */
export type PublishedJwk = JsonWebKey & { kid: string }

/** A fresh key on P-256. `kid` is its RFC 7638 thumbprint. */
export async function generateKey(
  use: KeyUse,
): Promise<{ kid: string; publicJwk: PublishedJwk; privateJwk: PublishedJwk }> {
  const pair = await generateKeyPair(algorithms[use], { crv: 'P-256', extractable: true })
  const { x, y, d } = await exportJWK(pair.privateKey)
  const point = { kty: 'EC', crv: 'P-256', x, y } as { kty: 'EC'; crv: 'P-256'; x: string; y: string }
  const kid = await calculateJwkThumbprint(point, 'sha256')
  const publicJwk = { ...point, kid, use, alg: algorithms[use] }
  return { kid, publicJwk, privateJwk: { ...publicJwk, d: d as string } }
}

/** RFC 7638, SHA-256: 43 base64url characters. Only `kty`, `crv`, `x` and `y` count; a `kid` member is ignored. */
export function thumbprint(jwk: JsonWebKey): Promise<string> {
  const { kty, crv, x, y } = jwk
  return calculateJwkThumbprint({ kty, crv, x, y } as Parameters<typeof calculateJwkThumbprint>[0], 'sha256')
}

/** What is wrong with a JWK, in words. */
const details = (use: KeyUse) => ({
  not_a_jwk: 'A key is a JSON object (RFC 7517).',
  private_member: 'This is a private key. Send its public part, and replace it.',
  not_p256: 'A key has kty EC, crv P-256 and two coordinates of 32 bytes.',
  use_wrong: `The use of this key has to be ${use}, or absent.`,
  alg_wrong: `The alg of this key has to be ${algorithms[use]}, or absent.`,
  not_on_curve: 'The coordinates are no point on P-256.',
})

type JwkProblem = keyof ReturnType<typeof details>

/** Whether a JWK is a public key that is taken here. */
export type PublicJwkCheck = { ok: true; jwk: JsonWebKey } | { ok: false; code: JwkProblem; detail: string }

/**
 * Whether somebody else's JWK may be taken: a public point on P-256 for this use. What comes back holds `kty`, `crv`,
 * `x`, `y`, `use` and `alg` only; a `kid` is dropped, since thumbprints are computed and never believed.
 */
export function checkPublicJwk(jwk: unknown, use: KeyUse): PublicJwkCheck {
  const read = readPublicJwk(jwk, use)
  return typeof read === 'string' ? { ok: false, code: read, detail: details(use)[read] } : { ok: true, jwk: read }
}

/** The same for whoever needs no words: what may be taken of the JWK, or what is wrong with it. */
export function readPublicJwk(jwk: unknown, use: KeyUse): JsonWebKey | JwkProblem {
  if (!isObject(jwk)) return 'not_a_jwk'
  if (['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].some((member) => member in jwk)) return 'private_member'
  const { x, y } = jwk
  if (jwk['kty'] !== 'EC' || jwk['crv'] !== 'P-256' || !isCoordinate(x) || !isCoordinate(y)) return 'not_p256'
  if (jwk['use'] !== undefined && jwk['use'] !== use) return 'use_wrong'
  if (jwk['alg'] !== undefined && jwk['alg'] !== algorithms[use]) return 'alg_wrong'
  const clean = { kty: 'EC', crv: 'P-256', x, y }
  try {
    createPublicKey({ key: clean, format: 'jwk' })
  } catch {
    return 'not_on_curve'
  }
  return { ...clean, use, alg: algorithms[use] }
}

export function isCoordinate(value: unknown): value is string {
  return typeof value === 'string' && readBase64url(value)?.length === 32
}

/** A key ready for use, with the thumbprint it really has. */
export interface UsableKey {
  key: CryptoKey
  kid: string
}

const known = new Map<string, Promise<UsableKey | null>>()
const mostKnown = 512

/** Imports once what is used often. Null when the JWK is no such key. */
export function usableKey(jwk: JsonWebKey, use: KeyUse, part: 'public' | 'private'): Promise<UsableKey | null> {
  const { x, y, d } = jwk
  if (!isObject(jwk) || jwk.kty !== 'EC' || jwk.crv !== 'P-256' || !isCoordinate(x) || !isCoordinate(y))
    return Promise.resolve(null)
  if (part === 'private' && !isCoordinate(d)) return Promise.resolve(null)
  const clean = { kty: 'EC', crv: 'P-256', x, y, ...(part === 'private' ? { d: d as string } : {}) }
  const id = createHash('sha256')
    .update(`${use}.${x}.${y}.${clean.d ?? ''}`)
    .digest('base64url')
  const found = known.get(id)
  if (found) return found
  const made = importKey(clean, use)
  if (known.size >= mostKnown) known.delete(known.keys().next().value as string)
  known.set(id, made)
  return made
}

async function importKey(jwk: JsonWebKey, use: KeyUse): Promise<UsableKey | null> {
  try {
    const key = await importJWK(jwk as Parameters<typeof importJWK>[0], algorithms[use])
    return { key: key as CryptoKey, kid: await thumbprint(jwk) }
  } catch {
    return null
  }
}
