import type { Kysely } from 'kysely'
import type { DB } from '../ground/ground.ts'
import { type ContactRow, selectContact, selectContacts } from './contact-store.server.ts'

export type { ContactRow } from './contact-store.server.ts'

/** An organisation's contacts in their order of escalation. Takes `ground.db.read` or the `db` of a transaction. */
export function readContacts(db: Kysely<DB>, orgId: string): Promise<ContactRow[]> {
  return selectContacts(db, orgId)
}

export function readContact(db: Kysely<DB>, contactId: string): Promise<ContactRow | null> {
  return selectContact(db, contactId)
}
