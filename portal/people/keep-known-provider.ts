import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Tx } from '../ground/ground.ts'
import { insertKnownProvider, selectKnownProvider } from './known-provider-store.server.ts'
import { normaliseEmail } from './person.ts'

export interface KnownProvider {
  /** As the registry writes it; where it gives no name, the mailbox's own domain stands in. */
  name: string | null
  /** Two letters; null where the registry does not say. */
  country: string | null
  /** Where the registry says that abuse is to be reported. */
  mailbox: string
  /** The registry's name for the company, with the registry: the same company has the same one in every answer. */
  registryHandle: string
}

/** Where the registry says nothing about the country (ISO 3166 leaves this code to its users). */
const countryUnknown = 'ZZ'

/**
 * Keeps a company that never heard of us, with the mailbox the registry gives for it, and answers its id; the same
 * company once, however often and by however many at a time it is found. It is admitted to nothing, has no members and
 * no networks, and is never found by its mailbox alone: an organisation that registered itself stays another one.
 * Inside the caller's transaction; records `provider.known` the first time.
 */
export async function keepKnownProvider(tx: Tx, found: KnownProvider): Promise<string> {
  const registryMailbox = normaliseEmail(found.mailbox)
  const known = { registryHandle: found.registryHandle, registryMailbox }
  const before = await selectKnownProvider(tx.db, known)
  if (before) return before.id
  const orgId = newId('org')
  const country = /^[A-Za-z]{2}$/.test(found.country ?? '') ? String(found.country).toUpperCase() : countryUnknown
  const inserted = await insertKnownProvider(tx.db, {
    ...known,
    id: orgId,
    name: found.name?.trim().slice(0, 200) || registryMailbox.slice(registryMailbox.indexOf('@') + 1),
    country,
    locale: country === 'NL' ? 'nl' : 'en',
    contactId: newId('ctc'),
    mailbox: found.mailbox.trim(),
    createdAt: tx.now,
  })
  if (inserted) {
    await record(tx, orgId, 'provider.known', { orgId })
    return orgId
  }
  // Somebody else found it in the same moment, and theirs is committed now.
  const theirs = await selectKnownProvider(tx.db, known)
  if (!theirs) throw new Error('A known provider was neither kept nor there')
  return theirs.id
}
