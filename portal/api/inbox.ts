import { z } from 'zod'
import { findInbox } from '../inbox/find-items.ts'
import { findNotice } from '../inbox/find-notice.ts'
import type { InboxRowView } from '../inbox/views.ts'
import { regimes } from '../notices/notice.ts'
import { headlines } from '../removal/headline.ts'
import { listQuery, nextLink, notACursor } from './lists.ts'
import { wholeNoticeOnWire } from './notice-wire.ts'
import { revealItems, revealQuery } from './reveal.ts'
import { type Face, programRoute } from './route.ts'

export function addInbox(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      method: 'get',
      path: '/v1/inbox',
      tag: 'Provider',
      summary: 'What is addressed to you, by deadline',
      act: 'inbox.read',
      scope: 'reports:write',
      query: z.strictObject({
        ...listQuery,
        headline: z.enum(headlines).optional(),
        regime: z.enum(regimes).optional(),
        updated_since: z.iso.datetime({ offset: true }).optional(),
      }),
      answers: { 200: { description: 'One page, a row an item.', schema: 'InboxPage' } },
    },
    async ({ c, actor, query, answer, refuse }) => {
      const { updated_since: since, ...filters } = query
      const found = await findInbox(ground, actor, {
        ...filters,
        ...(since === undefined ? {} : { updatedSince: new Date(since) }),
      })
      if (found.result === 'forbidden') return refuse('forbidden')
      if (found.result === 'invalid-cursor') return refuse('invalid_parameter', { errors: notACursor })
      const page = { data: found.items.map(rowOnWire), next_cursor: found.nextCursor }
      return answer(200, page, nextLink(ground.config.origin, c.req.url, found.nextCursor))
    },
  )

  programRoute(
    face,
    {
      method: 'get',
      path: '/v1/inbox/{notice}',
      tag: 'Provider',
      summary: 'One notice, as far as it is addressed to you',
      description: 'Addresses only with the scope items:reveal and `?reveal=<purpose>`; each is recorded.',
      act: 'inbox.read',
      scope: 'reports:write',
      query: revealQuery,
      answers: { 200: { description: 'The notice with your items.', schema: 'Notice' } },
      refusals: ['not_found'],
    },
    async ({ actor, id, query, answer, refuse }) => {
      const found = await findNotice(ground, actor, id)
      if (found.result === 'unknown-notice') return refuse('not_found')
      if (query.reveal === undefined) return answer(200, wholeNoticeOnWire(found.notice))
      const itemIds = found.notice.items.map((item) => item.id)
      const revealed = await revealItems(ground, actor, itemIds, query.reveal)
      if (revealed.result === 'refused') return refuse(revealed.code, { errors: revealed.errors })
      return answer(200, wholeNoticeOnWire(found.notice, revealed.items))
    },
  )
}

function rowOnWire(row: InboxRowView) {
  return {
    notice: row.noticeId,
    item: row.itemId,
    position: row.position,
    reference: row.reference,
    regime: row.regime,
    category: row.category,
    scope: row.scope,
    role: row.role,
    accountable: row.accountable,
    notifier: { id: row.notifier.id, name: row.notifier.name },
    headline: row.headline,
    delivery: row.delivery,
    handling: row.handling,
    observation: row.observation,
    clock: row.clock,
    submitted_at: row.submittedAt,
    received_at: row.receivedAt,
    due_at: row.dueAt,
    ended_at: row.endedAt,
    updated_at: row.updatedAt,
  }
}
