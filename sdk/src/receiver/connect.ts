import { Refusal } from '../refusals.ts'
import { call, checkIssuer, type Fetch, objectOf } from './portal.ts'

/** What registering an endpoint wants to know. */
export interface EndpointOptions {
  /** The portal's origin. */
  readonly issuer: string
  /** A bearer token with the scope `endpoints:write`. It is needed here only: the everyday receiver has none. */
  readonly token: string
  /** Where the portal will push to, or null to poll only. */
  readonly url: string | null
  /** Public keys with which reports will be signed. */
  readonly signingKeys: readonly JsonWebKey[]
  /** The public key for envelopes; null for plain tokens over TLS. */
  readonly sealingKey: JsonWebKey | null
  readonly description?: string | undefined
  readonly fetch?: Fetch
}

/** An endpoint as the portal knows it, not verified yet. */
export interface RegisteredEndpoint {
  readonly id: string
  readonly issuer: string
  /** Who you are to the portal: the `aud` of all you receive, the `iss` of all you send. */
  readonly audience: string
  readonly pollUrl: string | null
}

/** An endpoint to which the portal sends. */
export interface ConnectedEndpoint extends RegisteredEndpoint {
  readonly verified: true
  /** What got through on the way: `application/secevent+jwt`, or `application/json` where a firewall refuses the former. */
  readonly mediaType: string
}

/** Registers an endpoint. It is not used before `verifyEndpoint`. */
export async function registerEndpoint(options: EndpointOptions): Promise<RegisteredEndpoint> {
  const { url, signingKeys, sealingKey, description } = options
  const body = { url, description, signing_keys: signingKeys, sealing_key: sealingKey }
  const key = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(body)))
  const answer = await ask(options, '/v1/endpoints', body, {
    // The same registration asked twice, because the first answer was lost, makes one endpoint.
    'idempotency-key': Buffer.from(key).toString('base64url'),
  })
  const { id, issuer, audience, poll_url: pollUrl } = answer
  if (typeof id !== 'string' || typeof audience !== 'string') throw unexpected('/v1/endpoints')
  return {
    id,
    issuer: typeof issuer === 'string' ? issuer : options.issuer,
    audience,
    pollUrl: typeof pollUrl === 'string' ? pollUrl : null,
  }
}

/** Asks the portal to send its verification event now. The receiver must be listening and know its audience. */
export async function verifyEndpoint(
  options: Pick<EndpointOptions, 'issuer' | 'token' | 'fetch'>,
  id: string,
): Promise<{ verified: true; mediaType: string }> {
  const path = `/v1/endpoints/${encodeURIComponent(id)}/verify`
  const answer = await ask(options, path, {})
  if (answer['verified'] !== true) throw unexpected(path)
  const mediaType = answer['media_type']
  return { verified: true, mediaType: typeof mediaType === 'string' ? mediaType : 'application/secevent+jwt' }
}

/**
 * Registers and verifies. `ready` runs between the two: it gets the audience, without which a receiver cannot accept
 * the verification event. With a receiver at hand, `receiver.connect` does all of it.
 */
export async function connectEndpoint(
  options: EndpointOptions & { readonly ready: (endpoint: RegisteredEndpoint) => Promise<void> | void },
): Promise<ConnectedEndpoint> {
  const endpoint = await registerEndpoint(options)
  await options.ready(endpoint)
  return { ...endpoint, ...(await verifyEndpoint(options, endpoint.id)) }
}

async function ask(
  options: Pick<EndpointOptions, 'issuer' | 'token' | 'fetch'>,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  const init: RequestInit = {
    method: 'POST',
    headers: { authorization: `Bearer ${options.token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }
  // While it is asked to verify, the portal pushes and may try a second media type: that takes its time.
  const url = `${checkIssuer(options.issuer)}${path}`
  const answer = await call(options.fetch ?? fetch, url, init, undefined, 60_000)
  const json = objectOf(answer.text)
  if (answer.code < 300 && json !== null) return json
  const { code, detail, title } = json ?? {}
  throw new Refusal(
    'portal_refused',
    `The portal answered ${answer.code}. ${detail ?? title ?? 'It gave no reason.'}`,
    {
      httpCode: answer.code,
      portalCode: typeof code === 'string' ? code : undefined,
    },
  )
}

function unexpected(path: string): Refusal {
  return new Refusal('portal_refused', `The portal answered ${path} otherwise than documented.`)
}
