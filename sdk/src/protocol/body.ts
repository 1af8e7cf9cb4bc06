import { isObject, readJsonObject } from './grammar.ts'
import { refuse, type TokenRefusal } from './refusal.ts'
import { maxBodyBytes } from './token.ts'

/** The media type of a signed statement (RFC 8935). */
export const tokenMediaType = 'application/secevent+jwt'
/** The media type of a push where a firewall refuses that of tokens. */
export const jsonMediaType = 'application/json'

/** The body of a push: the token or its envelope. */
export type PushBody = { read: true; jti?: string; body: string } | { read: false; refusal: TokenRefusal }

/**
 * A pushed body in either of its forms → the token or envelope in it. `jti` is given by the JSON form only; hand it to
 * `verifyToken`, which refuses a token that says otherwise.
 */
export function readPushBody(contentType: string | null | undefined, text: string): PushBody {
  if (Buffer.byteLength(text) > maxBodyBytes) return { read: false, refusal: refuse('too_large') }
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase()
  if (mediaType === tokenMediaType) return { read: true, body: text }
  if (mediaType !== jsonMediaType) return { read: false, refusal: refuse('media_type_not_supported') }
  const sets = readJsonObject(text)?.['sets']
  const [entry, another] = isObject(sets) ? Object.entries(sets) : []
  if (!entry || another || typeof entry[1] !== 'string') return { read: false, refusal: refuse('push_body_malformed') }
  return { read: true, jti: entry[0], body: entry[1] }
}

/** The JSON form of a push, for endpoints whose firewall refuses the other media type. */
export function writePushBody(jti: string, body: string): string {
  return JSON.stringify({ sets: { [jti]: body } })
}

/**
 * Whether a token stays within the limit in every form it may travel in: sealed (a third longer, and its header) and
 * inside the JSON form.
 */
export function fitsBody(raw: string): boolean {
  return Math.ceil((raw.length * 4) / 3) + 1024 <= maxBodyBytes
}
