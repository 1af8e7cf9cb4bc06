import { issueToken } from './issue.ts'
import type { EventType } from './words.ts'

/** The type of the event in which a provider signs the change of an endpoint. */
export const endpointChangeEvent = 'urn:noticeline:event:endpoint.change'

/** A signed change is of now: a portal takes it for so long. */
export const endpointChangeSeconds = 300

/** What is signed for a change of an endpoint. */
export interface EndpointChangeStatement {
  /** The provider, as `urn:noticeline:org:…`: the audience of all it receives. */
  readonly iss: string
  /** The portal's origin. */
  readonly aud: string
  /** The endpoint's id. */
  readonly endpoint: string
  /** The body of the change, as it will be sent. */
  readonly change: object
  readonly now: Date
}

/**
 * The proof that whoever changes an endpoint holds a signing key of it (RFC 8417): the value of the header
 * `Endpoint-Proof`. It is for this one change, this portal and the next 300 s.
 */
export async function signEndpointChange(
  { iss, aud, endpoint, change, now }: EndpointChangeStatement,
  key: { kid: string; privateJwk: JsonWebKey },
): Promise<string> {
  // As it arrives: what JSON leaves out is no part of the change.
  const body = { endpoint, change: JSON.parse(JSON.stringify(change)) as object }
  const { raw } = await issueToken({ iss, aud, type: endpointChangeEvent as EventType, body, now }, key)
  return raw
}
