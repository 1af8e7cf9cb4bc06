import { z } from 'zod'
import { publishedKey } from './evidence-keys.ts'
import { digest, instant, jti, noticeId } from './fields.ts'
import { readJsonSegment } from './grammar.ts'
import { readPublicJwk, thumbprint } from './keys.ts'
import { setDigest, type VerifiedToken, verifyToken } from './token.ts'
import { pointerTo, readMessage } from './version.ts'
import { eventTypes } from './words.ts'

const key = z.record(z.string(), z.unknown())
const always = {
  jti: jti.describe('The token.'),
  type: z.string().min(1).max(200).describe('What kind of message it is.'),
  seq: z.int().nullable().describe('Its revision of the notice; null where it has none.'),
  received_at: instant.describe('When it was stored, by the clock of the receiver.'),
  set_sha256: digest.describe('SHA-256 of the token, as the receipt names it.'),
}

/** What a receiver holds about one notice: what it was sent, what it answered, and the keys both were signed with. */
export const receiverEvidence = z.object({
  noticeline_receiver_evidence: z.literal(1).describe('The version of this form.'),
  notice: noticeId.describe('The notice.'),
  issuer: z.string().max(300).describe('The portal that sent it.'),
  audience: z.string().max(300).describe('Who received it.'),
  exported_at: instant.describe('When this was written.'),
  portal_keys: z.array(key).max(200).describe('The keys of the portal, as last fetched.'),
  own_keys: z.array(key).max(200).describe('The public keys that the receiver signs with.'),
  received: z
    .array(
      z.union([
        z.object({ ...always, token: z.string().max(262_144).describe('The signed token.') }),
        z.object({
          ...always,
          header: z.string().max(1000).describe('The header of a token whose contents were erased.'),
          signature: z.string().max(200).describe('Its signature.'),
        }),
      ]),
    )
    .min(1)
    .max(10_000)
    .describe('What the portal said, in the order in which it came.'),
  sent: z
    .array(
      z.object({
        kind: z.enum(['receipt', 'outcomes']).describe('What it says.'),
        made_at: instant.describe('When it was signed, or signed last.'),
        state: z.enum(['waiting', 'sent', 'dead']).describe('Whether the portal has it: sent is answered 202.'),
        token: z.string().max(262_144).describe('The signed token.'),
      }),
    )
    .max(10_000)
    .describe('What the receiver answered.'),
})
/** What a receiver holds about one notice, for a third party to check. */
export type ReceiverEvidence = z.infer<typeof receiverEvidence>

/** What a check of a receiver's evidence found. */
export type ReceiverEvidenceCheck =
  | { readonly result: 'whole'; readonly received: number; readonly erased: number; readonly sent: number }
  /** The first thing that does not hold: in which part, which of them from 1, and why. */
  | {
      readonly result: 'broken'
      readonly part: 'form' | 'received' | 'sent'
      readonly at: number | null
      readonly code: string
      readonly description: string
    }

/**
 * Checks, asking nobody, that what a receiver shows fits together: every token carries the signature of a key that is
 * named, is from and for whom it should be and about this notice; its digest is the one shown; what was erased is named by
 * a signed receipt. With `published` (the `keys` of the portal's `jwks-archive.json`) the portal's keys count only as far
 * as it says so itself; without, they are as given. Whose the receiver's own keys are, the portal's register knows.
 */
export async function checkReceiverEvidence(
  given: unknown,
  published?: readonly unknown[],
): Promise<ReceiverEvidenceCheck> {
  const read = receiverEvidence.safeParse(given)
  if (!read.success) {
    const where = pointerTo(read.error.issues[0]?.path ?? [])
    return broken('form', null, 'form_wrong', `This is no evidence of a receiver, at ${where || 'the top'}.`)
  }
  const { notice, issuer, audience, portal_keys: portalKeys, own_keys: ownKeys, received, sent } = read.data
  const theirs = await byThumbprint(published === undefined ? portalKeys : published.filter(isPublished))
  const ours = await byThumbprint(ownKeys)
  const receipts = new Map<string, string>()

  for (const [index, { token, made_at: at }] of sent.entries()) {
    const no = (code: string, description: string) => broken('sent', index + 1, code, description)
    const verified = await verifyAt(token, { issuer: audience, audience: issuer, keys: ours, at })
    if (!verified.accepted) return no(verified.refusal.code, verified.refusal.description)
    const reading = readMessage(verified.token)
    const isOurs =
      reading.read === 'message' && (reading.type === eventTypes.received || reading.type === eventTypes.reported)
    if (!isOurs) return no('message_malformed', 'This is neither a receipt nor a report.')
    if (reading.message.notice !== notice) return no('notice_mismatch', 'This is about another notice.')
    if (reading.type === eventTypes.received) receipts.set(reading.message.ref, reading.message.set_sha256)
  }

  for (const [index, one] of received.entries()) {
    const no = (code: string, description: string) => broken('received', index + 1, code, description)
    if (!('token' in one)) {
      const header = readJsonSegment(one.header)
      if (!header || !theirs.has(String(header['kid'])))
        return no('key_unknown', 'The header names no key of the portal.')
      if (receipts.get(one.jti) !== one.set_sha256) {
        return no('not_receipted', 'What was erased is named by no receipt: nothing vouches for its digest.')
      }
      continue
    }
    if (setDigest(one.token) !== one.set_sha256) return no('digest_differs', 'The digest is not the one of the token.')
    const verified = await verifyAt(one.token, { issuer, audience, keys: theirs, at: one.received_at })
    if (!verified.accepted) return no(verified.refusal.code, verified.refusal.description)
    if (!isAbout(verified.token, notice)) return no('notice_mismatch', 'This is about another notice.')
    if (verified.token.claims.jti !== one.jti)
      return no('jti_mismatch', 'This is another token than the one it is called.')
    const receipted = receipts.get(one.jti)
    if (receipted !== undefined && receipted !== one.set_sha256) {
      return no('receipt_differs', 'The receipt for it names another digest.')
    }
  }
  const erased = received.filter((one) => !('token' in one)).length
  return { result: 'whole', received: received.length, erased, sent: sent.length }
}

function broken(
  part: 'form' | 'received' | 'sent',
  at: number | null,
  code: string,
  description: string,
): ReceiverEvidenceCheck {
  return { result: 'broken', part, at, code, description }
}

/** As it was when it was stored or made: it has not become wrong by getting old. */
function verifyAt(
  token: string,
  about: { issuer: string; audience: string; keys: ReadonlyMap<string, JsonWebKey>; at: string },
) {
  const { issuer, audience, keys, at } = about
  return verifyToken(token, { issuer, audience, now: new Date(at), key: async (kid) => keys.get(kid) ?? null })
}

function isAbout({ claims, event }: VerifiedToken, notice: string): boolean {
  const body = event.body as { notice?: unknown }
  return (body.notice ?? claims.txn) === notice
}

async function byThumbprint(keys: readonly unknown[]): Promise<Map<string, JsonWebKey>> {
  const usable = keys.map((one) => readPublicJwk(one, 'sig')).filter((one) => typeof one !== 'string')
  return new Map(await Promise.all(usable.map(async (jwk) => [await thumbprint(jwk), jwk] as const)))
}

function isPublished(given: unknown): boolean {
  const read = publishedKey.safeParse(given)
  return read.success && read.data.revoked_at === null
}
