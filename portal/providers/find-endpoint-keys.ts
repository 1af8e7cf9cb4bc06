import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import { retiredKeyDays } from './endpoint.ts'
import { selectEndpoint, selectKeys } from './provider-store.server.ts'

export interface KeyView {
  thumbprint: string
  use: 'sig' | 'enc'
  /** Public, as every member of a registered key. */
  jwk: JsonWebKey
  registeredAt: Date
  retiredAt: Date | null
  revokedAt: Date | null
  /** What a retired key signs is accepted until then. */
  acceptedUntil: Date | null
}

/** Every key an endpoint ever had, newest first: those in use, and those let go with the dates of it. */
export async function findEndpointKeys(
  ground: Ground,
  actor: Actor,
  endpointId: string,
): Promise<{ result: 'found'; keys: KeyView[] } | { result: 'unknown-endpoint' | 'forbidden' }> {
  if (!may(actor, 'endpoints.read')) return { result: 'forbidden' }
  const row = await selectEndpoint(ground.db.read, endpointId)
  if (!row || !may(actor, 'endpoints.read', { orgId: row.orgId })) return { result: 'unknown-endpoint' }
  const keys = await selectKeys(ground.db.read, [endpointId])
  return {
    result: 'found',
    keys: keys.map(({ thumbprint, use, jwk, registeredAt, retiredAt, revokedAt }) => ({
      thumbprint,
      use,
      jwk,
      registeredAt,
      retiredAt,
      revokedAt,
      acceptedUntil:
        retiredAt === null || revokedAt !== null ? null : new Date(retiredAt.getTime() + retiredKeyDays * 86_400_000),
    })),
  }
}
