import type { InboxMessage } from '../inbox/inbox.ts'
import {
  eventTypes,
  type MessageReading,
  type NoticeIssued,
  readMessage,
  type SetClaims,
  setDigest,
  type TokenHeader,
  type VerifiedToken,
} from '../protocol.ts'

/** Whether the contents of a token are gone. What is left of one whose notice was closed is its header and its signature. */
export function isErased(raw: string): boolean {
  return raw === '' || raw.includes('..')
}

const own = 'urn:noticeline:event:'

/** How an event type is called in a store and among the handlers. */
export function shortType(type: string): string {
  return type.startsWith(own) ? type.slice(own.length) : type
}

/** The key against which repeats are recognised. */
export function messageId(iss: string, jti: string): string {
  return `${iss} ${jti}`
}

/** What a store keeps of a verified token. */
export function toStored(token: VerifiedToken, reading: MessageReading, receivedAt: string): InboxMessage {
  const body = reading.read === 'message' ? reading.message : {}
  const items = 'items' in body ? body.items.map((item) => (typeof item === 'string' ? item : item.id)) : []
  const { iss, jti, txn } = token.claims
  return {
    id: messageId(iss, jti),
    iss,
    jti,
    txn: 'notice' in body ? (body.notice ?? null) : (txn ?? null),
    seq: 'notice' in body && 'seq' in body ? (body.seq ?? null) : null,
    type: shortType(token.event.type),
    items,
    setSha256: token.setSha256,
    raw: token.raw,
    receivedAt,
    state: reading.read === 'quarantine' ? 'quarantined' : 'waiting',
    attempts: 0,
    nextAt: receivedAt,
    handled: [],
    note: null,
  }
}

/**
 * The token as it was verified when it came. It is not verified again: keys end, and what was true when it was stored
 * has to stay usable.
 */
export function fromStored(raw: string): VerifiedToken {
  const [header, payload] = raw.split('.').map((part) => Buffer.from(part, 'base64url').toString('utf8'))
  const claims = JSON.parse(payload ?? '') as SetClaims
  const [event] = Object.entries(claims.events)
  if (event === undefined) throw new TypeError('A stored token has exactly one event.')
  const [type, body] = event
  return {
    raw,
    header: JSON.parse(header ?? '') as TokenHeader,
    claims,
    event: { type, body },
    setSha256: setDigest(raw),
  }
}

export function readStored(message: InboxMessage): MessageReading {
  return readMessage(fromStored(message.raw))
}

/** The newest issue of a notice among what is held about it. */
export function issuedIn(thread: readonly InboxMessage[]): NoticeIssued | null {
  const [newest] = thread
    .filter(({ type, raw, state }) => type === 'notice.issued' && !isErased(raw) && state !== 'quarantined')
    .sort((one, other) => (other.seq ?? 0) - (one.seq ?? 0))
  if (newest === undefined) return null
  const reading = readStored(newest)
  return reading.read === 'message' && reading.type === eventTypes.issued ? reading.message : null
}
