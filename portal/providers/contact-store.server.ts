import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'
import type { Choosable } from './choose-contact.ts'
import type { ContactKind, ContactPurpose } from './contact.ts'
import type { ContactHours } from './contact-hours.ts'

/** A contact as it is kept, and in which language it is written to. */
export interface ContactRow extends Choosable {
  orgId: string
  kind: ContactKind
  purposes: ContactPurpose[]
  name: string | null
  email: string
  phone: string | null
  languages: string[]
  locale: 'en' | 'nl'
  reminded: number
  lapsedAt: Date | null
  unreachableCode: string | null
  /** Which of its mailboxes this is, counted from 1. */
  mailbox: number
  createdAt: Date
  updatedAt: Date
}

function contacts(db: Kysely<DB>) {
  return db
    .selectFrom('contacts')
    .innerJoin('organisations', 'organisations.id', 'contacts.orgId')
    .selectAll('contacts')
    .select(['organisations.locale', 'organisations.knownFrom', 'organisations.admittedAt'])
    .where('contacts.removedAt', 'is', null)
}

type Read = Selectable<DB['contacts']> & { locale: string; knownFrom: string | null; admittedAt: Date | null }

function rowOf(row: Read): ContactRow {
  const language = row.languages.find((one) => one === 'en' || one === 'nl')
  return {
    ...row,
    // Whoever has registered answers for its own mailboxes; until then the registry's is all there is.
    known: row.source === 'registry' && row.knownFrom === 'registry' && row.admittedAt === null,
    kind: row.kind as ContactKind,
    purposes: row.purposes as ContactPurpose[],
    hours: row.hours as ContactHours,
    locale: (language ?? row.locale) === 'nl' ? 'nl' : 'en',
    updatedAt: row.updatedAt ?? row.createdAt,
  }
}

/** All of an organisation's, in the order of escalation. */
export async function selectContacts(db: Kysely<DB>, orgId: string): Promise<ContactRow[]> {
  const rows = await contacts(db)
    .where('contacts.orgId', '=', orgId)
    .orderBy('contacts.position')
    .orderBy('contacts.id')
    .execute()
  return rows.map(rowOf)
}

export async function selectContact(db: Kysely<DB>, contactId: string): Promise<ContactRow | null> {
  const row = await contacts(db).where('contacts.id', '=', contactId).executeTakeFirst()
  return row ? rowOf(row) : null
}

/** All of an organisation's, locked in one order: whoever changes one of them has the order of all of them in hand. */
export async function lockContacts(db: Transaction<DB>, orgId: string): Promise<ContactRow[]> {
  const rows = await contacts(db)
    .where('contacts.orgId', '=', orgId)
    .orderBy('contacts.id')
    .forNoKeyUpdate('contacts')
    .execute()
  return rows.map(rowOf).sort((left, right) => left.position - right.position || (left.id < right.id ? -1 : 1))
}

export type ContactChange = Partial<
  Pick<
    ContactRow,
    | 'kind'
    | 'purposes'
    | 'name'
    | 'email'
    | 'phone'
    | 'languages'
    | 'hours'
    | 'timeZone'
    | 'awayFrom'
    | 'awayUntil'
    | 'position'
    | 'verifiedAt'
    | 'lapsesAt'
    | 'lapsedAt'
    | 'reminded'
    | 'unreachableAt'
    | 'unreachableCode'
    | 'silent'
    | 'complainedAt'
    | 'mailbox'
  >
> & { updatedAt: Date; removedAt?: Date }

export async function updateContact(db: Transaction<DB>, contactId: string, change: ContactChange): Promise<void> {
  const { hours, ...rest } = change
  const set = 'hours' in change ? { ...rest, hours: jsonOf(hours ?? null) } : rest
  await db.updateTable('contacts').set(set).where('id', '=', contactId).execute()
}

export type FormerMailbox = Selectable<DB['formerMailboxes']>

export async function insertFormerMailbox(db: Transaction<DB>, row: FormerMailbox): Promise<void> {
  await db.insertInto('formerMailboxes').values(row).execute()
}

export function selectFormerMailbox(db: Kysely<DB>, id: string): Promise<FormerMailbox | undefined> {
  return db.selectFrom('formerMailboxes').selectAll().where('id', '=', id).executeTakeFirst()
}

