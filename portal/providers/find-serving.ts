import type { Ground } from '../ground/ground.ts'
import { chooseEndpoint, type Serving, type StandsIn } from './choose-endpoint.ts'
import { hasStream, selectServing } from './endpoint-network-store.server.ts'

/** What of an organisation is pushed to, the oldest first, and whether it polls. Takes the `db` of a transaction as well. */
export async function findServing(
  db: Ground['db']['read'],
  orgId: string,
): Promise<{ pushed: Serving[]; poll: boolean }> {
  return { pushed: await selectServing(db, orgId), poll: await hasStream(db, orgId) }
}

/**
 * The endpoint a delivery is pushed to, or null: none serves its networks, and somebody else is there to be asked. Where
 * nobody is, the oldest takes it: being bound sorts an organisation's notices, and is no shelter from any of them.
 */
export function wayOf(
  { pushed, poll, contact }: { pushed: readonly Serving[]; poll: boolean; contact: unknown },
  standsIn: StandsIn,
): Serving | null {
  const chosen = chooseEndpoint(pushed, standsIn)
  if (chosen || poll || contact !== null) return chosen
  return pushed[0] ?? null
}
