import { isDeepStrictEqual } from 'node:util'
import { audienceOf, endpointChangeEvent, endpointChangeSeconds, verifyToken } from '@noticeline/sdk/protocol'
import type { Ground } from '../ground/ground.ts'
import type { Actor } from '../people/may.ts'
import { isFresh } from '../people/session.ts'
import { selectKey } from './provider-store.server.ts'

/** What turns notices elsewhere, or lets somebody else speak for the provider. */
const sensitive = ['url', 'signing_keys', 'jwks_uri', 'sealing_key', 'networks']

export type ChangeRefused = { result: 'owner-needed' | 'not-fresh' | 'proof-needed' | 'proof-wrong' }

/**
 * Whether this change of an endpoint may be made by whoever asks: a person has to be an owner who has just shown who they
 * are; a program, whose token may be stolen, brings the same change signed by a key that the provider uses today.
 */
export async function mayChange(
  ground: Ground,
  actor: Actor,
  endpointId: string,
  input: unknown,
  proof: string | undefined,
): Promise<ChangeRefused | null> {
  if (typeof input !== 'object' || input === null || !sensitive.some((member) => Object.hasOwn(input, member)))
    return null
  if (actor.kind === 'person') {
    if (actor.role !== 'owner') return { result: 'owner-needed' }
    return (await isFresh(ground, actor)) ? null : { result: 'not-fresh' }
  }
  if (actor.kind !== 'program' || proof === undefined) return { result: 'proof-needed' }
  const { orgId } = actor
  const verified = await verifyToken(proof, {
    key: async (kid) => {
      const key = await selectKey(ground.db.read, kid)
      const present = key?.use === 'sig' && key.orgId === orgId && key.retiredAt === null && key.revokedAt === null
      return present ? key.jwk : null
    },
    issuer: audienceOf(orgId),
    audience: ground.config.origin,
    now: ground.clock.now(),
    maxAgeSeconds: endpointChangeSeconds,
  })
  if (!verified.accepted) return { result: 'proof-wrong' }
  const { type, body } = verified.token.event
  const fits = type === endpointChangeEvent && isDeepStrictEqual(body, { endpoint: endpointId, change: input })
  return fits ? null : { result: 'proof-wrong' }
}
