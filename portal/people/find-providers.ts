import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from './may.ts'
import { selectProviders } from './provider-list-store.server.ts'

export interface ProviderChoice {
  id: string
  name: string
  country: string
  /** False: it is known from a registry, and written to there. */
  takesPart: boolean
}

/** Whom the platform's desk may choose from when it says who answers for an item. */
export async function findProviders(
  ground: Ground,
  actor: Actor,
  limit = 1000,
): Promise<{ result: 'found'; providers: ProviderChoice[] } | { result: 'forbidden' }> {
  if (!may(actor, 'attribution.decide')) return { result: 'forbidden' }
  const rows = await selectProviders(ground.db.read, limit)
  return {
    result: 'found',
    providers: rows.map(({ admittedAt, ...row }) => ({ ...row, takesPart: admittedAt !== null })),
  }
}
