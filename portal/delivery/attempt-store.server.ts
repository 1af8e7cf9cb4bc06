import type { Kysely, Selectable, Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'
import type { DeliveryRow } from './delivery-store.server.ts'

export interface PushChannel {
  id: string
  url: string
  mediaType: string
  failures: number
  sealingKey: { kid: string; publicJwk: JsonWebKey } | null
}

/** The endpoint as it is now, not as it was when the delivery was queued. */
export async function selectPushChannel(db: Kysely<DB>, endpointId: string, now: Date): Promise<PushChannel | null> {
  const endpoint = await db
    .selectFrom('endpoints')
    .select(['id', 'orgId', 'url', 'mediaType', 'failures'])
    .where('id', '=', endpointId)
    .where('state', '=', 'active')
    .executeTakeFirst()
  if (!endpoint?.url) return null
  const sealingKey = await selectSealingKey(db, endpoint.orgId, now, endpoint.id)
  return { id: endpoint.id, url: endpoint.url, mediaType: endpoint.mediaType, failures: endpoint.failures, sealingKey }
}

/** The newest sealing key of an endpoint, or of the organisation's poll stream. */
export async function selectSealingKey(db: Kysely<DB>, orgId: string, now: Date, endpointId?: string) {
  let query = db
    .selectFrom('providerKeys')
    .innerJoin('endpoints', 'endpoints.id', 'providerKeys.endpointId')
    .select(['providerKeys.thumbprint', 'providerKeys.jwk'])
    .where('providerKeys.orgId', '=', orgId)
    .where('providerKeys.use', '=', 'enc')
    .where('providerKeys.revokedAt', 'is', null)
    .where((where) =>
      where.or([where('providerKeys.retiredAt', 'is', null), where('providerKeys.retiredAt', '>', now)]),
    )
    .where('endpoints.state', '<>', 'retired')
  if (endpointId !== undefined) query = query.where('providerKeys.endpointId', '=', endpointId)
  const key = await query.orderBy('providerKeys.registeredAt', 'desc').limit(1).executeTakeFirst()
  return key ? { kid: key.thumbprint, publicJwk: key.jwk as unknown as JsonWebKey } : null
}

/** The row stands before the request. What an earlier worker left unfinished is abandoned. */
export async function insertAttempt(
  db: Transaction<DB>,
  delivery: DeliveryRow,
  id: string,
  endpointId: string,
  now: Date,
) {
  await abandonAttempts(db, delivery.id, now)
  const number = delivery.attempts + 1
  await db
    .insertInto('attempts')
    .values({ id, deliveryId: delivery.id, orgId: delivery.orgId, endpointId, number, startedAt: now })
    .execute()
  return number
}

/** Whoever began them is gone; should it come back after all, it writes the result it has. */
export async function abandonAttempts(db: Transaction<DB>, deliveryId: string, now: Date) {
  await db
    .updateTable('attempts')
    .set({ result: 'abandoned', finishedAt: now, code: 'abandoned' })
    .where('deliveryId', '=', deliveryId)
    .where('result', 'is', null)
    .execute()
}

export async function finishAttempt(
  db: Transaction<DB>,
  id: string,
  change: Pick<Selectable<DB['attempts']>, 'result' | 'status' | 'code' | 'ms' | 'sealed' | 'finishedAt'>,
) {
  await db.updateTable('attempts').set(change).where('id', '=', id).execute()
}

export async function setEndpointFailures(db: Transaction<DB>, endpointId: string, failed: boolean) {
  await db
    .updateTable('endpoints')
    .set((value) => ({ failures: failed ? value('failures', '+', 1) : 0 }))
    .where('id', '=', endpointId)
    .execute()
}

/** Only an active endpoint is paused; answers whether this call did it. */
export async function setEndpointPaused(db: Transaction<DB>, endpointId: string, now: Date): Promise<boolean> {
  const done = await db
    .updateTable('endpoints')
    .set({ state: 'paused', updatedAt: now })
    .where('id', '=', endpointId)
    .where('state', '=', 'active')
    .executeTakeFirst()
  return done.numUpdatedRows > 0n
}

export function selectAttempts(db: Kysely<DB>, deliveryIds: readonly string[]) {
  if (deliveryIds.length === 0) return Promise.resolve([])
  return db
    .selectFrom('attempts')
    .select(['id', 'deliveryId', 'number', 'startedAt', 'finishedAt', 'result', 'status', 'code', 'ms'])
    .where('deliveryId', 'in', [...deliveryIds])
    .orderBy('deliveryId')
    .orderBy('number')
    .execute()
}
