import { type ExpressionBuilder, type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'
import type { DeliveryRow } from './delivery-store.server.ts'

export type PointerRow = Selectable<DB['pointers']>

/** To whom this delivery was pointed, or is about to be. A pointer to a mailbox that a contact has no longer is none. */
export async function selectPointed(db: Kysely<DB>, deliveryId: string): Promise<Set<string>> {
  const rows = await db
    .selectFrom('pointers as p')
    .innerJoin('contacts as c', (join) => join.onRef('c.id', '=', 'p.contactId').onRef('c.mailbox', '=', 'p.mailbox'))
    .select('p.contactId')
    .where('p.deliveryId', '=', deliveryId)
    .execute()
  return new Set(rows.map((row) => row.contactId))
}

export async function insertPointer(
  db: Transaction<DB>,
  pointer: Pick<PointerRow, 'deliveryId' | 'contactId' | 'mailbox' | 'orgId' | 'noticeId' | 'queuedAt'>,
) {
  await db
    .insertInto('pointers')
    .values(pointer)
    .onConflict((conflict) => conflict.columns(['deliveryId', 'contactId', 'mailbox']).doNothing())
    .execute()
}

/** The contact's row, locked: one mail to it is put together at a time. */
export async function lockContact(db: Transaction<DB>, contactId: string): Promise<void> {
  await db.selectFrom('contacts').select('id').where('id', '=', contactId).forNoKeyUpdate().execute()
}

/** What waits for this contact, oldest first. */
export function selectWaiting(db: Transaction<DB>, contactId: string, limit: number): Promise<PointerRow[]> {
  return db
    .selectFrom('pointers')
    .selectAll()
    .where('contactId', '=', contactId)
    .where('mailedAt', 'is', null)
    .orderBy('queuedAt')
    .orderBy('deliveryId')
    .limit(limit)
    .execute()
}

/** How many mails this contact was sent since then. */
export async function countMailed(db: Kysely<DB>, contactId: string, since: Date): Promise<number> {
  const row = await db
    .selectFrom('pointers')
    .select((of) => of.fn.count<number>('mailId').distinct().as('count'))
    .where('contactId', '=', contactId)
    .where('mailedAt', '>', since)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

type Which = Pick<PointerRow, 'deliveryId' | 'contactId' | 'mailbox'>

/** It travels in this mail, which is whoever's put it together for so long. */
export async function putInMail(
  db: Transaction<DB>,
  which: Which,
  { mailId, leasedUntil }: { mailId: string; leasedUntil: Date },
): Promise<void> {
  await db
    .updateTable('pointers')
    .set({ mailId, leasedUntil })
    .where('deliveryId', '=', which.deliveryId)
    .where('contactId', '=', which.contactId)
    .where('mailbox', '=', which.mailbox)
    .execute()
}

/** It did not leave: whoever comes next tries it again at once. */
export async function releaseMail(db: Transaction<DB>, mailId: string): Promise<void> {
  await db
    .updateTable('pointers')
    .set({ leasedUntil: null })
    .where('mailId', '=', mailId)
    .where('mailedAt', 'is', null)
    .execute()
}

/** Its mail has left. False where that was noted before. */
export async function noteMailed(db: Transaction<DB>, which: Which, mailedAt: Date): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('pointers')
    .set({ mailedAt })
    .where('deliveryId', '=', which.deliveryId)
    .where('contactId', '=', which.contactId)
    .where('mailbox', '=', which.mailbox)
    .where('mailedAt', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Pointers to this delivery that were mailed and not followed, noted as such from now on. Answers whose they are. */
export async function markSilent(db: Transaction<DB>, deliveryId: string, at: Date): Promise<string[]> {
  const rows = await db
    .updateTable('pointers')
    .set({ silentAt: at })
    .where('deliveryId', '=', deliveryId)
    .where('mailedAt', 'is not', null)
    .where('silentAt', 'is', null)
    .where((where) =>
      where.exists(
        where
          .selectFrom('contacts as c')
          .select('c.id')
          .whereRef('c.id', '=', 'pointers.contactId')
          .whereRef('c.mailbox', '=', 'pointers.mailbox'),
      ),
    )
    .returning('contactId')
    .execute()
  return rows.map((row) => row.contactId)
}

/** It arrived, or is not spoken of any longer, before anybody was written to. */
export async function dropPointer(db: Transaction<DB>, which: Which) {
  await db
    .deleteFrom('pointers')
    .where('deliveryId', '=', which.deliveryId)
    .where('contactId', '=', which.contactId)
    .where('mailbox', '=', which.mailbox)
    .where('mailedAt', 'is', null)
    .execute()
}

/** Contacts for whom something waits. */
export async function selectWaitedFor(db: Kysely<DB>, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('pointers')
    .select('contactId')
    .where('mailedAt', 'is', null)
    .groupBy('contactId')
    .orderBy((by) => by.fn.min('queuedAt'))
    .limit(limit)
    .execute()
  return rows.map((row) => row.contactId)
}

/** What was pointed to one contact, at the mailbox it has now, and has not arrived. */
export function selectUnfollowed(db: Kysely<DB>, contactId: string, limit: number): Promise<DeliveryRow[]> {
  return db
    .selectFrom('deliveries')
    .innerJoin('pointers', 'pointers.deliveryId', 'deliveries.id')
    .innerJoin('contacts', (join) =>
      join.onRef('contacts.id', '=', 'pointers.contactId').onRef('contacts.mailbox', '=', 'pointers.mailbox'),
    )
    .selectAll('deliveries')
    .where('pointers.contactId', '=', contactId)
    .where('deliveries.state', 'in', ['queued', 'offered', 'failed'])
    .where('deliveries.nextAttemptAt', 'is not', null)
    .orderBy('deliveries.deadlineAt')
    .limit(limit)
    .execute()
}

/** What waits and was pointed to nobody who can still be written to. */
export function selectUnpointed(db: Kysely<DB>, orgId: string, limit: number): Promise<DeliveryRow[]> {
  return db
    .selectFrom('deliveries')
    .selectAll()
    .where('orgId', '=', orgId)
    .where('state', 'in', ['queued', 'offered', 'failed'])
    .where('nextAttemptAt', 'is not', null)
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('pointers')
            .innerJoin('contacts', (join) =>
              join.onRef('contacts.id', '=', 'pointers.contactId').onRef('contacts.mailbox', '=', 'pointers.mailbox'),
            )
            .select('pointers.contactId')
            .whereRef('pointers.deliveryId', '=', 'deliveries.id')
            .where('contacts.removedAt', 'is', null)
            .where('contacts.unreachableAt', 'is', null),
        ),
      ),
    )
    .orderBy('deadlineAt')
    .limit(limit)
    .execute()
}

