import { eventTypes } from '@noticeline/sdk/protocol'
import type { Fact } from '../facts/facts.ts'
import type { Ground } from '../ground/ground.ts'
import { reissue } from './reissue-deliveries.ts'
import { type Page, selectArrivedFrom, selectWaitingFrom, type WaitingAt } from './reissue-store.server.ts'

/**
 * A key of ours fell into other hands: every open notice that it signed is signed anew, at once and whatever became of it.
 * It walks once over what waits and once over the notices that are open, a page at a time, and each is a transaction of
 * its own: killed anywhere, it begins anew and finds signed what is signed. One that cannot be opened holds up no other.
 */
export async function reissueRevoked(
  ground: Ground,
  { payload: { kid } }: Fact<'key.revoked'>,
  { atOnce = 500 } = {},
): Promise<void> {
  const { read } = ground.db
  const of = { kids: [kid], issued: eventTypes.issued, limit: atOnce }
  await walk<WaitingAt>(ground, (after) => selectWaitingFrom(read, { ...of, after }))
  await walk<string>(ground, (after) => selectArrivedFrom(read, { ...of, after }))
}

async function walk<At>(ground: Ground, page: (after: At | null) => Promise<Page<At>>): Promise<void> {
  for (let after: At | null = null; ; ) {
    const { found, next }: Page<At> = await page(after)
    for (const delivery of found) while ((await reissue(ground, delivery)) === 'outrun');
    if (next === null) return
    after = next
  }
}
