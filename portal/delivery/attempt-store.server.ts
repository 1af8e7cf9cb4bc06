import type { Kysely, Selectable, Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'
import type { DeliveryRow } from './delivery-store.server.ts'

export interface Claimed {
  deliveryId: string
  endpointId: string
}

interface Claim {
  workerId: string
  now: Date
  leasedUntil: Date
  /** A lease beyond this was taken by a clock that has been set back since: it counts as run out. */
  longestLease: Date
  /** A try planned beyond this as well: it counts as due. */
  furthestTry: Date
  limit: number
}

/**
 * Takes due deliveries, oldest deadline first and fair among endpoints: at most two in flight each, one after a failure.
 * The endpoint's row is locked while its deliveries are counted and taken, so two workers cannot both see room.
 */
export async function claimDue(db: Transaction<DB>, claim: Claim): Promise<Claimed[]> {
  const { now, workerId, leasedUntil, longestLease, furthestTry } = claim
  const endpoints = await db
    .selectFrom('endpoints as e')
    .select(['e.id', 'e.orgId', 'e.failures'])
    .where('e.state', '=', 'active')
    .where('e.url', 'is not', null)
    // Before its admission, and while it is suspended, nothing is pushed to anybody.
    .where((where) =>
      where.exists(
        where
          .selectFrom('organisations as o')
          .select('o.id')
          .whereRef('o.id', '=', 'e.orgId')
          .where('o.admittedAt', 'is not', null)
          .where('o.suspendedAt', 'is', null),
      ),
    )
    // One endpoint an organisation at a time: the oldest that works.
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('endpoints as older')
            .select('older.id')
            .whereRef('older.orgId', '=', 'e.orgId')
            .where('older.state', '=', 'active')
            .where('older.url', 'is not', null)
            .whereRef('older.id', '<', 'e.id'),
        ),
      ),
    )
    .where((where) =>
      where.exists(
        where
          .selectFrom('deliveries as d')
          .select('d.id')
          .whereRef('d.orgId', '=', 'e.orgId')
          .where((due) => due.or([due('d.nextAttemptAt', '<=', now), due('d.nextAttemptAt', '>', furthestTry)]))
          .where((lease) =>
            lease.or([
              lease('d.leasedUntil', 'is', null),
              lease('d.leasedUntil', '<=', now),
              lease('d.leasedUntil', '>', longestLease),
            ]),
          ),
      ),
    )
    .orderBy((by) =>
      by
        .selectFrom('deliveries as first')
        .select((min) => min.fn.min('first.deadlineAt').as('deadline'))
        .whereRef('first.orgId', '=', 'e.orgId')
        .where((due) => due.or([due('first.nextAttemptAt', '<=', now), due('first.nextAttemptAt', '>', furthestTry)])),
    )
    .limit(claim.limit)
    .forUpdate()
    .skipLocked()
    .execute()
  const claimed: Claimed[] = []
  for (const endpoint of endpoints) {
    if (claimed.length >= claim.limit) break
    const { inFlight } = await db
      .selectFrom('deliveries')
      .select((count) => count.fn.countAll<number>().as('inFlight'))
      .where('endpointId', '=', endpoint.id)
      .where('leasedUntil', '>', now)
      .where('leasedUntil', '<=', longestLease)
      .executeTakeFirstOrThrow()
    const room = (endpoint.failures > 0 ? 1 : 2) - Number(inFlight)
    if (room <= 0) continue
    const due = await db
      .selectFrom('deliveries')
      .select('id')
      .where('orgId', '=', endpoint.orgId)
      .where((planned) => planned.or([planned('nextAttemptAt', '<=', now), planned('nextAttemptAt', '>', furthestTry)]))
      .where((lease) =>
        lease.or([
          lease('leasedUntil', 'is', null),
          lease('leasedUntil', '<=', now),
          lease('leasedUntil', '>', longestLease),
        ]),
      )
      .orderBy('deadlineAt')
      .orderBy('nextAttemptAt')
      .orderBy('id')
      .limit(Math.min(room, claim.limit - claimed.length))
      .forUpdate()
      .skipLocked()
      .execute()
    for (const { id } of due) {
      await db
        .updateTable('deliveries')
        .set({ endpointId: endpoint.id, leasedBy: workerId, leasedUntil })
        .where('id', '=', id)
        .execute()
      claimed.push({ deliveryId: id, endpointId: endpoint.id })
    }
  }
  return claimed
}

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
