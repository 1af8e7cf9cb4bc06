import { z } from 'zod'

/** `/.well-known/ssf-configuration` of the OpenID Shared Signals Framework 1.0. */
export const ssfConfiguration = z.object({
  spec_version: z.string().describe('The version of the framework, 1_0.'),
  issuer: z.url().describe('The iss of every token: the origin of the portal.'),
  jwks_uri: z.url().describe('Where the keys that sign are published.'),
  delivery_methods_supported: z
    .array(z.string())
    .min(1)
    .describe('urn:ietf:rfc:8935 for push, urn:ietf:rfc:8936 for poll.'),
  configuration_endpoint: z.url().describe('Where a stream is configured.'),
  status_endpoint: z.url().describe('Where the state of a stream is asked and set.'),
  verification_endpoint: z.url().describe('Where a verification event is asked for.'),
})
/** The discovery document of a portal. */
export type SsfConfiguration = z.infer<typeof ssfConfiguration>

/** Where a portal says who it is and where its keys are (OpenID Shared Signals Framework 1.0). */
export const discoveryPath = '/.well-known/ssf-configuration'
/** The two ways in which a stream delivers: RFC 8935 and RFC 8936. */
export const deliveryMethods = { push: 'urn:ietf:rfc:8935', poll: 'urn:ietf:rfc:8936' } as const

/** A published key set (RFC 7517). What is in it is checked key by key. */
export interface Jwks {
  keys: unknown[]
}
