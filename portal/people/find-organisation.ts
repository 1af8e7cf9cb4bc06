import type { Kysely } from 'kysely'
import type { DB } from '../ground/ground.ts'
import { selectOrganisations } from './people-store.server.ts'
import type { Organisation } from './person.ts'

/** One organisation, or null. Takes `ground.db.read` or the `db` of a transaction. */
export async function findOrganisation(db: Kysely<DB>, orgId: string): Promise<Organisation | null> {
  return (await selectOrganisations(db, [orgId]))[0] ?? null
}

/** Several organisations by id. */
export async function findOrganisations(db: Kysely<DB>, orgIds: readonly string[]): Promise<Map<string, Organisation>> {
  const found = await selectOrganisations(db, [...new Set(orgIds)])
  return new Map(found.map((organisation) => [organisation.id, organisation]))
}
