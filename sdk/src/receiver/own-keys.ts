import { generateKey, thumbprint } from '../protocol.ts'
import { Refusal } from '../refusals.ts'

/** A key of one's own: the private part as a JWK, the public one as it is registered. */
export interface KeyPair {
  /** The RFC 7638 thumbprint. */
  readonly kid: string
  readonly publicJwk: JsonWebKey
  readonly privateJwk: JsonWebKey
}

/** Newest first in both lists. The first signing key signs; every sealing key opens, so that an old one can linger. */
export interface OwnKeys {
  readonly signing: readonly KeyPair[]
  /** Empty: notices come as plain tokens over TLS, and no envelope is accepted. */
  readonly sealing: readonly KeyPair[]
}

/** Fresh keys: one that signs reports, one for which notices are sealed. Keep them: who has them speaks in your name. */
export async function generateKeys(): Promise<OwnKeys> {
  return { signing: [await generateKey('sig')], sealing: [await generateKey('enc')] }
}

/** New keys before the old ones. Register the new public parts; drop the old ones when nothing sealed for them can come any more. */
export async function rotateKeys(keys: OwnKeys): Promise<OwnKeys> {
  const fresh = await generateKeys()
  return { signing: [...fresh.signing, ...keys.signing], sealing: [...fresh.sealing, ...keys.sealing] }
}

export async function checkKeys(keys: OwnKeys): Promise<OwnKeys> {
  const { signing, sealing } = keys ?? {}
  const pairs =
    Array.isArray(signing) && Array.isArray(sealing) && signing.length > 0 ? [...signing, ...sealing] : [null]
  for (const pair of pairs as (Partial<KeyPair> | null)[]) {
    const { kty, crv, x, y, d } = pair?.privateJwk ?? {}
    const complete = kty === 'EC' && crv === 'P-256' && x && y && d && pair?.publicJwk?.x === x
    if (!complete || (await thumbprint({ kty, crv, x, y })) !== pair?.kid) {
      throw new Refusal('keys_invalid', 'keys holds pairs of generateKeys(), at least one that signs.')
    }
  }
  return keys
}
