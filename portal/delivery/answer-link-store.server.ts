import type { Kysely, Selectable, Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'

export type AnswerLinkRow = Selectable<DB['answerLinks']>

/** The link of this delivery for one mailbox of a contact, made at the first call. */
export async function keepLink(
  db: Transaction<DB>,
  row: Pick<
    AnswerLinkRow,
    'id' | 'deliveryId' | 'noticeId' | 'orgId' | 'contactId' | 'mailbox' | 'createdAt' | 'expiresAt'
  >,
): Promise<AnswerLinkRow> {
  await db
    .insertInto('answerLinks')
    .values(row)
    .onConflict((conflict) => conflict.columns(['deliveryId', 'contactId', 'mailbox']).doNothing())
    .execute()
  return db
    .selectFrom('answerLinks')
    .selectAll()
    .where('deliveryId', '=', row.deliveryId)
    .where('contactId', '=', row.contactId)
    .where('mailbox', '=', row.mailbox)
    .executeTakeFirstOrThrow()
}

/** A link with everything that may have ended it. */
export function selectLink(db: Kysely<DB>, id: string) {
  return linksWithEnds(db).where('l.id', '=', id).executeTakeFirst()
}

export function lockLink(db: Transaction<DB>, id: string) {
  return linksWithEnds(db).where('l.id', '=', id).forNoKeyUpdate('l').executeTakeFirst()
}

function linksWithEnds(db: Kysely<DB>) {
  return db
    .selectFrom('answerLinks as l')
    .innerJoin('organisations as o', 'o.id', 'l.orgId')
    .innerJoin('notices as n', 'n.id', 'l.noticeId')
    .innerJoin('deliveries as d', 'd.id', 'l.deliveryId')
    .leftJoin('contacts as c', (join) =>
      join.onRef('c.id', '=', 'l.contactId').onRef('c.orgId', '=', 'l.orgId').on('c.removedAt', 'is', null),
    )
    .selectAll('l')
    .select([
      'o.suspendedAt',
      'n.closedAt',
      'n.withdrawnAt',
      'd.event',
      'c.id as contact',
      'c.mailbox as contactMailbox',
    ])
    .select((select) =>
      select
        .exists(
          select
            .selectFrom('answerLinks as newer')
            .select('newer.id')
            .whereRef('newer.noticeId', '=', 'l.noticeId')
            .whereRef('newer.contactId', '=', 'l.contactId')
            .whereRef('newer.id', '>', 'l.id'),
        )
        .as('replaced'),
    )
}

export async function updateLink(
  db: Kysely<DB>,
  id: string,
  change: Partial<Pick<AnswerLinkRow, 'revokedAt' | 'confirmedAt' | 'wrongNumbers' | 'wrongSince'>>,
) {
  await db.updateTable('answerLinks').set(change).where('id', '=', id).execute()
}

/** What its sender calls the mail that the link went out in. */
export async function selectPointingMail(
  db: Kysely<DB>,
  { deliveryId, contactId, mailbox }: Pick<AnswerLinkRow, 'deliveryId' | 'contactId' | 'mailbox'>,
): Promise<string | null> {
  const row = await db
    .selectFrom('pointers')
    .select('mailId')
    .where('deliveryId', '=', deliveryId)
    .where('contactId', '=', contactId)
    .where('mailbox', '=', mailbox)
    .executeTakeFirst()
  return row?.mailId ?? null
}

/** Whether a pointer to this notice left for a mailbox of this domain. */
export async function wasMailedTo(db: Kysely<DB>, noticeId: string, domain: string): Promise<boolean> {
  const row = await db
    .selectFrom('pointers')
    .innerJoin('mails', 'mails.key', 'pointers.mailId')
    .select('mails.id')
    .where('pointers.noticeId', '=', noticeId)
    .where('mails.recipientDomain', '=', domain)
    .where('mails.sentAt', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Pointer mails sent before then of which nothing is known, and none of whose notices has arrived. */
export async function selectUnanswered(db: Kysely<DB>, before: Date, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('mails')
    .select('mails.id')
    .where('mails.purpose', '=', 'pointer')
    .where('mails.state', 'in', ['sent', 'delayed'])
    .where('mails.sentAt', '<=', before)
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('pointers')
            .innerJoin('deliveries', 'deliveries.id', 'pointers.deliveryId')
            .select('deliveries.id')
            .whereRef('pointers.mailId', '=', 'mails.key')
            .where('deliveries.receivedAt', 'is not', null),
        ),
      ),
    )
    .orderBy('mails.sentAt')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}
