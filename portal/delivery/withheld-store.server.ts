import { type Kysely, sql, type Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'
import type { DeliveryRow } from './delivery-store.server.ts'

/** The code of what is not brought to an organisation because the desk has taken it out. */
const code = 'suspended'

/** Nothing that has not arrived is tried any longer. */
export async function setWithheld(db: Transaction<DB>, orgId: string) {
  await db
    .updateTable('deliveries')
    .set({ nextAttemptAt: null, lastCode: code })
    .where('orgId', '=', orgId)
    .where('state', 'in', ['queued', 'offered', 'failed'])
    .where('nextAttemptAt', 'is not', null)
    .execute()
}

/** What is withheld of a notice, or of what was said about notices beside themselves. */
export function lockWithheld(db: Transaction<DB>, orgId: string, which: { noticeId: string } | { except: string }) {
  let query = db
    .selectFrom('deliveries')
    .innerJoin('tokens', 'tokens.jti', 'deliveries.jti')
    .selectAll('deliveries')
    .select('tokens.setSha256')
    .where('deliveries.orgId', '=', orgId)
    .where('deliveries.lastCode', '=', code)
    .where('deliveries.nextAttemptAt', 'is', null)
    .where('deliveries.state', 'in', ['queued', 'offered', 'failed'])
  query =
    'noticeId' in which
      ? query.where('deliveries.noticeId', '=', which.noticeId)
      : query.where('deliveries.event', '<>', which.except)
  return query.orderBy('deliveries.id').forNoKeyUpdate('deliveries').execute()
}

export async function setDueAgain(db: Transaction<DB>, delivery: Pick<DeliveryRow, 'id'>, now: Date) {
  await db
    .updateTable('deliveries')
    .set({
      nextAttemptAt: now,
      lastCode: null,
      state: sql`case when offered_at is null then 'queued' else 'offered' end`,
    })
    .where('id', '=', delivery.id)
    .execute()
}

export async function isWithheld(db: Kysely<DB>, orgId: string, noticeId: string): Promise<boolean> {
  const row = await db
    .selectFrom('deliveries')
    .select('id')
    .where('noticeId', '=', noticeId)
    .where('orgId', '=', orgId)
    .where('lastCode', '=', code)
    .where('nextAttemptAt', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
