import type { SetErr } from '@noticeline/sdk/protocol'
import type { OutboundAnswer } from '../ground/ground.ts'
import { type ReceiverWord, receiverWords, saySentence } from './receiver-words.ts'

export interface VerificationRefusal {
  /** Stable. */
  code: string
  /** Which sentence says it, and the number in that; finer than the code. */
  word: ReceiverWord
  n: number | null
  /** In words, for whoever wrote the receiver. Quotes nothing that was answered. */
  detail: string
}

const errs: readonly SetErr[] = [
  'invalid_request',
  'invalid_key',
  'invalid_issuer',
  'invalid_audience',
  'authentication_failed',
  'access_denied',
]

/** Whether a firewall may have refused the media type, so that the other body form is worth a try. */
export function mayBeMediaType(answer: OutboundAnswer): boolean {
  return answer.result === 'answered' && [403, 406, 415].includes(answer.status)
}

/** Null: exactly 202 and nothing else, which is the only receipt there is. */
export function refusalOf(answer: OutboundAnswer): VerificationRefusal | null {
  if (answer.result === 'failed') return failureOf(answer)
  const { status } = answer
  if (status === 202) {
    if (answer.body.trim() === '' && !answer.truncated) return null
    return refusal('body_not_empty', bodyWords(answer))
  }
  if (status >= 200 && status < 300) return refusal('not_202', isPage(answer) ? 'not_202_page' : 'not_202', status)
  if (status >= 300 && status < 400) return refusal('redirected', 'redirected', status)
  if (status === 400) {
    const err = errOf(answer.body)
    return err ? refusal(`receiver_${err}`, `receiver_${err}`) : refusal('bad_request', 'bad_request')
  }
  if (status >= 500) return refusal('receiver_failed', 'receiver_failed', status)
  if (status === 429) return busy(answer.headers['retry-after'])
  const word = byStatus[status] ?? 'unexpected_answer'
  return refusal(word, word, status)
}

const byStatus: Readonly<Record<number, ReceiverWord>> = {
  401: 'unauthorised',
  403: 'forbidden_by_receiver',
  404: 'not_found',
  405: 'method_not_allowed',
  406: 'media_type_refused',
  410: 'gone',
  413: 'too_large_for_receiver',
  415: 'media_type_refused',
}

type Failed = Extract<OutboundAnswer, { result: 'failed' }>

const byFailure: Readonly<Record<Failed['code'], ReceiverWord>> = {
  address_refused: 'address_refused',
  dns: 'dns',
  refused: 'connection_refused',
  unreachable: 'unreachable',
  timeout: 'timeout',
  tls: 'tls',
  reset: 'reset',
  too_large: 'answer_too_large',
  protocol: 'not_http',
}

const byCertificate: Readonly<Record<NonNullable<Failed['certificate']>, ReceiverWord>> = {
  expired: 'tls_expired',
  other_name: 'tls_name',
  self_signed: 'tls_self_signed',
  unknown_authority: 'tls_authority',
}

function failureOf(answer: Failed): VerificationRefusal {
  const word = byFailure[answer.code]
  return refusal(word, answer.certificate ? byCertificate[answer.certificate] : word)
}

function busy(retryAfter: string | undefined): VerificationRefusal {
  const seconds = retryAfter !== undefined && /^\d{1,9}$/.test(retryAfter.trim()) ? Number(retryAfter) : null
  return seconds === null ? refusal('busy', 'busy_unsaid') : refusal('busy', 'busy', seconds)
}

function refusal(code: string, word: ReceiverWord, n: number | null = null): VerificationRefusal {
  return { code, word, n, detail: saySentence(receiverWords[word], 'en', n) }
}

function isPage(answer: Extract<OutboundAnswer, { result: 'answered' }>): boolean {
  return /html/i.test(answer.headers['content-type'] ?? '') || /^\s*<(!doctype|html)/i.test(answer.body)
}

function errOf(body: string): SetErr | null {
  try {
    const parsed: unknown = JSON.parse(body)
    const err = typeof parsed === 'object' && parsed !== null && 'err' in parsed ? parsed.err : null
    return errs.find((known) => known === err) ?? null
  } catch {
    return null
  }
}

function bodyWords({
  body,
  truncated,
}: Extract<OutboundAnswer, { result: 'answered' }>): 'body_not_empty' | 'body_huge' | 'body_broken_off' {
  if (!truncated) return 'body_not_empty'
  return Buffer.byteLength(body) < 16 * 1024 ? 'body_broken_off' : 'body_huge'
}
