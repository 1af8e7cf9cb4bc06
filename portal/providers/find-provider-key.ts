import type { Ground } from '../ground/ground.ts'
import { isUsable } from './endpoint.ts'
import { selectKey } from './provider-store.server.ts'

/** Whose signing key this is, by the thumbprint we computed ourselves, and whether it counts now. */
export async function findProviderKey(
  ground: Ground,
  kid: string,
): Promise<{ orgId: string; jwk: JsonWebKey; usable: boolean } | null> {
  const key = await selectKey(ground.db.read, kid)
  if (key?.use !== 'sig') return null
  return { orgId: key.orgId, jwk: key.jwk, usable: isUsable(key, ground.clock.now()) }
}
