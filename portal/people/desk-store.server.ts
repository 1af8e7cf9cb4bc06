import type { Kysely } from 'kysely'
import type { DB } from '../ground/ground.ts'

/** People of the platform who may act, of organisations that are not suspended. */
export async function selectDeskHandlers(db: Kysely<DB>) {
  const rows = await db
    .selectFrom('memberships as m')
    .innerJoin('organisations as o', 'o.id', 'm.orgId')
    .innerJoin('people as p', 'p.id', 'm.personId')
    .select(['p.id as personId', 'p.name', 'p.email', 'p.locale'])
    .where('o.kind', '=', 'platform')
    .where('o.suspendedAt', 'is', null)
    .where('m.role', 'in', ['owner', 'admin', 'handler'])
    .orderBy('m.createdAt')
    .orderBy('p.id')
    .execute()
  return rows.map((row) => ({ ...row, locale: row.locale === 'nl' ? ('nl' as const) : ('en' as const) }))
}