export interface Stuck {
  now: Date
  events: readonly string[]
  /** Ways in which a push fails that no waiting repairs soon. */
  hard: readonly string[]
  limit: number
}

/** From when steps are counted, and how much time there was: of the notice, in however many tokens it was signed. */
const offered = sql`coalesce(offered_at, first_queued_at, created_at)`
const time = sql`(deadline_at - coalesce(first_queued_at, created_at))`

/**
 * What should have arrived by now, counted as if it had been received when it was first offered: after ten minutes or a
 * tenth of its time, whichever is earlier; after two hard failures at once.
 */
export function selectStuck(db: Kysely<DB>, { now, events, hard, limit }: Stuck): Promise<DeliveryRow[]> {
  return waiting(db, events, limit, 0)
    .where((where) =>
      where.or([
        sql<boolean>`${offered} + least(interval '10 minutes', ${time} / 10) <= ${now}`,
        // Written by a clock that has been set back since.
        sql<boolean>`${offered} > ${now}::timestamptz + interval '10 minutes'`,
        where.and([where('attempts', '>=', 2), where('lastCode', 'in', [...hard])]),
        where('lastCode', '=', 'http_410'),
      ]),
    )
    .execute()
}

/** What has taken its earlier steps and is that part of its time old: a quarter for the second, a half for the third. */
export function selectOlder(
  db: Kysely<DB>,
  {
    now,
    events,
    limit,
    step,
    part,
  }: { now: Date; events: readonly string[]; limit: number; step: number; part: number },
): Promise<DeliveryRow[]> {
  return waiting(db, events, limit, step - 1)
    .where(sql<boolean>`${offered} + ${time} * ${part}::float8 <= ${now}`)
    .execute()
}

/** What waits and has taken so many steps, written into the question: its index holds those that have one to take. */
function waiting(db: Kysely<DB>, events: readonly string[], limit: number, taken: number) {
  return db
    .selectFrom('deliveries')
    .selectAll()
    .where('state', 'in', ['queued', 'offered', 'failed'])
    .where('nextAttemptAt', 'is not', null)
    .where('escalated', '=', sql.lit(taken))
    .where('event', 'in', [...events])
    .orderBy('deadlineAt')
    .limit(limit)
}

/** Said 202 so long ago, has a key to sign with, and has signed nothing since. */
export function selectUnacknowledged(
  db: Kysely<DB>,
  { now, event, afterMs, limit }: { now: Date; event: string; afterMs: number; limit: number },
): Promise<DeliveryRow[]> {
  return db
    .selectFrom('deliveries as d')
    .selectAll('d')
    .where('d.state', '=', 'received')
    .where('d.receivedHow', '=', 'push')
    .where('d.unacknowledgedAt', 'is', null)
    .where('d.event', '=', event)
    .where('d.receivedAt', '<=', new Date(now.getTime() - afterMs))
    .where('d.receivedAt', '>', new Date(now.getTime() - 86_400_000))
    .where((where) =>
      where.exists(
        where
          .selectFrom('providerKeys as k')
          .select('k.thumbprint')
          .whereRef('k.orgId', '=', 'd.orgId')
          .where('k.use', '=', 'sig')
          .where('k.revokedAt', 'is', null)
          .where('k.retiredAt', 'is', null),
      ),
    )
    .where((where) => where.not(where.exists(signedReport(where))))
    .orderBy('d.receivedAt')
    .limit(limit)
    .execute()
}

function signedReport(where: ExpressionBuilder<DB & { d: DB['deliveries'] }, 'd'>) {
  return where
    .selectFrom('reports as r')
    .select('r.id')
    .whereRef('r.noticeId', '=', 'd.noticeId')
    .whereRef('r.orgId', '=', 'd.orgId')
    .where('r.grade', '=', 'signed')
}
