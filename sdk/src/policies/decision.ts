import { createHash } from 'node:crypto'
import { claimsOf, type EventType, type NoticeItem, newJti, signToken, verifyToken } from '../protocol.ts'
import type { Outcome } from '../receiver/outcomes.ts'
import type { KeyPair } from '../receiver/own-keys.ts'

/** Never leaves the house, so it is no message of the wire. */
const type = 'urn:noticeline:event:decision.made'

/** Who decided what, as it is signed. It names items by id and their notice by the digest of its token; no address. */
export interface DecisionMade {
  readonly v: 1
  readonly notice: string
  readonly seq: number
  /** Of the token that the person had before them. */
  readonly set_sha256: string
  readonly by: string
  readonly at: string
  readonly approved: readonly string[]
  readonly answered: readonly { readonly item: string; readonly outcome: string; readonly reason?: string }[]
  readonly reason?: string
}

/** A decision, signed with the company's own key: a token like those of the wire, from that key to that key. */
export interface SignedDecision extends DecisionMade {
  readonly id: string
  readonly raw: string
}

export async function signDecision(decision: DecisionMade, key: KeyPair): Promise<SignedDecision> {
  const speaker = speakerOf(key.kid)
  const jti = newJti()
  const claims = claimsOf({
    iss: speaker,
    aud: speaker,
    type: type as EventType,
    body: decision,
    now: new Date(decision.at),
    jti,
    notice: decision.notice,
  })
  return { ...decision, id: jti, raw: await signToken(claims, key) }
}

/**
 * What a signed decision says, where `key` (your public signing key, a retired one too) signed exactly this; null
 * otherwise. Anybody with that key can check it, with any library for JWS.
 */
export async function verifyDecision(
  raw: string,
  key: { kid: string; publicJwk: JsonWebKey },
): Promise<DecisionMade | null> {
  const verified = await verifyToken(raw, {
    key: async (kid) => (kid === key.kid ? key.publicJwk : null),
    issuer: speakerOf(key.kid),
    audience: speakerOf(key.kid),
    now: new Date(8_640_000_000_000_000),
    maxAgeSeconds: Number.POSITIVE_INFINITY, // evidence does not go off
  })
  if (!verified.accepted || verified.token.event.type !== type) return null
  return verified.token.event.body as DecisionMade
}

/** RFC 9278: the key itself is who speaks. A company has one before any portal gave it a name. */
function speakerOf(kid: string): string {
  return `urn:ietf:params:oauth:jwk-thumbprint:sha-256:${kid}`
}

/** What the decision was about. Another address, scope or hash is another thing to decide on. */
export function digestOf({ url, ip, port, scope, hashes }: NoticeItem): string {
  return createHash('sha256')
    .update(JSON.stringify([url, ip, port, scope, hashes]))
    .digest('base64url')
}

/** Whether a person who says this says the same as before. */
export function sameAnswer(one: Outcome | null, other: Outcome | null): boolean {
  return one?.outcome === other?.outcome && one?.reason === other?.reason
}