export type NewContactRow = Pick<
  ContactRow,
  | 'id'
  | 'orgId'
  | 'kind'
  | 'purposes'
  | 'name'
  | 'email'
  | 'phone'
  | 'languages'
  | 'hours'
  | 'timeZone'
  | 'awayFrom'
  | 'awayUntil'
  | 'verifiedAt'
  | 'lapsesAt'
  | 'createdAt'
>

/** At the end of the order of escalation. */
export async function insertContact(db: Transaction<DB>, contact: NewContactRow): Promise<void> {
  const last = await db
    .selectFrom('contacts')
    .select((of) => of.fn.max('position').as('position'))
    .where('orgId', '=', contact.orgId)
    .executeTakeFirst()
  const position = Number(last?.position ?? 0) + 1
  await db
    .insertInto('contacts')
    .values({ ...contact, hours: jsonOf(contact.hours), position, updatedAt: contact.createdAt })
    .execute()
}

// The driver sends an array as PostgreSQL's own, and text as it stands.
function jsonOf(hours: ContactHours): string | null {
  return hours === null ? null : JSON.stringify(hours)
}

/** Whether a network of the organisation is proven: then somebody has to be reachable. */
export async function hasProvenNetwork(db: Kysely<DB>, orgId: string): Promise<boolean> {
  const row = await db
    .selectFrom('networks')
    .select('id')
    .where('orgId', '=', orgId)
    .where('provenAt', 'is not', null)
    .where('endedAt', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Whose challenge is due for its next word: before it lapses, and when it has. */
export async function selectDueChallenges(db: Kysely<DB>, now: Date, firstBeforeMs: number, limit: number) {
  const rows = await contacts(db)
    .where('contacts.verifiedAt', 'is not', null)
    .where('contacts.lapsedAt', 'is', null)
    .where('contacts.lapsesAt', '<=', new Date(now.getTime() + firstBeforeMs))
    // How many words have gone out by now, and how many should have.
    .where(
      sql<boolean>`contacts.reminded < case when contacts.lapses_at <= ${now} then 3
        when contacts.lapses_at - interval '3 days' <= ${now} then 2 else 1 end`,
    )
    .orderBy('contacts.lapsesAt')
    .limit(limit)
    .execute()
  return rows.map(rowOf)
}

/** False where this mail's return was noted before. */
export async function insertReturn(db: Transaction<DB>, row: Selectable<DB['contactReturns']>): Promise<boolean> {
  const done = await db
    .insertInto('contactReturns')
    .values(row)
    .onConflict((conflict) => conflict.column('mailId').doNothing())
    .executeTakeFirst()
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function countReturns(db: Kysely<DB>, contactId: string, since: Date): Promise<number> {
  const row = await db
    .selectFrom('contactReturns')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('contactId', '=', contactId)
    .where('at', '>', since)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

/** One more pointer that nobody followed. Answers how many in a row for each. */
export async function addSilence(db: Transaction<DB>, contactIds: readonly string[]) {
  if (contactIds.length === 0) return []
  return db
    .updateTable('contacts')
    .set({ silent: sql`silent + 1` })
    .where('id', 'in', [...contactIds].sort())
    .returning(['id', 'orgId', 'silent'])
    .execute()
}

export async function endSilence(db: Transaction<DB>, contactIds: readonly string[]): Promise<void> {
  if (contactIds.length === 0) return
  await db
    .updateTable('contacts')
    .set({ silent: 0 })
    .where('id', 'in', [...contactIds].sort())
    .where('silent', '>', 0)
    .execute()
}

/** Whether the contact was proven, or asked for a proof, after this mail had left: then its return is old news. */
export async function selectProvenLater(db: Kysely<DB>, contactId: string, mailId: string): Promise<boolean> {
  const row = await db
    .selectFrom('mails as m')
    .innerJoin('contacts as c', 'c.id', 'm.contactId')
    .select('m.id')
    .where('m.id', '=', mailId)
    .where('c.id', '=', contactId)
    .where((where) =>
      where.or([
        where('m.preparedAt', '<', where.ref('c.verifiedAt')),
        where.exists(
          where
            .selectFrom('contactConfirmations as newer')
            .select('newer.id')
            .whereRef('newer.contactId', '=', 'c.id')
            .where('newer.why', '=', 'verify')
            .whereRef('newer.requestedAt', '>', 'm.preparedAt'),
        ),
      ]),
    )
    .executeTakeFirst()
  return row !== undefined
}
