import { z } from 'zod'
import type { DeliveryView } from '../delivery/delivery.ts'
import { findDeliveries } from '../delivery/find-deliveries.ts'
import { listQuery, nextLink } from './lists.ts'
import { type Face, programRoute } from './route.ts'

export function addDeliveries(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      method: 'get',
      path: '/v1/deliveries',
      tag: 'Provider',
      summary: 'The delivery log, newest first',
      act: 'deliveries.read',
      scope: 'deliveries:read',
      query: z.strictObject({
        ...listQuery,
        state: z.enum(['queued', 'offered', 'received', 'acknowledged', 'failed']).optional(),
        notice: z.string().max(80).optional().describe('Of one notice, `ntc_…`.'),
      }),
      answers: { 200: { description: 'One page, each with its attempts.', schema: 'DeliveryPage' } },
    },
    async ({ c, actor, query, answer, refuse }) => {
      const { notice: noticeId, ...filters } = query
      const found = await findDeliveries(ground, actor, { ...filters, noticeId })
      if (found.result === 'forbidden') return refuse('forbidden')
      const page = { data: found.deliveries.map(deliveryOnWire), next_cursor: found.nextCursor }
      return answer(200, page, nextLink(ground.config.origin, c.req.url, found.nextCursor))
    },
  )
}

function deliveryOnWire(delivery: DeliveryView) {
  return {
    id: delivery.id,
    provider: delivery.orgId,
    provider_name: delivery.orgName,
    notice: delivery.noticeId,
    jti: delivery.jti,
    event: delivery.event,
    seq: delivery.seq,
    endpoint: delivery.endpointId,
    state: delivery.state,
    offered_at: delivery.offeredAt,
    received_at: delivery.receivedAt,
    received_how: delivery.receivedHow,
    acknowledged_at: delivery.acknowledgedAt,
    next_attempt_at: delivery.nextAttemptAt,
    last_code: delivery.lastCode,
    deadline_at: delivery.deadlineAt,
    created_at: delivery.createdAt,
    attempts: delivery.attempts.map((attempt) => ({
      id: attempt.id,
      number: attempt.number,
      started_at: attempt.startedAt,
      finished_at: attempt.finishedAt,
      result: attempt.result,
      status: attempt.status,
      code: attempt.code,
      ms: attempt.ms,
    })),
  }
}
