import type { Kysely, Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'

export async function insertMailboxChange(
  db: Transaction<DB>,
  change: { id: string; personId: string; email: string; requestedAt: Date; expiresAt: Date },
) {
  await db.insertInto('mailboxChanges').values(change).execute()
}

export function selectMailboxChange(db: Kysely<DB>, changeId: string) {
  return db.selectFrom('mailboxChanges').selectAll().where('id', '=', changeId).executeTakeFirst()
}

export function lockMailboxChange(db: Transaction<DB>, changeId: string) {
  return db.selectFrom('mailboxChanges').selectAll().where('id', '=', changeId).forNoKeyUpdate().executeTakeFirst()
}

export async function countMailboxChanges(db: Transaction<DB>, personId: string, since: Date) {
  const counted = await db
    .selectFrom('mailboxChanges')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('personId', '=', personId)
    .where('requestedAt', '>', since)
    .executeTakeFirstOrThrow()
  return Number(counted.count)
}

export async function endMailboxChanges(db: Transaction<DB>, personId: string, at: Date) {
  await db
    .updateTable('mailboxChanges')
    .set({ endedAt: at })
    .where('personId', '=', personId)
    .where('endedAt', 'is', null)
    .execute()
}

export async function setMailboxConfirmed(db: Transaction<DB>, changeId: string, side: 'old' | 'new', at: Date) {
  const set = side === 'old' ? { oldConfirmedAt: at } : { newConfirmedAt: at }
  await db.updateTable('mailboxChanges').set(set).where('id', '=', changeId).execute()
}
