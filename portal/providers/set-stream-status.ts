import { z } from 'zod'
import { type InputError, inputErrorsOf } from '../facts/input-error.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import { confirmEndpoint, type EndpointConfirmed } from './confirm-endpoint.ts'
import type { EndpointState } from './endpoint.ts'
import { selectServing } from './endpoint-network-store.server.ts'
import { findEndpoint } from './find-endpoints.ts'
import { pauseEndpoint, resumeEndpoint } from './pause-endpoint.ts'
import { lockEndpoint, lockEndpointsOf, updateEndpoint } from './provider-store.server.ts'
import { hasWayForAll } from './second-channel.ts'

/** The body of `POST /v1/streams/status` (Shared Signals Framework 1.0, 8.1.2.2). */
export const streamStatusInput = z.strictObject({
  stream_id: z.string().max(80).describe('The id of the endpoint.'),
  status: z
    .enum(['enabled', 'paused', 'disabled'])
    .describe('`paused`: nothing is pushed until it is enabled. `disabled`: it also has to be verified again.'),
  reason: z
    .string()
    .max(200)
    .regex(/^[^\p{C}]*$/u, { error: 'must be one line of text.' })
    .optional()
    .describe('Shown to your people and to the platform’s desk. No addresses.'),
})

export type StreamStatus = 'enabled' | 'paused' | 'disabled'

export type StatusSet =
  | { result: 'set'; status: StreamStatus; reason: string | null }
  | { result: 'invalid'; errors: InputError[] }
  | Extract<EndpointConfirmed, { result: 'refused' }>
  | { result: 'no-second-channel' | 'unknown-stream' | 'forbidden' }

/** What the framework calls the state of an endpoint. */
export function streamStatusOf(state: EndpointState): StreamStatus {
  return ({ active: 'enabled', paused: 'paused', unverified: 'disabled', retired: 'disabled' } as const)[state]
}

/**
 * Switches a stream on, pauses it or switches it off. Off and paused need a second channel, since no clock stands still:
 * notices go by the ways that are left. One that was switched off is verified before it is on again. What is so already
 * stays so; a new reason takes the place of the old.
 */
export async function setStreamStatus(ground: Ground, actor: Actor, input: unknown): Promise<StatusSet> {
  if (!may(actor, 'endpoints.write')) return { result: 'forbidden' }
  const read = streamStatusInput.safeParse(input)
  if (!read.success) return { result: 'invalid', errors: inputErrorsOf(read.error) }
  const { stream_id: id, status, reason = null } = read.data
  const found = await findEndpoint(ground, actor, id)
  if (found.result !== 'found' || found.endpoint.state === 'retired') return { result: 'unknown-stream' }
  const { state } = found.endpoint
  if (status === 'enabled') return enable(ground, actor, id, state)
  const { result } =
    status === 'paused' ? await pauseEndpoint(ground, actor, id) : await disableEndpoint(ground, actor, id)
  if (result === 'unknown-endpoint') return { result: 'unknown-stream' }
  if (result === 'forbidden' || result === 'no-second-channel') return { result }
  await ground.db.transaction((tx) => updateEndpoint(tx.db, id, { stateReason: reason, updatedAt: tx.now }))
  return { result: 'set', status, reason }
}

async function enable(ground: Ground, actor: Actor, id: string, state: EndpointState): Promise<StatusSet> {
  if (state === 'paused') await resumeEndpoint(ground, actor, id)
  const now = await findEndpoint(ground, actor, id)
  if (now.result !== 'found') return { result: 'unknown-stream' }
  if (now.endpoint.state === 'unverified') {
    const confirmed = await confirmEndpoint(ground, actor, id)
    if (confirmed.result === 'refused') return confirmed
    if (confirmed.result !== 'confirmed') return { result: 'unknown-stream' }
  }
  await ground.db.transaction((tx) => updateEndpoint(tx.db, id, { stateReason: null, updatedAt: tx.now }))
  return { result: 'set', status: 'enabled', reason: null }
}

/** Nothing is pushed there until it has been verified again. */
function disableEndpoint(
  ground: Ground,
  actor: Actor,
  endpointId: string,
): Promise<{ result: 'disabled' | 'already-disabled' | 'no-second-channel' | 'unknown-endpoint' | 'forbidden' }> {
  return ground.db.transaction(async (tx) => {
    const endpoint = await lockEndpoint(tx.db, endpointId)
    if (!endpoint || endpoint.state === 'retired' || !may(actor, 'endpoints.write', { orgId: endpoint.orgId }))
      return { result: 'unknown-endpoint' }
    if (endpoint.state === 'unverified') return { result: 'already-disabled' }
    const { orgId } = endpoint
    await lockEndpointsOf(tx.db, orgId)
    const others = (await selectServing(tx.db, orgId)).filter(({ id }) => id !== endpointId)
    // What is paused brings nothing today, so it takes no way away.
    if (endpoint.state === 'active' && !(await hasWayForAll(ground, tx.db, orgId, others, endpointId)))
      return { result: 'no-second-channel' }
    await updateEndpoint(tx.db, endpointId, {
      state: endpoint.url === null ? 'paused' : 'unverified',
      verifiedAt: null,
      verifiedGrade: null,
      verificationJti: null,
      updatedAt: tx.now,
    })
    await record(tx, orgId, 'endpoint.paused', { orgId, endpointId, reason: 'disabled' })
    return { result: 'disabled' }
  })
}
