import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'

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

type Begun = Pick<Selectable<DB['attempts']>, 'id' | 'deliveryId' | 'orgId' | 'endpointId' | 'number'>

/** The rows stand before the requests. What an earlier worker left unfinished is abandoned. */
export async function insertAttempts(db: Transaction<DB>, attempts: readonly Begun[], now: Date) {
  const repeated = attempts.filter(({ number }) => number > 1).map(({ deliveryId }) => deliveryId)
  if (repeated.length > 0) await abandonAttempts(db, repeated, now)
  const of = <K extends keyof Begun>(column: K) => attempts.map((attempt) => attempt[column])
  await sql`
    insert into attempts (id, delivery_id, org_id, endpoint_id, number, started_at)
    select id, delivery_id, org_id, endpoint_id, number, ${now}
    from unnest(${of('id')}::text[], ${of('deliveryId')}::text[], ${of('orgId')}::text[], ${of('endpointId')}::text[],
      ${of('number')}::int[]) as a (id, delivery_id, org_id, endpoint_id, number)`.execute(db)
}

/** When each of these was first tried; one that was never sent, for want of its key, does not count. */
export async function selectFirstTries(
  db: Transaction<DB>,
  deliveryIds: readonly string[],
): Promise<Map<string, Date>> {
  const rows = await db
    .selectFrom('attempts')
    .select((of) => ['deliveryId', of.fn.min('startedAt').as('at')])
    .where('deliveryId', '=', sql<string>`any(${deliveryIds}::text[])`)
    .where((where) => where.or([where('code', 'is', null), where('code', '<>', 'key_missing')]))
    .groupBy('deliveryId')
    .execute()
  return new Map(rows.map(({ deliveryId, at }) => [deliveryId, at]))
}

/** Whoever began them is gone; should it come back after all, it writes the result it has. */
export async function abandonAttempts(db: Transaction<DB>, deliveryIds: readonly string[], now: Date) {
  await db
    .updateTable('attempts')
    .set({ result: 'abandoned', finishedAt: now, code: 'abandoned' })
    .where('deliveryId', '=', sql<string>`any(${deliveryIds}::text[])`)
    .where('result', 'is', null)
    .execute()
}

/** What began outside of these instants and has no result, as above; one that is being written is left to whoever writes it. */
export async function abandonOutside(
  db: Transaction<DB>,
  { after, until, now }: { after: Date; until: Date; now: Date },
): Promise<number> {
  const { numAffectedRows } = await sql`
    update attempts set result = 'abandoned', finished_at = ${now}, code = 'abandoned'
    where id in (
      select id from attempts where result is null and (started_at <= ${after} or started_at > ${until})
      for no key update skip locked
    )`.execute(db)
  return Number(numAffectedRows ?? 0)
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
