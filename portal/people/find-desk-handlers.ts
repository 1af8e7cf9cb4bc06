import type { Kysely } from 'kysely'
import type { DB } from '../ground/ground.ts'
import { selectDeskHandlers } from './desk-store.server.ts'

export interface DeskHandler {
  personId: string
  name: string
  email: string
  locale: 'en' | 'nl'
}

/** Who works on the platform's desk, longest there first. Takes `ground.db.read` or the `db` of a transaction. */
export function findDeskHandlers(db: Kysely<DB>): Promise<DeskHandler[]> {
  return selectDeskHandlers(db)
}
