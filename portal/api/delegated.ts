import { type DelegatedItem, findDelegated, revealDelegated, type ShownPart } from '../inbox/find-delegated.ts'
import { revealQuery } from './reveal.ts'
import { type Face, programRoute } from './route.ts'

/** What a reseller sees of the parts of networks that were handed on to it. Nothing is asked of it here. */
export function addDelegated(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      method: 'get',
      path: '/v1/delegated',
      tag: 'Provider',
      summary: 'What happens in parts of networks that were handed on to you',
      description:
        'As far as the holder of each allows, until its date; notices go to the holder, who stays accountable. At most 200 items, open ones first, by deadline.',
      act: 'delegated.count',
      scope: 'reports:write',
      answers: { 200: { description: 'All parts, each with its counts.', schema: 'Delegated' } },
    },
    async ({ actor, answer, refuse }) => {
      const found = await findDelegated(ground, actor)
      if (found.result === 'forbidden') return refuse('forbidden')
      return answer(200, { data: found.parts.map(partOnWire), next_cursor: null })
    },
  )
  programRoute(
    face,
    {
      method: 'get',
      path: '/v1/delegated/{id}',
      tag: 'Provider',
      summary: 'Where one of these items stands',
      description:
        'Where the holder allows addresses, with `?reveal=<purpose>` and the scope items:reveal; each look is recorded. Without the purpose it is not there.',
      act: 'delegated.reveal',
      scope: 'items:reveal',
      query: revealQuery,
      answers: { 200: { description: 'The address.', schema: 'DelegatedRevealed' } },
      refusals: ['not_found', 'invalid_parameter'],
    },
    async ({ actor, id, query, answer, refuse }) => {
      if (query.reveal === undefined) return refuse('not_found')
      const revealed = await revealDelegated(ground, actor, id, query.reveal)
      switch (revealed.result) {
        case 'revealed': {
          const { itemId, url, ip, port, hashes, mayBeForwarded } = revealed.item
          return answer(200, { item: itemId, url, ip, port, hashes, may_be_forwarded: mayBeForwarded })
        }
        case 'unknown-item':
        case 'erased':
          return refuse('not_found')
        case 'invalid-purpose':
          return refuse('invalid_parameter')
        case 'forbidden':
          return refuse('forbidden')
      }
    },
  )
}

function partOnWire(part: ShownPart) {
  return {
    id: part.id,
    holder: part.holder.id,
    holder_name: part.holder.name,
    part: part.part,
    sees: part.sees,
    ends_at: part.endsAt.toISOString(),
    open: part.open,
    ended: part.ended,
    items: part.items === null ? null : part.items.map(itemOnWire),
  }
}

function itemOnWire(item: DelegatedItem) {
  return {
    item: item.itemId,
    headline: item.headline,
    handling: item.handling,
    clock: item.clock,
    scope: item.scope,
    category: item.category,
    regime: item.regime,
    due_at: item.dueAt,
    ended_at: item.endedAt,
    updated_at: item.updatedAt,
  }
}
