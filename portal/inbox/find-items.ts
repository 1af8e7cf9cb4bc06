import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import type { Headline } from '../removal/headline.ts'
import { selectItems } from './inbox-store.server.ts'
import type { InboxRowView } from './views.ts'

export interface InboxFilter {
  headline?: Headline | undefined
  regime?: string | undefined
  noticeId?: string | undefined
  /** True: what has not ended for the reader; false: what has. */
  open?: boolean | undefined
  updatedSince?: Date | undefined
  /** At most 200. */
  limit?: number | undefined
  cursor?: string | undefined
}

export type FoundInbox =
  | { result: 'found'; items: InboxRowView[]; nextCursor: string | null }
  | { result: 'forbidden' }
  | { result: 'invalid-cursor' }

/** What is addressed to a provider, the item that is due first on top. */
export async function findInbox(ground: Ground, actor: Actor, filter: InboxFilter = {}): Promise<FoundInbox> {
  if (actor.kind === 'nobody' || !may(actor, 'inbox.read')) return { result: 'forbidden' }
  const { headline, regime, noticeId, open, updatedSince, limit = 50, cursor } = filter
  const after = cursor === undefined ? undefined : readCursor(cursor)
  if (after === null) return { result: 'invalid-cursor' }
  const size = Math.min(Math.max(1, limit), 200)
  const rows = await selectItems(ground.db.read, {
    orgId: actor.orgId,
    ...(headline !== undefined && { headline }),
    ...(regime !== undefined && { regime }),
    ...(noticeId !== undefined && { noticeId }),
    ...(open !== undefined && { open }),
    ...(updatedSince !== undefined && { updatedSince }),
    ...(after !== undefined && { after }),
    limit: size + 1,
  })
  const page = rows.slice(0, size)
  const last = page.at(-1)
  return {
    result: 'found',
    items: page.map(viewOf),
    nextCursor: rows.length > size && last ? `${last.due}~${last.itemId}` : null,
  }
}

function readCursor(cursor: string): { due: string; itemId: string } | null {
  const found = /^([01](?:9|[0-9T:.-]{23}))~(itm_[0-9a-z]{1,64})$/.exec(cursor)
  return found?.[1] && found[2] ? { due: found[1], itemId: found[2] } : null
}

function viewOf(row: Awaited<ReturnType<typeof selectItems>>[number]): InboxRowView {
  return {
    itemId: row.itemId,
    noticeId: row.noticeId,
    position: row.position,
    reference: row.reference,
    regime: row.regime,
    category: row.category,
    scope: row.scope,
    role: row.role,
    accountable: row.accountable ?? false,
    notifier: { id: row.notifierOrgId, name: row.notifierName },
    headline: row.headline as Headline,
    delivery: row.delivery as InboxRowView['delivery'],
    handling: row.handling as InboxRowView['handling'],
    observation: row.observation as InboxRowView['observation'],
    clock: row.clock as InboxRowView['clock'],
    submittedAt: row.submittedAt.toISOString(),
    receivedAt: instant(row.receivedAt),
    dueAt: instant(row.dueAt),
    endedAt: instant(row.endedAt),
    updatedAt: row.updatedAt.toISOString(),
  }
}

function instant(at: Date | null): string | null {
  return at ? at.toISOString() : null
}
