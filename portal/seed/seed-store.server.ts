import type { Kysely } from 'kysely'
import type { DB } from '../ground/ground.ts'

export async function selectOrganisationIds(db: Kysely<DB>, names: readonly string[]): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('organisations')
    .select(['id', 'name'])
    .where('name', 'in', names)
    .orderBy('id', 'desc')
    .execute()
  return new Map(rows.map(({ name, id }) => [name, id]))
}

export function countOf(
  db: Kysely<DB>,
  table: 'contacts' | 'networks' | 'endpoints' | 'memberships',
  orgId: string,
): Promise<number> {
  return db
    .selectFrom(table)
    .select((count) => count.fn.countAll<number>().as('n'))
    .where('orgId', '=', orgId)
    .executeTakeFirstOrThrow()
    .then(({ n }) => Number(n))
}

export async function selectReferences(db: Kysely<DB>, orgId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('notices')
    .select('reference')
    .where('orgId', '=', orgId)
    .where('reference', 'is not', null)
    .execute()
  return rows.flatMap(({ reference }) => (reference === null ? [] : [reference]))
}

export async function selectHeadline(db: Kysely<DB>, noticeId: string): Promise<string | null> {
  const row = await db
    .selectFrom('inboxRows')
    .select('headline')
    .where('noticeId', '=', noticeId)
    .where('side', '=', 'notifier')
    .executeTakeFirst()
  return row?.headline ?? null
}
