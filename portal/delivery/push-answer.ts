import type { OutboundAnswer } from '../ground/ground.ts'

/** What an answer to a push means, by the table of the protocol. */
export interface Answer {
  result: 'received' | 'refused' | 'failed'
  /** Stable, and never a word of what was answered. Null for a receipt. */
  code: string | null
  /** Will not change by repetition. */
  slow: boolean
  /** The endpoint says that it is retired. */
  gone: boolean
}

/** Will not change by repetition. */
export const slowErrs = ['invalid_request', 'invalid_issuer', 'invalid_audience', 'access_denied']
const staleErrs = ['invalid_key', 'authentication_failed']

/** Exactly 202 without a body is a receipt. Parked domains and login pages answer any other 2xx and 3xx. */
export function readAnswer(answer: OutboundAnswer): Answer {
  if (answer.result === 'failed') return failed(answer.code)
  const { status } = answer
  // Firewalls that want a browser to prove itself answer 202 with a page, and store nothing. A body that broke off was
  // announced, and is none that is empty.
  if (status === 202 && (answer.body.trim() !== '' || answer.truncated)) return failed('body_not_empty')
  if (status === 202) return { result: 'received', code: null, slow: false, gone: false }
  if (status === 400) return refused(errOf(answer.body))
  if (status === 401 || status === 403) return { result: 'refused', code: `http_${status}`, slow: false, gone: false }
  if (status === 410) return { result: 'refused', code: 'http_410', slow: false, gone: true }
  return failed(`http_${status}`)
}

/** What an `err` means, wherever it is said: in the body of a 400, or in the `setErrs` of a poll (RFC 8936, 2.4). */
export function readErr(said: string): Answer {
  return refused([...slowErrs, ...staleErrs].includes(said) ? said : null)
}

function refused(err: string | null): Answer {
  return { result: 'refused', code: err ?? 'http_400', slow: err !== null && slowErrs.includes(err), gone: false }
}

function failed(code: string): Answer {
  return { result: 'failed', code, slow: false, gone: false }
}

/** The `err` of RFC 8935 where it is one that the protocol knows; the rest of the body is theirs and is not repeated. */
function errOf(body: string): string | null {
  try {
    const { err } = JSON.parse(body) as { err?: unknown }
    return typeof err === 'string' && [...slowErrs, ...staleErrs].includes(err) ? err : null
  } catch {
    return null
  }
}
