import type { InboxMessage } from '../inbox/inbox.ts'
import type { OutboxReport } from '../inbox/outbox.ts'
import { checkOutgoing, type EventType, eventTypes, issueToken } from '../protocol.ts'
import { Refusal } from '../refusals.ts'
import type { Core } from './core.ts'
import type { Outcome, Reinstatement } from './outcomes.ts'
import type { KeyPair } from './own-keys.ts'
import { mayCall } from './portal.ts'
import { fromStored } from './stored.ts'

type Signer = Pick<Core, 'issuer' | 'keys' | 'clock' | 'requireAudience'>

/** What says "I hold exactly this token": signed before it is stored, sent after. */
export function signReceipt(
  core: Signer,
  message: Pick<InboxMessage, 'jti' | 'setSha256' | 'txn' | 'seq' | 'receivedAt'>,
  reportTo: string | null,
): Promise<OutboxReport> {
  const { jti, setSha256, txn, seq, receivedAt } = message
  const body = {
    v: 1,
    notice: txn ?? undefined,
    seq: seq ?? undefined,
    ref: jti,
    set_sha256: setSha256,
    received_at: receivedAt,
  }
  return sign(core, 'receipt', eventTypes.received, body, txn, reportTo)
}

/** What was done. Refused with `report_invalid` where it does not have the documented shape. */
export function signOutcomes(
  core: Signer,
  about: { readonly notice: string; readonly seq: number },
  results: readonly (Outcome | Reinstatement)[],
  reportTo: string | null,
): Promise<OutboxReport> {
  const body = { v: 1, notice: about.notice, seq: about.seq, results }
  return sign(core, 'outcomes', eventTypes.reported, body, about.notice, reportTo)
}

/** As far as the portal takes our clock for a clock. */
const tolerance = 600_000
/** Half of what the portal takes for recent: two clocks may disagree on the rest. */
const longAgo = 22 * 86_400_000

export interface SignedAgain {
  readonly raw: string
  /** By whose time it had to be. */
  readonly by: 'ours' | 'theirs'
}

/** The same statement signed now, where by our time or the portal's it is from times to come or long ago. */
export async function signAgain(
  core: Signer,
  { raw, kind, to }: OutboxReport,
  theirs: string | null,
): Promise<SignedAgain | null> {
  const { claims, event } = fromStored(raw)
  const signedAt = claims.iat * 1000
  const isOff = (now: number) => now < signedAt - tolerance || now > signedAt + longAgo
  const by = isOff(core.clock.now().getTime()) ? 'ours' : isOff(Date.parse(theirs ?? '')) ? 'theirs' : null
  if (by === null) return null
  // An outcome under its old number counts once, should the first have got through after all; a receipt counts once anyway.
  const jti = kind === 'outcomes' && claims.jti
  const again = await sign(core, kind, event.type as EventType, event.body, claims.txn ?? null, to, jti)
  return { raw: again.raw, by }
}

async function sign(
  core: Signer,
  kind: OutboxReport['kind'],
  type: EventType,
  body: unknown,
  notice: string | null,
  reportTo: string | null,
  jti: string | false = false,
): Promise<OutboxReport> {
  const checked = checkOutgoing(type, body)
  if (!checked.ok) {
    const told = checked.errors.map(({ pointer, message }) => `${pointer || '/'}: ${message}`).join(' ')
    throw new Refusal('report_invalid', `This cannot be reported. ${told}`)
  }
  const [key] = core.keys.signing as [KeyPair] // checked when the receiver was made
  const now = core.clock.now()
  const { raw, claims } = await issueToken(
    {
      iss: core.requireAudience(),
      aud: core.issuer,
      type,
      body: haveCome(body, now.toISOString()),
      now,
      ...(jti && { jti }),
      ...(notice !== null && { notice }),
    },
    key,
  )
  const at = now.toISOString()
  return {
    id: claims.jti,
    kind,
    txn: notice,
    raw,
    to: reportTo !== null && mayCall(reportTo, core.issuer) ? reportTo : `${core.issuer}/v1/reports`,
    createdAt: at,
    state: 'waiting',
    attempts: 0,
    nextAt: at,
    err: null,
    description: null,
  }
}

/** The same statement with instants that have come: what was done by a clock that was set back since was done by now. */
function haveCome(body: unknown, now: string): object {
  return JSON.parse(JSON.stringify(body), (name, value) =>
    /^(received_at|at|since)$/.test(name) && value > now ? now : value,
  ) as object
}
