import type { Ground } from '../ground/ground.ts'
import type { Serving } from './choose-endpoint.ts'
import { selectBindable } from './endpoint-network-store.server.ts'
import { networksAround } from './networks-around.ts'
import { hasVerifiedContact, selectEndpoints } from './provider-store.server.ts'

/**
 * Whether there is a way for every network of an organisation that counts, if these are the endpoints that are pushed to: a
 * mailbox that answered, a poll stream, an endpoint that serves whatever no other does, or for each network one that is
 * bound to it or to what is around it.
 */
export async function hasWayForAll(
  ground: Pick<Ground, 'routing'>,
  db: Ground['db']['read'],
  orgId: string,
  pushed: readonly Serving[],
  except?: string,
): Promise<boolean> {
  if (pushed.some(({ networks }) => networks.length === 0)) return true
  if (await hasVerifiedContact(db, orgId)) return true
  const streams = (await selectEndpoints(db, orgId)).filter(
    ({ id, url, state }) => id !== except && url === null && state === 'active',
  )
  if (streams.length > 0) return true
  if (pushed.length === 0) return false
  const bound = new Set(pushed.flatMap(({ networks }) => networks))
  const counting = await selectBindable(db, orgId)
  const around = await networksAround(ground, db, orgId, [...counting])
  return [...counting].every((id) => (around.get(id) ?? []).some((one) => bound.has(one)))
}
