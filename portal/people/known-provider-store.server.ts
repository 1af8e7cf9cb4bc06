import type { Kysely, Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'

interface Known {
  registryHandle: string
  registryMailbox: string
}

export function selectKnownProvider(db: Kysely<DB>, { registryHandle, registryMailbox }: Known) {
  return db
    .selectFrom('organisations')
    .select('id')
    .where('registryHandle', '=', registryHandle)
    .where('registryMailbox', '=', registryMailbox)
    .executeTakeFirst()
}

/** False where the same company was kept before. */
export async function insertKnownProvider(
  db: Transaction<DB>,
  provider: Known & {
    id: string
    name: string
    country: string
    locale: 'en' | 'nl'
    contactId: string
    mailbox: string
    createdAt: Date
  },
): Promise<boolean> {
  const { contactId, mailbox, ...organisation } = provider
  const done = await db
    .insertInto('organisations')
    .values({ ...organisation, kind: 'provider', knownFrom: 'registry' })
    .onConflict((conflict) => conflict.columns(['registryHandle', 'registryMailbox']).doNothing())
    .executeTakeFirst()
  if ((done.numInsertedOrUpdatedRows ?? 0n) === 0n) return false
  await db
    .insertInto('contacts')
    .values({
      id: contactId,
      orgId: provider.id,
      kind: 'abuse',
      email: mailbox,
      languages: [provider.locale],
      // Behind every contact that the company gives itself.
      position: 1000,
      source: 'registry',
      createdAt: provider.createdAt,
    })
    .execute()
  return true
}
