import { type RefusalCode, refuse } from '../protocol.ts'
import { readByMiddleware } from '../receiver/node-adapter.ts'
import { wasRead } from '../receiver/web-adapter.ts'
import { rules } from './rules.ts'
import type { Shell } from './shell.ts'

/** What a receiver answered to a push, as far as it may be printed. */
export interface Answered {
  /** The status; null where there was no answer. */
  readonly code: number | null
  /** The `err` of RFC 8935, where it is one. */
  readonly err?: string
  /** Our own sentence, or with --reveal whatever came. */
  readonly description?: string
  /** What that means, where it is not a receipt. */
  readonly hint?: string
}

export const unreachable: Answered = { code: null, hint: 'Nothing answers there. Does the receiver run?' }

const errs = [
  'invalid_request',
  'invalid_key',
  'invalid_issuer',
  'invalid_audience',
  'authentication_failed',
  'access_denied',
]

/** Sentences of this package quote nothing that arrived; any other text may. */
const ours = new Set([
  ...Object.keys(rules).map((code) => refuse(code as RefusalCode).description),
  readByMiddleware().message,
])

export function answeredBy({ status: code }: { readonly status: number }, text: string, shell: Shell): Answered {
  const { err, description } = objectIn(text)
  const known = typeof err === 'string' && errs.includes(err) ? err : undefined
  const said = typeof description === 'string' ? description : undefined
  const hint = hintFor(code, text, said)
  return {
    code,
    ...(known === undefined ? {} : { err: known }),
    ...(said !== undefined && (shell.reveal || ours.has(said)) ? { description: said } : {}),
    ...(said === undefined && shell.reveal && text !== '' ? { description: text.slice(0, 2000) } : {}),
    ...(hint === undefined ? {} : { hint }),
  }
}

export function isBodyAlreadyRead(description: unknown): boolean {
  return typeof description === 'string' && description.startsWith(wasRead)
}

function hintFor(code: number, text: string, description: string | undefined): string | undefined {
  if (code === 202) return text === '' ? undefined : 'A receipt has an empty body.'
  if (isBodyAlreadyRead(description)) return 'Mount the receiver before express.json() and other body parsers.'
  if (code === 404) return 'No receiver at that path: mount it there, or give its path.'
  if (code === 405) return 'Tokens are pushed with POST: the route takes another method.'
  if (code === 403 || code === 406 || code === 415)
    return 'A firewall or framework refuses the media type or the request.'
  if (code >= 300 && code < 400) return 'A redirect is never followed: give the address it leads to.'
  if (code >= 200 && code < 300) return 'Only 202 is a receipt: something else than the receiver answers here.'
  if (code === 429 || code === 503) return 'It asks to come back later.'
  return undefined
}

export function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

export function wordsFor({ code, err, description, hint }: Answered): string {
  return [code === null ? 'no answer' : String(code), err, description, hint]
    .filter((word) => word !== undefined)
    .join(' · ')
}
