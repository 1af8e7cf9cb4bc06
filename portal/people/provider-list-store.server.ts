import type { Kysely } from 'kysely'
import type { DB } from '../ground/ground.ts'

/** Providers that take part, and those known from a registry, who are written to: not the suspended ones. */
export function selectProviders(db: Kysely<DB>, limit: number) {
  return db
    .selectFrom('organisations')
    .select(['id', 'name', 'country', 'admittedAt'])
    .where('kind', '=', 'provider')
    .where((where) => where.or([where('admittedAt', 'is not', null), where('knownFrom', '=', 'registry')]))
    .where('suspendedAt', 'is', null)
    .orderBy('name')
    .limit(limit)
    .execute()
}
