import { randomUUID } from 'node:crypto'
import type { SetClaims } from './claims.ts'
import { signToken } from './token.ts'
import type { EventType } from './words.ts'

const organisation = 'urn:noticeline:org:'

/** Who an organisation is on the wire: the `aud` of what is sent to it, the `iss` of what it sends. */
export function audienceOf(orgId: string): string {
  return `${organisation}${orgId}`
}

/** The organisation behind such a name, or null. */
export function orgIdOf(audience: string): string | null {
  return audience.startsWith(organisation) ? audience.slice(organisation.length) : null
}

/** What is to be signed. */
export interface Statement {
  iss: string
  aud: string
  type: EventType
  body: object
  now: Date
  /** A random one unless given. */
  jti?: string
  /** The notice; also becomes the `sub_id`. */
  notice?: string
  /** When the notifier submitted. */
  submittedAt?: Date
}

/** The claims of one statement to one audience. */
export function claimsOf(statement: Statement): SetClaims {
  const { iss, aud, type, body, now, notice, submittedAt } = statement
  return {
    iss,
    aud,
    iat: Math.floor(now.getTime() / 1000),
    jti: statement.jti ?? newJti(),
    ...(notice === undefined ? {} : { txn: notice }),
    ...(submittedAt === undefined ? {} : { toe: Math.floor(submittedAt.getTime() / 1000) }),
    ...(notice === undefined ? {} : { sub_id: { format: 'opaque', id: notice } as const }),
    events: { [type]: body },
  }
}

/** Claims and signature in one step; the digest is what a receipt for it has to say. */
export async function issueToken(
  statement: Statement,
  key: { kid: string; privateJwk: JsonWebKey },
): Promise<{ raw: string; claims: SetClaims }> {
  const claims = claimsOf(statement)
  return { raw: await signToken(claims, key), claims }
}

/** A new token id: 128 random bits. */
export function newJti(): string {
  return `evt_${randomUUID().replaceAll('-', '')}`
}
