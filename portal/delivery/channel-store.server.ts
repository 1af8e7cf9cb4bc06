import type { Kysely } from 'kysely'
import type { DB } from '../ground/ground.ts'
import { chooseContact, type Need } from '../providers/choose-contact.ts'
import { type ContactRow, readContacts } from '../providers/read-contacts.ts'

export interface Channels {
  push: boolean
  poll: boolean
  /** Whom to write to now; null where no mailbox may be written to. */
  contact: ContactRow | null
}

/** What an organisation can be reached by. */
export async function selectChannels(db: Kysely<DB>, orgId: string, need: Need): Promise<Channels> {
  const endpoints = await db
    .selectFrom('endpoints')
    .select(['url', 'state'])
    .where('orgId', '=', orgId)
    .where('state', '<>', 'retired')
    .execute()
  return {
    push: endpoints.some((one) => one.url !== null && one.state === 'active'),
    poll: endpoints.some((one) => one.url === null && one.state !== 'paused'),
    contact: chooseContact(await readContacts(db, orgId), need),
  }
}
