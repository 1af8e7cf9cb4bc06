import type { Kysely } from 'kysely'
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
