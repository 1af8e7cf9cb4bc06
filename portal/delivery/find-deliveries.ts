import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import { selectAttempts } from './attempt-store.server.ts'
import type { AttemptView, DeliveryState, DeliveryView } from './delivery.ts'
import { selectDeliveries } from './delivery-store.server.ts'

export interface DeliveriesFilter {
  state?: DeliveryState | undefined
  noticeId?: string | undefined
  endpointId?: string | undefined
  /** At most 200. */
  limit?: number | undefined
  cursor?: string | undefined
}

/** The delivery log, newest first: a provider's own, or everybody's for the platform's desk. */
export async function findDeliveries(
  ground: Ground,
  actor: Actor,
  { state, noticeId, endpointId, limit = 50, cursor }: DeliveriesFilter = {},
): Promise<
  | { result: 'found'; deliveries: DeliveryView[]; nextCursor: string | null }
  | { result: 'forbidden' }
  | { result: 'invalid-cursor' }
> {
  if (actor.kind === 'nobody' || !may(actor, 'deliveries.read')) return { result: 'forbidden' }
  if (cursor !== undefined && !/^dlv_[0-9a-z]{26}$/.test(cursor)) return { result: 'invalid-cursor' }
  const size = Math.min(Math.max(1, limit), 200)
  const rows = await selectDeliveries(ground.db.read, {
    orgId: actor.orgKind === 'platform' ? null : actor.orgId,
    ...(state !== undefined && { state }),
    ...(noticeId !== undefined && { noticeId }),
    ...(endpointId !== undefined && { endpointId }),
    ...(cursor !== undefined && { before: cursor }),
    limit: size + 1,
  })
  const page = rows.slice(0, size)
  const attempts = await selectAttempts(
    ground.db.read,
    page.map((row) => row.id),
  )
  const deliveries = page.map(
    (row): DeliveryView => ({
      id: row.id,
      orgId: row.orgId,
      orgName: row.orgName,
      noticeId: row.noticeId,
      jti: row.jti,
      event: row.event,
      seq: row.seq,
      endpointId: row.endpointId,
      state: row.state as DeliveryState,
      offeredAt: instant(row.offeredAt),
      receivedAt: instant(row.receivedAt),
      receivedHow: row.receivedHow as DeliveryView['receivedHow'],
      acknowledgedAt: instant(row.acknowledgedAt),
      nextAttemptAt: instant(row.nextAttemptAt),
      lastCode: row.lastCode,
      resentAt: instant(row.resentAt),
      deadlineAt: row.deadlineAt.toISOString(),
      createdAt: row.createdAt.toISOString(),
      attempts: attempts
        .filter((one) => one.deliveryId === row.id)
        .map((one) => ({
          id: one.id,
          number: one.number,
          startedAt: one.startedAt.toISOString(),
          finishedAt: instant(one.finishedAt),
          result: one.result as AttemptView['result'],
          status: one.status,
          code: one.code,
          ms: one.ms,
        })),
    }),
  )
  return { result: 'found', deliveries, nextCursor: rows.length > size ? (page.at(-1)?.id ?? null) : null }
}

function instant(at: Date | null): string | null {
  return at ? at.toISOString() : null
}
