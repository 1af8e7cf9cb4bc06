import { historyOf } from '../facts/history.ts'
import type { Ground } from '../ground/ground.ts'
import { findOrganisations } from '../people/find-organisation.ts'
import { type Actor, may } from '../people/may.ts'
import { readForView } from './read-notices.ts'
import { noticeView, type Reader, timelineOf } from './view-of.ts'
import type { NoticeView } from './views.ts'

/**
 * One notice with its history: all of it for its notifier and the platform's desk, its own items for a provider that is
 * addressed. What is not the reader's is unknown, not forbidden.
 */
export async function findNotice(
  ground: Ground,
  actor: Actor,
  noticeId: string,
): Promise<{ result: 'found'; notice: NoticeView } | { result: 'unknown-notice' }> {
  const unknown = { result: 'unknown-notice' } as const
  if (actor.kind === 'nobody') return unknown
  const reader: Reader = actor.orgKind === 'provider' ? actor.orgId : null
  const { states, around } = await readForView(ground, [noticeId], reader)
  const [first] = states
  if (!first) return unknown
  const allowed =
    reader === null
      ? may(actor, 'notices.read', { orgId: first.notice.orgId })
      : may(actor, 'inbox.read', { addressees: first.addressees.map((one) => one.row.orgId) })
  const summary = allowed ? noticeView(states, reader, around) : null
  if (!summary) return unknown
  const facts = await historyOf(ground, noticeId)
  const mentioned = facts.flatMap((fact) =>
    'orgId' in fact.payload && fact.payload.orgId !== null ? [fact.payload.orgId] : [],
  )
  const organisations = await findOrganisations(ground.db.read, mentioned)
  const names = new Map([...organisations].map(([id, organisation]) => [id, organisation.name]))
  const visible = new Set(states.map((state) => state.item.id))
  return { result: 'found', notice: { ...summary, timeline: timelineOf(facts, reader, visible, names) } }
}
