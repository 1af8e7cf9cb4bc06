import { findNetworks } from '../attribution/find-networks.ts'
import type { Ground } from '../ground/ground.ts'
import type { PersonActor } from '../people/may.ts'
import type { BindableNetwork } from './ui/endpoint-networks.tsx'

/** What an endpoint may be bound to: ranges and systems that count, and those it is bound to already. */
export async function bindableNetworks(
  ground: Ground,
  actor: PersonActor,
  bound: readonly string[] = [],
): Promise<BindableNetwork[]> {
  const found = await findNetworks(ground, actor)
  if (found.result !== 'found') return []
  return found.networks.flatMap(({ networkId, kind, written, endedAt }) => {
    if (networkId === null || kind === 'domain' || (endedAt !== null && !bound.includes(networkId))) return []
    return [{ id: networkId, written, isOver: endedAt !== null }]
  })
}
