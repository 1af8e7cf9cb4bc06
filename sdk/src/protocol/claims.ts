import { isObject } from './grammar.ts'
import { type RefusalCode, refuse, type TokenRefusal } from './refusal.ts'

/** What a token claims. `jti` is this statement to this audience; with `iss` it is the key for recognising a repeat. */
export interface SetClaims {
  iss: string
  aud: string
  iat: number
  jti: string
  /** The notice, across its revisions and addressees. */
  txn?: string
  /** When the notifier submitted, in seconds. */
  toe?: number
  sub_id?: { format: 'opaque'; id: string }
  /** Exactly one member: event type → message. */
  events: Record<string, unknown>
}

export interface ClaimsExpectation {
  issuer: string | null
  audience: string
  jti?: string | undefined
  /** Seconds. */
  now: number
  maxAge: number
  tolerance: number
}

export type ClaimsReading =
  | { ok: true; claims: SetClaims; event: { type: string; body: unknown } }
  | { ok: false; refusal: TokenRefusal }

/** The claims of a token: their shape always, whom and when they are for where `expect` is given. */
export function readClaims(payload: Record<string, unknown>, expect?: ClaimsExpectation): ClaimsReading {
  const no = (code: RefusalCode): ClaimsReading => ({ ok: false, refusal: refuse(code) })
  const { iss, aud, iat, jti, txn, toe, sub_id: subject, events } = payload
  if (typeof iss !== 'string' || iss === '' || (expect && iss !== expect.issuer)) return no('issuer_wrong')
  if (aud !== undefined && typeof aud !== 'string') return no('audience_not_single')
  if (!aud || (expect && aud !== expect.audience)) return no('audience_wrong')
  if (typeof jti !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(jti)) return no('jti_missing')
  if (expect?.jti !== undefined && jti !== expect.jti) return no('jti_mismatch')
  if (!isSeconds(iat)) return no('iat_malformed')
  if (expect && iat > expect.now + expect.tolerance) return no('issued_in_future')
  if (expect && iat < expect.now - expect.maxAge) return no('too_old')
  if ('sub' in payload || 'exp' in payload) return no('claim_not_allowed')
  if (txn !== undefined && (typeof txn !== 'string' || txn === '')) return no('claim_malformed')
  if (toe !== undefined && !isSeconds(toe)) return no('claim_malformed')
  if (subject !== undefined && !isOpaqueSubject(subject)) return no('claim_malformed')
  if (!isObject(events)) return no('events_not_single')
  const [event, another] = Object.entries(events)
  if (!event || another || event[0] === '' || !isObject(event[1])) return no('events_not_single')
  return { ok: true, claims: payload as unknown as SetClaims, event: { type: event[0], body: event[1] } }
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}

function isOpaqueSubject(value: unknown): boolean {
  return isObject(value) && value['format'] === 'opaque' && typeof value['id'] === 'string' && value['id'] !== ''
}
