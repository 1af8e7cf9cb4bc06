import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'

export type StreamUpdateRow = Selectable<DB['streamUpdates']>

/** Nobody who was silent for so long is told any longer; receivers refuse older tokens soon after. */
export const spentAfterMs = 30 * 86_400_000

/**
 * What was made first stays: the same fact is told in the same bytes. Of two facts about one endpoint only the later is
 * still true, in whatever order they come here.
 */
export async function keepStreamUpdate(db: Transaction<DB>, row: StreamUpdateRow): Promise<StreamUpdateRow> {
  await db
    .insertInto('streamUpdates')
    .values(row)
    .onConflict((conflict) => conflict.columns(['factId', 'endpointId']).doNothing())
    .execute()
  await sql`
    update stream_updates as u set told_at = ${row.madeAt}, next_attempt_at = null, code = 'superseded'
    where u.endpoint_id = ${row.endpointId} and u.told_at is null and exists (
      select from stream_updates as n where n.endpoint_id = u.endpoint_id and n.fact_id > u.fact_id)`.execute(db)
  return db
    .selectFrom('streamUpdates')
    .selectAll()
    .where('factId', '=', row.factId)
    .where('endpointId', '=', row.endpointId)
    .executeTakeFirstOrThrow()
}

/** What is owed and due, the longest due first, or this one, each leased until then and its try counted. */
export async function leaseOwed(
  db: Transaction<DB>,
  { limit, jti, now, until }: { limit: number; jti?: string; now: Date; until: Date },
): Promise<StreamUpdateRow[]> {
  // A row that was never tried belongs to its reaction, which tries it again by itself.
  const due = jti === undefined ? sql`next_attempt_at <= ${now}` : sql`jti = ${jti} and attempts = 0`
  const { rows } = await sql<StreamUpdateRow>`
    update stream_updates as u set attempts = u.attempts + 1, next_attempt_at = ${until}
    from (select jti from stream_updates where told_at is null and ${due}
          order by next_attempt_at limit ${limit} for no key update skip locked) as due
    where u.jti = due.jti
    returning u.*`.execute(db)
  return rows
}

/** False where it was heard before, or another word took its place. */
export async function setStreamTold(
  db: Transaction<DB>,
  jti: string,
  told: { toldAt: Date | null; nextAttemptAt: Date | null; code: string | null },
): Promise<boolean> {
  const done = await db
    .updateTable('streamUpdates')
    .set(told)
    .where('jti', '=', jti)
    .where('toldAt', 'is', null)
    .executeTakeFirst()
  return done.numUpdatedRows > 0n
}

/** It is at another address now, which knows nothing of what was before. */
export async function dropOwed(db: Transaction<DB>, endpointId: string, now: Date): Promise<void> {
  await db
    .updateTable('streamUpdates')
    .set({ toldAt: now, nextAttemptAt: null, code: 'moved' })
    .where('endpointId', '=', endpointId)
    .where('toldAt', 'is', null)
    .execute()
}

export function selectStreamUpdate(db: Kysely<DB>, orgId: string, jti: string): Promise<StreamUpdateRow | undefined> {
  return db.selectFrom('streamUpdates').selectAll().where('orgId', '=', orgId).where('jti', '=', jti).executeTakeFirst()
}

/** What this organisation has not heard, the oldest first: of streams that are fetched from, and of others after a while. */
export function selectOwedByPoll(
  db: Kysely<DB>,
  orgId: string,
  { pushedBefore, madeAfter, limit }: { pushedBefore: Date; madeAfter: Date; limit: number },
) {
  return db
    .selectFrom('streamUpdates as u')
    .innerJoin('endpoints as e', 'e.id', 'u.endpointId')
    .select(['u.jti', 'u.raw', 'u.endpointId'])
    .where('u.orgId', '=', orgId)
    .where('u.toldAt', 'is', null)
    .where('u.madeAt', '>', madeAfter)
    .where((where) => where.or([where('e.url', 'is', null), where('u.madeAt', '<=', pushedBefore)]))
    .orderBy('u.madeAt')
    .orderBy('u.jti')
    .limit(limit)
    .execute()
}

/** Of an endpoint that may be retired by now: the one it sealed with last. */
export async function selectLastSealingKey(db: Kysely<DB>, endpointId: string) {
  const key = await db
    .selectFrom('providerKeys')
    .select(['thumbprint', 'jwk'])
    .where('endpointId', '=', endpointId)
    .where('use', '=', 'enc')
    .where('revokedAt', 'is', null)
    .orderBy('registeredAt', 'desc')
    .limit(1)
    .executeTakeFirst()
  return key ? { kid: key.thumbprint, publicJwk: key.jwk as unknown as JsonWebKey } : null
}
