import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from './may.ts'
import { selectProviders } from './provider-list-store.server.ts'

/** Whom the platform's desk may choose from when it says who answers for an item. */
export async function findProviders(
  ground: Ground,
  actor: Actor,
  limit = 1000,
): Promise<{ result: 'found'; providers: { id: string; name: string; country: string }[] } | { result: 'forbidden' }> {
  if (!may(actor, 'attribution.decide')) return { result: 'forbidden' }
  return { result: 'found', providers: await selectProviders(ground.db.read, limit) }
}
