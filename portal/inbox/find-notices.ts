import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import type { Headline } from '../removal/headline.ts'
import { selectNoticeIds } from './inbox-store.server.ts'
import { readSummaries } from './read-notices.ts'
import type { NoticeSummary } from './views.ts'

export interface NoticesFilter {
  headline?: Headline | undefined
  regime?: string | undefined
  /** The organisation that answers for at least one of the items. */
  provider?: string | undefined
  updatedSince?: Date | undefined
  /** At most 200. */
  limit?: number | undefined
  cursor?: string | undefined
}

export type FoundNotices =
  | { result: 'found'; notices: NoticeSummary[]; nextCursor: string | null }
  | { result: 'forbidden' }
  | { result: 'invalid-cursor' }

/** A notifier's own notices, newest first; everybody's for the platform's desk. Filters ask for at least one such item. */
export async function findNotices(ground: Ground, actor: Actor, filter: NoticesFilter = {}): Promise<FoundNotices> {
  if (actor.kind === 'nobody' || !may(actor, 'notices.read')) return { result: 'forbidden' }
  const { headline, regime, provider, updatedSince, limit = 50, cursor } = filter
  if (cursor !== undefined && !/^ntc_[0-9a-z]{26}$/.test(cursor)) return { result: 'invalid-cursor' }
  const size = Math.min(Math.max(1, limit), 200)
  const noticeIds = await selectNoticeIds(ground.db.read, {
    orgId: actor.orgKind === 'platform' ? null : actor.orgId,
    ...(headline !== undefined && { headline }),
    ...(regime !== undefined && { regime }),
    ...(provider !== undefined && { provider }),
    ...(updatedSince !== undefined && { updatedSince }),
    ...(cursor !== undefined && { before: cursor }),
    limit: size + 1,
  })
  const page = noticeIds.slice(0, size)
  const notices = await readSummaries(ground, page, null)
  return { result: 'found', notices, nextCursor: noticeIds.length > size ? (page.at(-1) ?? null) : null }
}
