import type { InboxMessage, InboxStore } from '../inbox/inbox.ts'
import type { OutboxReport } from '../inbox/outbox.ts'
import type { ReceiverEvidence, SavedKeySet } from '../protocol.ts'
import { Refusal } from '../refusals.ts'
import type { OwnKeys } from './own-keys.ts'
import { fromStored, isErased } from './stored.ts'

/** What evidence is exported from. */
export interface EvidenceOptions {
  /** The portal's origin. */
  readonly issuer: string
  /** The notice, `ntc_…`. */
  readonly notice: string
  /** Whose public parts are shown. */
  readonly keys: OwnKeys
  /** Left out: what `connect` learned, kept in the inbox. */
  readonly audience?: string
}

/**
 * What you can show about one notice, in one JSON value that anybody can check offline with `checkReceiverEvidence`: the
 * tokens you received with the instants at which you stored them, your receipts and reports as you signed them and whether
 * the portal has them, and the keys. Once a notice is closed its tokens are gone; their headers, signatures and digests
 * are left, and your receipts name the digests. Reads only; the inbox is the one the receiver was given, or one opened
 * without a receiver.
 *
 * Before a notice is closed the tokens name addresses: keep the file as you keep the inbox, and give it to nobody who may
 * not have those. Rejects with the Refusal `unknown_notice`, or `not_connected` where nobody ever said who you are.
 */
export async function exportEvidence(
  inbox: Pick<InboxStore, 'thread' | 'reports' | 'setting'>,
  options: EvidenceOptions,
): Promise<ReceiverEvidence> {
  const { issuer, notice, keys } = options
  const audience = options.audience ?? (await inbox.setting(`audience at ${issuer}`))
  if (audience === null) throw new Refusal('not_connected', 'Give audience, or export from the inbox of a receiver.')
  const thread = await inbox.thread(notice)
  if (thread.length === 0) throw new Refusal('unknown_notice', 'No such notice was received here.')
  const saved = JSON.parse((await inbox.setting(`keys of ${issuer}`)) ?? 'null') as SavedKeySet | null
  const reports = await Promise.all((['sent', 'waiting', 'dead'] as const).map((state) => inbox.reports(state)))
  const sent = reports.flat().filter(({ txn, raw }) => txn === notice && raw !== '')
  return {
    noticeline_receiver_evidence: 1,
    notice,
    issuer,
    audience,
    exported_at: new Date().toISOString(),
    portal_keys: (saved?.keys ?? []) as Record<string, unknown>[],
    own_keys: keys.signing.map(({ publicJwk }) => publicJwk as Record<string, unknown>),
    received: thread.filter(({ raw }) => raw !== '').map(receivedFrom),
    sent: sent.map(sentFrom).sort((one, other) => one.made_at.localeCompare(other.made_at)),
  }
}

function receivedFrom(message: InboxMessage): ReceiverEvidence['received'][number] {
  const { jti, type, seq, receivedAt, setSha256, raw } = message
  const always = { jti, type, seq, received_at: receivedAt, set_sha256: setSha256 }
  if (!isErased(raw)) return { ...always, token: raw }
  const [header = '', , signature = ''] = raw.split('.')
  return { ...always, header, signature }
}

function sentFrom({ kind, state, raw }: OutboxReport): ReceiverEvidence['sent'][number] {
  // The instant that is signed, which is later than the first where a report had to be signed again.
  const madeAt = new Date(fromStored(raw).claims.iat * 1000).toISOString()
  return { kind, state, made_at: madeAt, token: raw }
}
