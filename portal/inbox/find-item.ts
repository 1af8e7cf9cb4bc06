import type { Ground } from '../ground/ground.ts'
import type { Actor } from '../people/may.ts'
import { findNotice } from './find-notice.ts'
import { selectItemPlace } from './inbox-store.server.ts'
import type { ItemView, NoticeSummary, TimelineEntry } from './views.ts'

/** One item with its notice and the part of the history that is about it, for whoever may see the notice. */
export async function findItem(
  ground: Ground,
  actor: Actor,
  itemId: string,
): Promise<
  | { result: 'found'; item: ItemView; notice: Omit<NoticeSummary, 'items'>; timeline: TimelineEntry[] }
  | { result: 'unknown-item' }
> {
  const place = await selectItemPlace(ground.db.read, itemId)
  const found = place && (await findNotice(ground, actor, place.noticeId))
  if (found?.result !== 'found') return { result: 'unknown-item' }
  const { items, timeline, ...notice } = found.notice
  const item = items.find((one) => one.id === itemId)
  if (!item) return { result: 'unknown-item' }
  return {
    result: 'found',
    item,
    notice,
    timeline: timeline.filter((entry) => entry.itemIds === undefined || entry.itemIds.includes(itemId)),
  }
}
