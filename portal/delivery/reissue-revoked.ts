import { eventTypes } from '@noticeline/sdk/protocol'
import type { Fact } from '../facts/facts.ts'
import type { Ground } from '../ground/ground.ts'
import type { DeliveryRow } from './delivery-store.server.ts'
import { reissue } from './reissue-deliveries.ts'
import { selectArrivedFrom, selectWaitingFrom } from './reissue-store.server.ts'

/**
 * A key of ours fell into other hands: every open notice that it signed is signed anew, at once and whatever became of it.
 * It walks once over what waits and once over the notices that are open, a page at a time, and each is a transaction of
 * its own: killed anywhere, it begins anew and finds signed what is signed. One that cannot be opened holds up no other.
 */
export async function reissueRevoked(
  ground: Ground,
  { payload: { kid } }: Fact<'key.revoked'>,
  { atOnce = 100 } = {},
): Promise<void> {
  const kids = [kid]
  await walk(ground, atOnce, (after) => selectWaitingFrom(ground.db.read, { kids, after, limit: atOnce }))
  await walk(ground, atOnce, (after) =>
    selectArrivedFrom(ground.db.read, { kids, after, issued: eventTypes.issued, limit: atOnce }),
  )
}

async function walk(
  ground: Ground,
  atOnce: number,
  page: (after: DeliveryRow | null) => Promise<DeliveryRow[]>,
): Promise<void> {
  for (let after: DeliveryRow | null = null; ; ) {
    const found: DeliveryRow[] = await page(after)
    for (const delivery of found) await reissue(ground, delivery)
    if (found.length < atOnce) return
    after = found.at(-1) ?? null
  }
}
