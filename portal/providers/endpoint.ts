import { audienceOf } from '@noticeline/sdk/protocol'

/** `unverified`: nothing is sent there yet. `retired`: never again. */
export type EndpointState = 'unverified' | 'active' | 'paused' | 'retired'

/** `answered`: it said 202. `signed`: it also proved that it holds its signing key. */
export type VerifiedGrade = 'answered' | 'signed'

export type MediaType = 'application/secevent+jwt' | 'application/json'

/** One thumbprint belongs to one organisation for ever; keys are never deleted. */
export interface ProviderKey {
  thumbprint: string
  orgId: string
  endpointId: string
  use: 'sig' | 'enc'
  jwk: JsonWebKey
  registeredAt: Date
  retiredAt: Date | null
  revokedAt: Date | null
}

/** What an endpoint begins anew with: no failures in a row, no rest, nothing sent yet at its pace. */
export const healthy = { failures: 0, rests: 0, restsUntil: null, pacedUntil: null } as const

/** How many requests at once an owner may ask for; where nobody did it is two, or what the endpoint's own rate needs. */
export const mostInFlight = 32

/** How long after its retirement a key still counts: reports wait in outboxes, and outages are long. */
export const retiredKeyDays = 60

/** Whether a signature by this key is accepted now. */
export function isUsable(key: Pick<ProviderKey, 'retiredAt' | 'revokedAt'>, now: Date): boolean {
  if (key.revokedAt !== null && key.revokedAt <= now) return false
  return key.retiredAt === null || now.getTime() - key.retiredAt.getTime() <= retiredKeyDays * 24 * 60 * 60 * 1000
}

/** An endpoint as its owner and the platform see it. */
export interface Endpoint {
  id: string
  orgId: string
  /** Null: poll only. */
  url: string | null
  description: string | null
  issuer: string
  audience: string
  pollUrl: string
  state: EndpointState
  /** Why it is paused or off, in the words of whoever did it. */
  stateReason: string | null
  verified: boolean
  verifiedAt: Date | null
  verifiedGrade: VerifiedGrade | null
  mediaType: MediaType
  /** Thumbprints of the keys it signs with today. */
  signingKeys: string[]
  /** Null: plain JWS over TLS. */
  sealingKey: string | null
  jwksUri: string | null
  /** The networks it is bound to; none: it serves all that no other does. */
  networks: string[]
  /** How many requests at once, as its owner set it; null: two, or as many as its own rate needs. */
  inFlight: number | null
  /** How many a minute it asked for itself (`WebHook-Allowed-Rate`); null: it said nothing. */
  allowedRate: number | null
  /** Failed attempts in a row. */
  failures: number
  /** It kept failing, and is left alone until then; null: it is not. */
  restsUntil: Date | null
  createdAt: Date
  updatedAt: Date
}

export function describeEndpoint(
  row: Omit<Endpoint, 'issuer' | 'audience' | 'pollUrl' | 'verified' | 'signingKeys' | 'sealingKey' | 'networks'>,
  keys: readonly ProviderKey[],
  bindings: readonly { endpointId: string; networkId: string }[],
  origin: string,
): Endpoint {
  const held = keys.filter((key) => key.endpointId === row.id && key.retiredAt === null && key.revokedAt === null)
  return {
    id: row.id,
    orgId: row.orgId,
    url: row.url,
    description: row.description,
    ...addressesOf(origin, row.orgId),
    state: row.state,
    stateReason: row.stateReason,
    verified: row.verifiedAt !== null,
    verifiedAt: row.verifiedAt,
    verifiedGrade: row.verifiedGrade,
    mediaType: row.mediaType,
    signingKeys: held.filter((key) => key.use === 'sig').map((key) => key.thumbprint),
    sealingKey: held.find((key) => key.use === 'enc')?.thumbprint ?? null,
    jwksUri: row.jwksUri,
    networks: bindings.filter(({ endpointId }) => endpointId === row.id).map(({ networkId }) => networkId),
    inFlight: row.inFlight,
    allowedRate: row.allowedRate,
    failures: row.failures,
    restsUntil: row.restsUntil,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }
}

/** What an organisation's receiver is configured with: one of each an organisation, whatever endpoints it has. */
export function addressesOf(origin: string, orgId: string) {
  return { issuer: origin, audience: audienceOf(orgId), pollUrl: `${origin}/v1/streams/${orgId}` }
}
