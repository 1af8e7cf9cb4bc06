import type { Ground, OutboundAnswer } from '../ground/ground.ts'
import type { Confidence, ObservationMethod, ObservationResult } from './observation.ts'

export interface Seen {
  method: ObservationMethod
  result: ObservationResult
  confidence: Confidence
}

const resolveMs = 2_000
const answerMs = 5_000

/**
 * One look at an address: its name, then its port, then, where switched on, one HEAD that is closed at the first byte of a
 * body. Never a body. What we see from one place is of low or medium confidence, whatever it is.
 */
export async function look(ground: Ground, url: string): Promise<Seen> {
  const resolved = await ground.lookups.resolve(new URL(url).hostname.replace(/^\[|\]$/g, ''), resolveMs)
  if (resolved.result === 'none') return { method: 'dns', result: 'gone_dns', confidence: 'medium' }
  if (resolved.result === 'failed') return { method: 'dns', result: 'inconclusive', confidence: 'low' }
  if (!ground.config.observeHead) {
    const answer = await ground.outbound.connect(url, { timeoutMs: answerMs })
    return hostGone(answer) ?? { method: 'tcp_tls', result: 'inconclusive', confidence: 'low' }
  }
  const answer = await ground.outbound.head(url, { timeoutMs: answerMs })
  return hostGone(answer) ?? { method: 'http_head', ...readHead(answer) }
}

function hostGone(answer: OutboundAnswer): Seen | null {
  if (answer.result !== 'failed' || answer.code !== 'refused') return null
  return { method: 'tcp_tls', result: 'gone_host', confidence: 'low' }
}

/** What the answer to a HEAD says. HEAD may answer 200 for a page that says "gone", so one look is never enough. */
function readHead(answer: OutboundAnswer): Pick<Seen, 'result' | 'confidence'> {
  if (answer.result === 'failed') return { result: 'inconclusive', confidence: 'low' }
  const { status } = answer
  if (status === 200) return { result: 'online', confidence: 'medium' }
  if (status === 404 || status === 410 || status === 451) return { result: 'gone_http', confidence: 'medium' }
  if (status === 401 || status === 403) return { result: 'access_denied', confidence: 'low' }
  if (status >= 300 && status < 400) return { result: 'moved', confidence: 'low' }
  return { result: 'inconclusive', confidence: 'low' }
}
