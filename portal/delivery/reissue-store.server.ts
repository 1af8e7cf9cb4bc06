import { type Kysely, sql } from 'kysely'
import type { DB } from '../ground/ground.ts'
import type { DeliveryRow } from './delivery-store.server.ts'

export interface Stale {
  /** Notices signed before this instant, and anything signed after `ahead`. */
  before: Date
  ahead: Date
  /** Keys that were revoked: whatever they signed says nothing any longer. */
  revoked: readonly string[]
  issued: string
  limit: number
}

/** Our own keys that were revoked, ever or since an instant. */
export async function selectRevokedKids(db: Kysely<DB>, since?: Date): Promise<string[]> {
  let query = db.selectFrom('signingKeys').select('kid').where('revokedAt', 'is not', null)
  if (since) query = query.where('revokedAt', '>=', since)
  return (await query.execute()).map(({ kid }) => kid)
}

/** What arrived in tokens of these keys and is the newest word of an open notice to its addressee. */
export function selectArrivedUnder(
  db: Kysely<DB>,
  { kids, issued, limit }: { kids: readonly string[]; issued: string; limit: number },
): Promise<DeliveryRow[]> {
  return db
    .selectFrom('tokens')
    .innerJoin('deliveries', 'deliveries.jti', 'tokens.jti')
    .innerJoin('notices', 'notices.id', 'deliveries.noticeId')
    .selectAll('deliveries')
    .where('tokens.kid', 'in', kids)
    .where('tokens.dataKey', 'is not', null)
    .where('deliveries.event', '=', issued)
    .where('deliveries.state', 'in', ['received', 'acknowledged'])
    .where('notices.closedAt', 'is', null)
    .where('notices.withdrawnAt', 'is', null)
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('deliveries as newer')
            .select('newer.id')
            .whereRef('newer.noticeId', '=', 'deliveries.noticeId')
            .whereRef('newer.orgId', '=', 'deliveries.orgId')
            .whereRef('newer.event', '=', 'deliveries.event')
            .whereRef('newer.seq', '>', 'deliveries.seq'),
        ),
      ),
    )
    .orderBy('deliveries.deadlineAt')
    .limit(limit)
    .execute()
}

/** What still waits to arrive, in tokens that receivers refuse or soon will. */
export function selectStale(db: Kysely<DB>, { before, ahead, revoked, issued, limit }: Stale): Promise<DeliveryRow[]> {
  return db
    .selectFrom('deliveries')
    .innerJoin('tokens', 'tokens.jti', 'deliveries.jti')
    .selectAll('deliveries')
    .where('deliveries.nextAttemptAt', 'is not', null)
    .where('deliveries.state', 'in', ['queued', 'offered', 'failed'])
    .where('tokens.dataKey', 'is not', null)
    .where((where) =>
      where.or([
        where('tokens.issuedAt', '>', ahead),
        ...(revoked.length > 0 ? [where('tokens.kid', 'in', revoked)] : []),
        where.and([where('tokens.issuedAt', '<', before), where('deliveries.event', '=', issued)]),
      ]),
    )
    .orderBy('deliveries.deadlineAt')
    .limit(limit)
    .execute()
}

interface From {
  kids: readonly string[]
  /** The last one of the page before; null: from the beginning. */
  after: DeliveryRow | null
  limit: number
}

/** A page of what waits to arrive in tokens of these keys: along the index of what waits. */
export async function selectWaitingFrom(db: Kysely<DB>, { kids, after, limit }: From): Promise<DeliveryRow[]> {
  const beyond = after
    ? sql`(d.org_id, d.deadline_at, d.id) > (${after.orgId}, ${after.deadlineAt}, ${after.id})`
    : sql`true`
  const { rows } = await sql<DeliveryRow>`
    select d.* from deliveries as d join tokens as t on t.jti = d.jti
    where d.next_attempt_at is not null and d.state in ('queued', 'offered', 'failed') and ${beyond}
      and t.kid = any(${kids}::text[]) and t.data_key is not null
    order by d.org_id, d.deadline_at, d.id limit ${limit}`.execute(db)
  return rows
}

/** A page of what arrived in tokens of these keys and is the newest word of an open notice to its addressee, notice by notice. */
export async function selectArrivedFrom(
  db: Kysely<DB>,
  { kids, after, limit, issued }: From & { issued: string },
): Promise<DeliveryRow[]> {
  const from = after ? sql`and id >= ${after.noticeId}` : sql``
  const beyond = after ? sql`and (n.id > ${after.noticeId} or d.id > ${after.id})` : sql``
  const { rows } = await sql<DeliveryRow>`
    select d.*
    from (select id from notices where closed_at is null and withdrawn_at is null ${from} order by id) as n
    cross join lateral (
      select d.* from deliveries as d join tokens as t on t.jti = d.jti
      where d.notice_id = n.id and d.event = ${issued} and d.state in ('received', 'acknowledged') ${beyond}
        and t.kid = any(${kids}::text[]) and t.data_key is not null and not exists (
          select from deliveries as newer
          where newer.notice_id = d.notice_id and newer.org_id = d.org_id and newer.event = d.event and newer.seq > d.seq)
    ) as d
    order by n.id, d.id limit ${limit}`.execute(db)
  return rows
}
