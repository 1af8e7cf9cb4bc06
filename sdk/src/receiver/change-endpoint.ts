import { signEndpointChange } from '../protocol/endpoint-change.ts'
import { Refusal } from '../refusals.ts'
import { checkKeys, type OwnKeys } from './own-keys.ts'
import { call, checkIssuer, type Fetch, objectOf } from './portal.ts'

/** What may change about an endpoint; what is left out stays. */
export interface EndpointChange {
  /** Where the portal will push to from now on; null to poll only. */
  readonly url?: string | null
  readonly description?: string
  /** All public keys reports are signed with: what is not among them is let go, and counts for 60 more days. */
  readonly signing_keys?: readonly JsonWebKey[]
  readonly jwks_uri?: string
  /** The public key for envelopes; null for plain tokens over TLS. */
  readonly sealing_key?: JsonWebKey | null
  /** Ids of the networks it serves; empty: all that no other endpoint serves. */
  readonly networks?: readonly string[]
  /** How many requests at once, 1 to 32; null: two, or as many as your `WebHook-Allowed-Rate` needs. */
  readonly in_flight?: number | null
}

/** What a change of an endpoint wants to know. */
export interface EndpointChangeOptions {
  /** The portal's origin. */
  readonly issuer: string
  /** A bearer token with the scope `endpoints:write`. Alone it changes no address, key or network: the keys prove that. */
  readonly token: string
  /** The endpoint's id, and the audience that registering it answered. */
  readonly endpoint: string
  readonly audience: string
  /** The keys the portal knows today. After a rotation: those of before it. */
  readonly keys: OwnKeys
  /** What is left out stays. */
  readonly change: EndpointChange
  readonly fetch?: Fetch
}

/**
 * Changes an endpoint and proves by its present signing key that the change is its owner's, as the portal asks for
 * addresses, keys and networks. Another address or other keys have to be verified again: `verifyEndpoint`. Rejects with
 * the Refusal `portal_refused`, whose `portalCode` says why: `proof_wrong`, `invalid`, `no_second_channel` …; nothing has
 * changed then.
 */
export async function changeEndpoint(options: EndpointChangeOptions): Promise<{ id: string; verified: boolean }> {
  const { token, endpoint, audience, change } = options
  const issuer = checkIssuer(options.issuer)
  const [key] = (await checkKeys(options.keys)).signing
  if (!key) throw new Refusal('keys_invalid', 'keys holds pairs of generateKeys(), at least one that signs.')
  const proof = await signEndpointChange({ iss: audience, aud: issuer, endpoint, change, now: new Date() }, key)
  const answer = await call(options.fetch ?? fetch, `${issuer}/v1/endpoints/${encodeURIComponent(endpoint)}`, {
    method: 'PATCH',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'endpoint-proof': proof,
    },
    body: JSON.stringify(change),
  })
  const json = objectOf(answer.text)
  if (answer.code === 200 && typeof json?.['id'] === 'string')
    return { id: json['id'], verified: json['verified'] === true }
  const { code, detail, title } = json ?? {}
  throw new Refusal(
    'portal_refused',
    `The portal answered ${answer.code}. ${detail ?? title ?? 'It gave no reason.'}`,
    { httpCode: answer.code, portalCode: typeof code === 'string' ? code : undefined },
  )
}
