import { type Kysely, sql } from 'kysely'
import type { DB } from '../ground/ground.ts'

/**
 * Items in parts that were handed on to this organisation, as they stand for the holder. What went elsewhere since, waits
 * for the desk, or must not be told to a customer, is not among them.
 */
function delegated(db: Kysely<DB>, toOrgId: string) {
  return db
    .selectFrom('delegatedItems as g')
    .innerJoin('inboxRows as r', (join) =>
      join.onRef('r.itemId', '=', 'g.itemId').onRef('r.orgId', '=', 'g.orgId').on('r.side', '=', 'provider'),
    )
    .innerJoin('notices as n', 'n.id', 'g.noticeId')
    .where('g.toOrgId', '=', toOrgId)
    .where('r.headline', 'not in', ['excluded', 'unattributed'])
    .where('n.regime', '<>', 'test')
    .where(sql<boolean>`coalesce((n.disclosure->>'allowed')::boolean, true)`)
}

export async function countDelegated(db: Kysely<DB>, toOrgId: string) {
  const rows = await delegated(db, toOrgId)
    .select('g.delegationId')
    .select((of) => [
      of.fn.count<number>('r.itemId').filterWhere('r.endedAt', 'is', null).as('open'),
      of.fn.count<number>('r.itemId').filterWhere('r.endedAt', 'is not', null).as('ended'),
    ])
    .groupBy('g.delegationId')
    .execute()
  return new Map(rows.map((row) => [row.delegationId, { open: Number(row.open), ended: Number(row.ended) }]))
}

/** Open ones first, and of those the one that is due first. */
export function selectDelegatedItems(db: Kysely<DB>, toOrgId: string, delegationIds: readonly string[], limit: number) {
  if (delegationIds.length === 0) return Promise.resolve([])
  return delegated(db, toOrgId)
    .select(['g.delegationId', 'r.itemId', 'r.headline', 'r.handling', 'r.clock', 'r.scope', 'r.category', 'r.regime'])
    .select(['r.dueAt', 'r.endedAt', 'r.updatedAt'])
    .where('g.delegationId', 'in', [...delegationIds])
    .orderBy(sql`r.ended_at is not null`)
    .orderBy(sql`r.due_at nulls last`)
    .orderBy('r.itemId')
    .limit(limit)
    .execute()
}

export function selectDelegatedItem(db: Kysely<DB>, toOrgId: string, itemId: string) {
  return delegated(db, toOrgId)
    .select(['g.delegationId', 'g.noticeId'])
    .where('g.itemId', '=', itemId)
    .executeTakeFirst()
}
