import type { Kysely } from 'kysely'
import type { DB } from '../ground/ground.ts'

/** Attributed items that are asked of this provider, and not at their end. */
export function selectOpenItemsOf(db: Kysely<DB>, orgId: string, limit: number): Promise<string[]> {
  return selectOpenItemsAfter(db, orgId, '', limit)
}

/** The same from behind this id. */
export async function selectOpenItemsAfter(
  db: Kysely<DB>,
  orgId: string,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom('addressees')
    .innerJoin('items', 'items.id', 'addressees.itemId')
    .select('items.id')
    .where('addressees.orgId', '=', orgId)
    .where('items.id', '>', after)
    .where('addressees.accountable', '=', true)
    .where('addressees.endedAt', 'is', null)
    .where('items.attribution', '=', 'attributed')
    .where('items.withdrawnAt', 'is', null)
    .where('items.closedAt', 'is', null)
    .orderBy('items.id')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}
