import type { Ground } from '../ground/ground.ts'
import { selectOwners } from './organisation-store.server.ts'
import type { Locale } from './person.ts'

/** Owners of an organisation with the mailboxes they came in by. Takes `ground.db.read` or the `db` of a transaction. */
export function findOwners(
  db: Ground['db']['read'],
  orgId: string,
): Promise<{ id: string; email: string; name: string; locale: Locale }[]> {
  return selectOwners(db, orgId)
}
