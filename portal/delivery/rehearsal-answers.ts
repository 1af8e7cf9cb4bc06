import { seal } from '@noticeline/sdk/protocol'
import type { Ground, OutboundAnswer } from '../ground/ground.ts'
import { refusalOf } from '../providers/verification-answer.ts'
import type { PushChannel } from './attempt-store.server.ts'
import { blank, outside, type SentStep, type Step } from './rehearsal.ts'
import type { RehearsalTokenRow } from './rehearsal-store.server.ts'

const timeoutMs = 10_000
/** A receiver that stores and answers is done sooner; more than this is work before the answer. */
const slowMs = 3_000

export interface Sent {
  kind: 'plain' | 'forged' | 'stranger' | 'notice' | 'withdrawal'
  answer: OutboundAnswer
  sentAt: Date
  answeredAt: Date
}

/** By the way of every notice: the same connection, body forms and limits. */
export async function sendRehearsed(
  ground: Ground,
  channel: PushChannel,
  token: Pick<RehearsalTokenRow, 'jti' | 'raw'>,
  sealed: boolean,
): Promise<Omit<Sent, 'kind'>> {
  const body = sealed && channel.sealingKey ? await seal(token.raw, channel.sealingKey) : token.raw
  const sentAt = ground.clock.now()
  const answer = await ground.outbound.post(channel.url, {
    contentType: channel.mediaType,
    accept: 'application/json',
    body: channel.mediaType === 'application/json' ? JSON.stringify({ sets: { [token.jti]: body } }) : body,
    timeoutMs,
  })
  return { answer, sentAt, answeredAt: ground.clock.now() }
}

/** What has to be answered with 202 and nothing else. */
export function readStored(name: SentStep, { answer, answeredAt }: Sent): Step {
  const refusal = refusalOf(answer)
  const step = { ...blank(name, 'passed'), at: answeredAt, ms: answer.ms }
  if (refusal) return { ...step, result: 'failed', code: refusal.word, amount: refusal.n }
  if (answer.ms > slowMs) return { ...step, result: 'advice', code: 'slow', amount: Math.round(answer.ms / 1000) }
  return step
}

/** What has to be refused with 400: a token that was accepted here is a finding. */
export function readRefused(name: 'plain' | 'forged' | 'stranger', { answer, answeredAt }: Sent): Step {
  const step = { ...blank(name, 'passed'), at: answeredAt, ms: answer.ms }
  if (answer.result === 'failed') {
    const refusal = refusalOf(answer)
    return { ...step, result: 'failed', code: refusal?.word ?? 'unreachable' }
  }
  const { status } = answer
  if (status === 202) return { ...step, result: 'failed', code: `${name}_accepted` }
  if (status >= 500) return { ...step, result: 'advice', code: 'refused_by_breaking', amount: status }
  if (status !== 400) return { ...step, result: 'advice', code: 'refused_otherwise', amount: status }
  return hasErr(answer.body) ? step : { ...step, result: 'advice', code: 'refused_without_err' }
}

/** The header `Date` has whole seconds, and may have been written at any instant between question and answer. */
export function readClock({ answer, sentAt, answeredAt }: Sent): Step {
  const said = answer.result === 'answered' ? Date.parse(answer.headers['date'] ?? '') : Number.NaN
  const step = { ...blank('clock', 'passed'), at: answeredAt }
  if (Number.isNaN(said)) return step
  return { ...step, amount: outside(new Date(said), new Date(sentAt.getTime() - 999), answeredAt) }
}

function hasErr(body: string): boolean {
  try {
    const { err } = JSON.parse(body) as { err?: unknown }
    return typeof err === 'string'
  } catch {
    return false
  }
}
