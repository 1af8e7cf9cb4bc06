import { z } from 'zod'
import { newId } from '../facts/id.ts'
import { type InputError, inputErrorsOf } from '../facts/input-error.ts'
import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { joiningLives, linksForAll, linksPerMailbox } from './joining.ts'
import { countJoinings, hasMembers, insertJoining, type JoiningRow, selectContact } from './joining-store.server.ts'
import { selectOrganisation } from './organisation-store.server.ts'
import { normaliseEmail } from './person.ts'
import { holdsAddress } from './reason.ts'

const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((text) => !/\p{Cc}/u.test(text) && !holdsAddress(text), { params: { code: 'holds_address' } })

export const personName = line(80)
export const companyName = line(120)
export const mailbox = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s@<>()[\],;:"\\]{1,64}@[^\s@<>()[\],;:"\\]{1,190}$/)

const joinInput = z.strictObject({
  email: mailbox,
  personName,
  companyName,
  country: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{2}$/),
  locale: z.enum(['en', 'nl']),
})

export type JoinAsked = { result: 'asked' } | { result: 'invalid'; errors: InputError[] }

/**
 * Asks for the link by which a company joins. It goes to the mailbox that will be its first contact: whoever reads that
 * mailbox can go on, nobody else. The answer is the same for a mailbox that is known, unknown, or asked too often.
 */
export async function askToJoin(ground: Ground, input: unknown): Promise<JoinAsked> {
  const read = joinInput.safeParse(input)
  if (!read.success) return { result: 'invalid', errors: inputErrorsOf(read.error, input) }
  const { email, personName: name, companyName: company, country, locale } = read.data
  await ground.db.transaction((tx) =>
    keepAsked(ground, tx, {
      kind: 'join',
      email: normaliseEmail(email),
      personName: name,
      locale,
      orgId: null,
      contactId: null,
      companyName: company,
      country,
      askedBy: null,
    }),
  )
  return { result: 'asked' }
}

const claimInput = z.strictObject({ personName, locale: z.enum(['en', 'nl']) })

export type ClaimAsked = JoinAsked | { result: 'unknown-company' }

/**
 * Asks for the link by which a company's record is claimed. It goes to the contact the notice was mailed to, whoever asks:
 * a mail that was passed on to a customer claims nothing.
 */
export async function askToClaim(
  ground: Ground,
  of: { orgId: string; contactId: string },
  input: unknown,
): Promise<ClaimAsked> {
  const read = claimInput.safeParse(input)
  if (!read.success) return { result: 'invalid', errors: inputErrorsOf(read.error, input) }
  return ground.db.transaction(async (tx): Promise<ClaimAsked> => {
    const organisation = await selectOrganisation(tx.db, of.orgId)
    const contact = await selectContact(tx.db, of.orgId, of.contactId)
    if (organisation?.kind !== 'provider' || !contact) return { result: 'unknown-company' }
    await keepAsked(ground, tx, {
      kind: 'claim',
      email: normaliseEmail(contact.email),
      personName: read.data.personName,
      locale: read.data.locale,
      orgId: of.orgId,
      contactId: of.contactId,
      companyName: null,
      country: null,
      askedBy: null,
    })
    return { result: 'asked' }
  })
}

/** Within the caller's transaction; silent where a mailbox, or everybody together, asked too often. */
async function keepAsked(
  ground: Ground,
  tx: Tx,
  joining: Omit<JoiningRow, 'id' | 'askedAt' | 'expiresAt' | 'consumedAt'>,
): Promise<void> {
  const ago = (ms: number) => new Date(tx.now.getTime() - ms)
  const since = { own: ago(linksPerMailbox.within), all: ago(linksForAll.within) }
  const asked = await countJoinings(tx.db, joining.email, since)
  if (asked.own >= linksPerMailbox.count || asked.all >= linksForAll.count) {
    ground.log.warn('joining.limited', { count: asked.own })
    return
  }
  await keepJoining(tx, joining)
}

/** Within the caller's transaction: the link stands, and is mailed by what follows from the fact. */
export async function keepJoining(
  tx: Tx,
  joining: Omit<JoiningRow, 'id' | 'askedAt' | 'expiresAt' | 'consumedAt'>,
): Promise<string> {
  const id = newId('jng')
  const expiresAt = new Date(tx.now.getTime() + joiningLives[joining.kind])
  await insertJoining(tx.db, { ...joining, id, askedAt: tx.now, expiresAt, consumedAt: null })
  const { orgId, kind: how } = joining
  await record(tx, orgId ?? id, 'joining.asked', { joiningId: id, how, ...(orgId ? { orgId } : {}) })
  return id
}

/** The company a pointer mail was sent to, for whoever holds the link in it. */
export async function describeClaimed(ground: Ground, orgId: string): Promise<{ name: string; owned: boolean } | null> {
  const organisation = await selectOrganisation(ground.db.read, orgId)
  if (!organisation) return null
  const owned = organisation.joinedAt !== null || (await hasMembers(ground.db.read, orgId))
  return { name: organisation.name, owned }
}
