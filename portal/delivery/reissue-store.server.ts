import type { Kysely } from 'kysely'
import type { DB } from '../ground/ground.ts'
import type { DeliveryRow } from './delivery-store.server.ts'

export interface Stale {
  /** Notices signed before this instant, and anything signed after `ahead`. */
  before: Date
  ahead: Date
  issued: string
  limit: number
}

/** What still waits to arrive, in tokens that receivers refuse or soon will. */
export function selectStale(db: Kysely<DB>, { before, ahead, issued, limit }: Stale): Promise<DeliveryRow[]> {
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
        where.and([where('tokens.issuedAt', '<', before), where('deliveries.event', '=', issued)]),
      ]),
    )
    .orderBy('deliveries.deadlineAt')
    .limit(limit)
    .execute()
}
