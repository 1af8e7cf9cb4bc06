import { z } from 'zod'
import type { DeliveryView } from '../delivery/delivery.ts'
import { findDeliveries } from '../delivery/find-deliveries.ts'
import { recoverDeliveries } from '../delivery/recover-deliveries.ts'
import { resendDelivery } from '../delivery/resend-delivery.ts'
import { listQuery, nextLink, notACursor } from './lists.ts'
import { type Face, programRoute } from './route.ts'

export function addDeliveries(face: Face): void {
  addLog(face)
  addRecovering(face)
  addResending(face)
}

function addLog(face: Face): void {
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
        endpoint: z.string().max(80).optional().describe('Last tried at this endpoint, `end_…`.'),
      }),
      answers: { 200: { description: 'One page, each with its attempts.', schema: 'DeliveryPage' } },
    },
    async ({ c, actor, query, answer, refuse }) => {
      const { notice: noticeId, endpoint: endpointId, ...filters } = query
      const found = await findDeliveries(ground, actor, { ...filters, noticeId, endpointId })
      if (found.result === 'forbidden') return refuse('forbidden')
      if (found.result === 'invalid-cursor') return refuse('invalid_parameter', { errors: notACursor })
      const page = { data: found.deliveries.map(deliveryOnWire), next_cursor: found.nextCursor }
      return answer(200, page, nextLink(ground.config.origin, c.req.url, found.nextCursor))
    },
  )
}

function addResending(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      method: 'post',
      path: '/v1/deliveries/{id}/resend',
      tag: 'Provider',
      summary: 'Send one delivery again',
      description:
        'The same bytes, also after receipt; a receiver that has them answers 202 and does nothing more. It changes no clock. Asking twice sends once.',
      act: 'deliveries.resend',
      scope: 'endpoints:write',
      answers: { 202: { description: 'It is due now.', schema: 'DeliveryResent' } },
      refusals: ['not_found', 'token_erased'],
    },
    async ({ actor, id, answer, refuse }) => {
      const { result } = await resendDelivery(ground, actor, id)
      switch (result) {
        case 'queued':
          return answer(202, { id, queued: true })
        case 'erased':
          return refuse('token_erased')
        case 'unknown-delivery':
          return refuse('not_found')
        case 'forbidden':
          return refuse('forbidden')
      }
    },
  )
}

function addRecovering(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      method: 'post',
      path: '/v1/deliveries/recover',
      tag: 'Provider',
      summary: 'Send everything again since an instant',
      description:
        'For a receiver that lost what it stored. No limit on age; oldest deadline first, two at a time as always. Asking twice sends once.',
      act: 'deliveries.resend',
      scope: 'endpoints:write',
      body: { 'application/json': 'RecoverInput' },
      answers: { 202: { description: 'How many deliveries are due now.', schema: 'DeliveriesRecovered' } },
      refusals: ['invalid'],
    },
    async ({ actor, input, answer, refuse }) => {
      const recovered = await recoverDeliveries(ground, actor, input)
      switch (recovered.result) {
        case 'queued':
          return answer(202, { count: recovered.count })
        case 'invalid':
          return refuse('invalid', { errors: recovered.errors })
        case 'forbidden':
          return refuse('forbidden')
      }
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
    resent_at: delivery.resentAt,
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
