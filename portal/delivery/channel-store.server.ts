import { type Kysely, sql } from 'kysely'
import type { DB } from '../ground/ground.ts'
import type { DeliveryRow } from './delivery-store.server.ts'

export interface Channels {
  push: boolean
  poll: boolean
  /** The first verified mailbox in the order of escalation. */
  contact: { id: string; email: string; locale: 'en' | 'nl' } | null
}

/** What an organisation can be reached by. */
export async function selectChannels(db: Kysely<DB>, orgId: string): Promise<Channels> {
  const endpoints = await db
    .selectFrom('endpoints')
    .select(['url', 'state'])
    .where('orgId', '=', orgId)
    .where('state', '<>', 'retired')
    .execute()
  const contact = await db
    .selectFrom('contacts')
    .innerJoin('organisations', 'organisations.id', 'contacts.orgId')
    .select(['contacts.id', 'contacts.email', 'organisations.locale'])
    .where('contacts.orgId', '=', orgId)
    .where('contacts.verifiedAt', 'is not', null)
    .orderBy('contacts.position')
    .orderBy('contacts.id')
    .limit(1)
    .executeTakeFirst()
  return {
    push: endpoints.some((one) => one.url !== null && one.state === 'active'),
    poll: endpoints.some((one) => one.url === null && one.state !== 'paused'),
    contact: contact ? { id: contact.id, email: contact.email, locale: contact.locale === 'nl' ? 'nl' : 'en' } : null,
  }
}

/** Whether a pointer to this delivery was mailed. */
export async function wasPointed(db: Kysely<DB>, delivery: Pick<DeliveryRow, 'id' | 'noticeId'>): Promise<boolean> {
  const fact = await db
    .selectFrom('facts')
    .select('id')
    .where('chain', '=', delivery.noticeId)
    .where('kind', '=', 'delivery.pointed')
    .where('payload', 'like', `%"${delivery.id}"%`)
    .executeTakeFirst()
  return fact !== undefined
}

export interface Stuck {
  now: Date
  events: readonly string[]
  /** Ways in which a push fails that no waiting repairs soon. */
  hard: readonly string[]
  limit: number
}

/**
 * What should have arrived by now, counted as if it had been received when it was first offered: after ten minutes or a
 * tenth of its time, whichever is earlier; after two hard failures at once. Only where there is a contact to write to.
 */
export function selectStuck(db: Kysely<DB>, { now, events, hard, limit }: Stuck): Promise<DeliveryRow[]> {
  return db
    .selectFrom('deliveries as d')
    .selectAll('d')
    .where('d.state', 'in', ['queued', 'offered'])
    .where('d.nextAttemptAt', 'is not', null)
    .where('d.event', 'in', [...events])
    .where((where) =>
      where.or([
        sql<boolean>`coalesce(d.offered_at, d.created_at)
          + least(interval '10 minutes', (d.deadline_at - d.created_at) / 10) <= ${now}`,
        where.and([where('d.attempts', '>=', 2), where('d.lastCode', 'in', [...hard])]),
        where('d.lastCode', '=', 'http_410'),
      ]),
    )
    .where((where) =>
      where.exists(
        where
          .selectFrom('contacts')
          .select('contacts.id')
          .whereRef('contacts.orgId', '=', 'd.orgId')
          .where('contacts.verifiedAt', 'is not', null),
      ),
    )
    .where(
      sql<boolean>`not exists (select 1 from facts where facts.chain = d.notice_id
        and facts.kind = 'delivery.pointed' and facts.payload like '%"' || d.id || '"%')`,
    )
    .orderBy('d.deadlineAt')
    .limit(limit)
    .execute()
}
