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

/** Our own keys that were revoked. */
export async function selectRevokedKids(db: Kysely<DB>): Promise<string[]> {
  const rows = await db.selectFrom('signingKeys').select('kid').where('revokedAt', 'is not', null).execute()
  return rows.map(({ kid }) => kid)
}

/**
 * What arrived in tokens of keys that were revoked since an instant, signed so shortly before that or after it, and is the
 * newest word of an open notice to its addressee.
 */
export function selectArrivedUnder(
  db: Kysely<DB>,
  { revokedSince, before, issued, limit }: { revokedSince: Date; before: string; issued: string; limit: number },
): Promise<DeliveryRow[]> {
  return db
    .selectFrom('signingKeys')
    .innerJoin('tokens', 'tokens.kid', 'signingKeys.kid')
    .innerJoin('deliveries', 'deliveries.jti', 'tokens.jti')
    .innerJoin('notices', 'notices.id', 'deliveries.noticeId')
    .selectAll('deliveries')
    .where('signingKeys.revokedAt', '>=', revokedSince)
    .where(sql<boolean>`tokens.issued_at >= signing_keys.revoked_at - ${before}::interval`)
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

/** Part of a walk: what was found in it, and where the next one begins; null: this was the last. */
export interface Page<At> {
  found: DeliveryRow[]
  next: At | null
}

interface From<At> {
  kids: readonly string[]
  after: At | null
  /** So many rows are looked at, whatever is found among them: no page takes long, however rare what it looks for. */
  limit: number
}

export type WaitingAt = Pick<DeliveryRow, 'orgId' | 'deadlineAt' | 'id'>

/** A page of what waits to arrive, along its index: those in tokens of these keys. */
export async function selectWaitingFrom(
  db: Kysely<DB>,
  { kids, after, limit }: From<WaitingAt>,
): Promise<Page<WaitingAt>> {
  const beyond = after
    ? sql`(d.org_id, d.deadline_at, d.id) > (${after.orgId}, ${after.deadlineAt}, ${after.id})`
    : sql`true`
  const { rows } = await sql<DeliveryRow & { under: boolean }>`
    with page as materialized (
      select * from deliveries as d where d.next_attempt_at is not null and ${beyond}
      order by d.org_id, d.deadline_at, d.id limit ${limit}
    )
    select page.*, page.state in ('queued', 'offered', 'failed') and exists (
      select from tokens as t where t.jti = page.jti and t.kid = any(${kids}::text[]) and t.data_key is not null) as under
    from page order by org_id, deadline_at, id`.execute(db)
  const found = rows.filter(({ under }) => under).map(({ under: _, ...delivery }) => delivery)
  return { found, next: rows.length < limit ? null : (rows.at(-1) ?? null) }
}

/** A page of the notices that are open: what arrived in tokens of these keys and is the newest word to its addressee. */
export async function selectArrivedFrom(
  db: Kysely<DB>,
  { kids, after, limit, issued }: From<string> & { issued: string },
): Promise<Page<string>> {
  const { rows: page } = await sql<{ id: string }>`
    select id from notices where closed_at is null and withdrawn_at is null and id > ${after ?? ''}
    order by id limit ${limit}`.execute(db)
  const { rows: found } = await sql<DeliveryRow>`
    select d.*
    from unnest(${page.map(({ id }) => id)}::text[]) as n (id)
    cross join lateral (
      select d.* from deliveries as d join tokens as t on t.jti = d.jti
      where d.notice_id = n.id and d.event = ${issued} and d.state in ('received', 'acknowledged')
        and t.kid = any(${kids}::text[]) and t.data_key is not null and not exists (
          select from deliveries as newer
          where newer.notice_id = d.notice_id and newer.org_id = d.org_id and newer.event = d.event and newer.seq > d.seq)
    ) as d
    order by d.deadline_at, d.id`.execute(db)
  return { found, next: page.length < limit ? null : (page.at(-1)?.id ?? null) }
}
