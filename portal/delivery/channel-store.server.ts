import type { Kysely } from 'kysely'
import type { DB } from '../ground/ground.ts'
import { normaliseEmail } from '../people/person.ts'
import { chooseContact, type Need } from '../providers/choose-contact.ts'
import { type ContactRow, readContacts } from '../providers/read-contacts.ts'

export interface Channels {
  push: boolean
  poll: boolean
  /** Whom to write to now; null where no mailbox may be written to. */
  contact: ContactRow | null
}

/** What an organisation can be reached by. Before its admission that is its registry's mailbox and nothing else. */
export async function selectChannels(db: Kysely<DB>, orgId: string, need: Need): Promise<Channels> {
  const endpoints = await db
    .selectFrom('endpoints')
    .select(['url', 'state'])
    .where('orgId', '=', orgId)
    .where('state', '<>', 'retired')
    .execute()
  const admitted = await isAdmitted(db, orgId)
  return {
    push: admitted && endpoints.some((one) => one.url !== null && one.state === 'active'),
    poll: admitted && endpoints.some((one) => one.url === null && one.state !== 'paused'),
    contact: chooseContact(await selectWritable(db, orgId), need),
  }
}

/**
 * Whom of an organisation's contacts a notice may be mailed to. Whoever claims a company before the desk has looked may
 * set up what they like: mail goes to the mailbox the registry names, spelled as it was found there. A suspended one is
 * not written to at all.
 */
export async function selectWritable(db: Kysely<DB>, orgId: string): Promise<ContactRow[]> {
  const organisation = await db
    .selectFrom('organisations')
    .select(['admittedAt', 'suspendedAt', 'registryMailbox'])
    .where('id', '=', orgId)
    .executeTakeFirst()
  if (!organisation || organisation.suspendedAt) return []
  const contacts = await readContacts(db, orgId)
  if (organisation.admittedAt) return contacts
  return contacts.filter(({ email }) => normaliseEmail(email) === organisation.registryMailbox)
}

async function isAdmitted(db: Kysely<DB>, orgId: string): Promise<boolean> {
  const row = await db
    .selectFrom('organisations')
    .select('id')
    .where('id', '=', orgId)
    .where('admittedAt', 'is not', null)
    .where('suspendedAt', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}
