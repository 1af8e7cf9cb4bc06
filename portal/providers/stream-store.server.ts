import type { Kysely, Selectable, Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'

export type StreamUpdateRow = Selectable<DB['streamUpdates']>

/** What was made first stays: the same fact is told in the same bytes. */
export async function keepStreamUpdate(db: Transaction<DB>, row: StreamUpdateRow): Promise<StreamUpdateRow> {
  await db
    .insertInto('streamUpdates')
    .values(row)
    .onConflict((conflict) => conflict.columns(['factId', 'endpointId']).doNothing())
    .execute()
  return db
    .selectFrom('streamUpdates')
    .selectAll()
    .where('factId', '=', row.factId)
    .where('endpointId', '=', row.endpointId)
    .executeTakeFirstOrThrow()
}

/** False where it was told before. */
export async function setStreamTold(
  db: Transaction<DB>,
  jti: string,
  told: { toldAt: Date; code: string | null },
): Promise<boolean> {
  const done = await db
    .updateTable('streamUpdates')
    .set(told)
    .where('jti', '=', jti)
    .where('toldAt', 'is', null)
    .executeTakeFirst()
  return done.numUpdatedRows > 0n
}

export function selectStreamUpdate(db: Kysely<DB>, orgId: string, jti: string): Promise<StreamUpdateRow | undefined> {
  return db.selectFrom('streamUpdates').selectAll().where('orgId', '=', orgId).where('jti', '=', jti).executeTakeFirst()
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
