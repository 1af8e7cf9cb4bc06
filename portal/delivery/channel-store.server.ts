import type { Kysely } from 'kysely'
import type { DB } from '../ground/ground.ts'
import { normaliseEmail } from '../people/person.ts'
import { chooseContact, type Need } from '../providers/choose-contact.ts'
import type { StandsIn } from '../providers/choose-endpoint.ts'
import { findServing, wayOf } from '../providers/find-serving.ts'
import { type ContactRow, readContacts } from '../providers/read-contacts.ts'

export interface Channels {
  /** Whether an endpoint serves the networks it is about. */
  push: boolean
  poll: boolean
  /** Whom to write to now; null where no mailbox may be written to. */
  contact: ContactRow | null
}

/**
 * What an organisation can be reached by about what stands in these networks. Before its admission that is its registry's
 * mailbox and nothing else.
 */
export async function selectChannels(db: Kysely<DB>, orgId: string, standsIn: StandsIn, need: Need): Promise<Channels> {
  const contact = chooseContact(await selectWritable(db, orgId), need)
  if (!(await isAdmitted(db, orgId))) return { push: false, poll: false, contact }
  const { pushed, poll } = await findServing(db, orgId)
  return { push: wayOf({ pushed, poll, contact }, standsIn) !== null, poll, contact }
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
