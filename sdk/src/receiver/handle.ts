import type { InboxMessage } from '../inbox/inbox.ts'
import {
  eventTypes,
  type KeySet,
  type MessageReading,
  openBody,
  readMessage,
  readPushBody,
  refuse,
  type VerifiedToken,
  verifyToken,
} from '../protocol.ts'
import type { Core } from './core.ts'
import type { createDispatcher } from './dispatch.ts'
import { type BodySource, readBody } from './read-body.ts'
import { accepted, later, type Reply, refused, wrongMethod } from './replies.ts'
import { signReceipt } from './report.ts'
import type { createSender } from './send-reports.ts'
import { issuedIn, toStored } from './stored.ts'

/** A request before any framework has touched it. */
export interface Push {
  readonly method: string
  readonly contentType: string | null
  readonly contentLength: string | null
  readonly body: BodySource
  /** The name by which a poll offered it; the token must say the same. */
  readonly jti?: string | undefined
}

export interface Intake extends Core {
  readonly portalKeys: KeySet
  readonly dispatcher: ReturnType<typeof createDispatcher>
  readonly sender: ReturnType<typeof createSender>
}

class KeysUnreachable extends Error {}

/** Verify, read, store, 202. Nothing else happens before the answer. */
export async function handlePush(core: Intake, push: Push): Promise<Reply> {
  if (push.method !== 'POST') return wrongMethod
  const audience = core.audience()
  if (audience === null || core.stopping.aborted) return later(5)
  const text = await readBody(push.body, push.contentLength)
  if (text === 'too-large') return refused(refuse('too_large'))
  if (text === 'cut-off') return refused(refuse('not_a_token'))
  const body = readPushBody(push.contentType, text)
  if (!body.read) return refused(body.refusal)
  const opened = await openBody(body.body, { sealingKeys: core.keys.sealing })
  if (!opened.opened) return refused(opened.refusal)
  try {
    const verified = await verifyToken(opened.raw, {
      key: (kid) => keyOf(core, kid),
      issuer: core.issuer,
      audience,
      now: core.clock.now(),
      jti: push.jti ?? body.jti,
    })
    return verified.accepted ? await take(core, verified.token) : refused(verified.refusal)
  } catch (error) {
    if (error instanceof KeysUnreachable) return later(30)
    core.alarm({ code: 'store_failed' })
    return later(30)
  }
}

/** Without ever having had the portal's keys nothing can be said about a token, so nothing is. */
async function keyOf(core: Intake, kid: string): Promise<JsonWebKey | null> {
  const key = await core.portalKeys.key(kid)
  if (key === null && core.portalKeys.fetchedAt() === null) throw new KeysUnreachable()
  return key
}

async function take(core: Intake, token: VerifiedToken): Promise<Reply> {
  const reading = readMessage(token)
  if (reading.read === 'refused') return refused(reading.refusal)
  const message = asTaken(toStored(token, reading, core.clock.now().toISOString()), reading)
  const receipts = message.state === 'quarantined' ? [] : [await receiptFor(core, message, reading)]
  const stored = await core.store.add(message, receipts)
  if (stored.result === 'known') return takeAgain(core, message, stored.message, receipts)
  if (message.state === 'quarantined') {
    core.alarm({ code: 'message_quarantined', id: message.id })
    return notUnderstood
  }
  handOver(core, message, receipts)
  return accepted
}

const notUnderstood = refused(
  refuse('message_malformed', 'This version is not spoken here yet; the token is kept aside.'),
)

/** An endpoint check is answered by the 202 and the receipt; there is nothing to hand over. */
function asTaken(message: InboxMessage, reading: MessageReading): InboxMessage {
  const check = reading.read === 'message' && reading.type === eventTypes.verification
  return check ? { ...message, state: 'done', raw: '' } : message
}

async function takeAgain(
  core: Intake,
  message: InboxMessage,
  known: InboxMessage,
  receipts: Awaited<ReturnType<typeof receiptFor>>[],
): Promise<Reply> {
  if (known.setSha256 !== message.setSha256) {
    core.alarm({ code: 'token_contested', id: known.id, txn: known.txn ?? undefined })
    return refused(refuse('message_malformed', 'This jti was used before for a token with other bytes.'))
  }
  if (known.state !== 'quarantined') return accepted
  if (message.state === 'quarantined') return notUnderstood
  // A newer release of this package understands what an older one put aside.
  const { state, type, items, txn, seq, nextAt } = message
  const patch = { state, type, items, txn, seq, nextAt }
  await core.store.change({ messages: [{ id: known.id, patch }], addReports: receipts })
  handOver(core, message, receipts)
  return accepted
}

async function receiptFor(core: Intake, message: InboxMessage, reading: MessageReading) {
  const issued = reading.read === 'message' && reading.type === eventTypes.issued ? reading.message : null
  if (issued !== null || message.txn === null) return signReceipt(core, message, issued?.report_to ?? null)
  return signReceipt(core, message, issuedIn(await core.store.thread(message.txn))?.report_to ?? null)
}

function handOver(
  core: Intake,
  message: InboxMessage,
  receipts: readonly Awaited<ReturnType<typeof receiptFor>>[],
): void {
  for (const receipt of receipts) core.sender.add(receipt)
  if (message.state === 'waiting') core.dispatcher.add(message)
}
