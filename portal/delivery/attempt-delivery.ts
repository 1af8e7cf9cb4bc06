import { seal } from '@noticeline/sdk/protocol'
import type { Ground, OutboundAnswer } from '../ground/ground.ts'
import { type Begun, beginAttempts } from './begin-attempts.ts'
import { finishAttempts, type Tried } from './finish-attempts.ts'

/** For name, connection, headers and body together. */
const pushTimeoutMs = 15_000

/**
 * One round over push: claims, sends, and writes down what came back. Answers how many deliveries it tried. A worker
 * does the same without rounds, see `run-deliveries.ts`.
 */
export async function attemptDueDeliveries(
  ground: Ground,
  { workerId, limit, jitter = Math.random }: { workerId: string; limit: number; jitter?: () => number },
): Promise<number> {
  const begun = await beginAttempts(ground, workerId, limit)
  if (begun.length === 0) return 0
  const sent = await Promise.allSettled(begun.map((one) => tryOne(ground, one)))
  const tried = sent.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  if (tried.length > 0) await finishAttempts(ground, { workerId, jitter }, tried)
  // One that failed in a way nobody expected holds up no other; its lease runs out, and it is tried again.
  for (const one of sent) if (one.status === 'rejected') throw one.reason
  return begun.length
}

/** Sends one that has begun. The token is the same at every attempt, the envelope around it is made for this one. */
export async function tryOne(ground: Ground, begun: Begun): Promise<Tried> {
  const raw = openToken(ground, begun)
  const { noticeId, orgId, id: deliveryId } = begun.delivery
  const about = { noticeId, orgId, deliveryId, endpointId: begun.channel.id, attempt: begun.number }
  const work = async () => (raw === null ? null : push(ground, begun, raw))
  const answer = await ground.traces.span('attempt', about, work, (came) => {
    if (came === null) return { code: 'key_missing' }
    return came.result === 'answered' ? { status: came.status } : { code: came.code }
  })
  return { begun, answer, at: ground.clock.now() }
}

function openToken(ground: Ground, { token: { jti, dataKey, sealed } }: Begun): string | null {
  try {
    return ground.vault.open(dataKey, `token:${jti}`, sealed).toString('ascii')
  } catch (error) {
    if ((error as Error).name !== 'VaultError') throw error
    ground.log.error('token not opened', { code: (error as { code?: string }).code ?? 'unknown' })
    return null
  }
}

async function push(ground: Ground, { token: { jti }, channel }: Begun, raw: string): Promise<OutboundAnswer> {
  const body = channel.sealingKey ? await seal(raw, channel.sealingKey) : raw
  return ground.outbound.post(channel.url, {
    contentType: channel.mediaType,
    accept: 'application/json',
    body: channel.mediaType === 'application/json' ? JSON.stringify({ sets: { [jti]: body } }) : body,
    timeoutMs: pushTimeoutMs,
  })
}
