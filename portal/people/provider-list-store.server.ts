import type { Kysely } from 'kysely'
import type { DB } from '../ground/ground.ts'

/** Providers that take part: admitted, and not suspended. */
export function selectProviders(db: Kysely<DB>, limit: number) {
  return db
    .selectFrom('organisations')
    .select(['id', 'name', 'country'])
    .where('kind', '=', 'provider')
    .where('admittedAt', 'is not', null)
    .where('suspendedAt', 'is', null)
    .orderBy('name')
    .limit(limit)
    .execute()
}
