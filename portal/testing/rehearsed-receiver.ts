/** A receiver written by hand, as somebody without the SDK would, with one thing wrong with it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import {
  audienceOf,
  claimsOf,
  eventTypes,
  type generateKey,
  openBody,
  readMessage,
  readPushBody,
  type SetErr,
  setDigest,
  signToken,
  type VerifiedToken,
  verifyToken,
} from '@noticeline/sdk/protocol'

type KeyPair = Awaited<ReturnType<typeof generateKey>>

export interface Faults {
  /** Answers before anything is looked at; true: it has answered. */
  first?: (request: IncomingMessage, answer: ServerResponse, body: string) => boolean
  /** Answers what was stored otherwise than with an empty 202. */
  stored?: (answer: ServerResponse) => void
  /** Answers what was refused otherwise than with 400 and `err`. */
  refused?: (answer: ServerResponse, err: SetErr) => void
  /** Changes the body before it is read, as body parsers do. */
  parse?: (body: string) => string
  verifies?: false
  checksAudience?: false
  /** Takes what is not sealed, though a sealing key is registered. */
  takesPlain?: true
  /** Handles a token every time it comes. */
  forgets?: true
  receipt?: false | ((body: Record<string, unknown>) => Record<string, unknown>)
  report?: false | ((body: Record<string, unknown>) => Record<string, unknown>)
  signsWith?: KeyPair
  /** Who statements are addressed to. */
  statesTo?: string
  /** Seconds its clock is ahead. */
  clock?: number
  /** Whether its server says what time it is. */
  date?: false
}

export interface Hands {
  now(): Date
  issuer: string
  orgId: string
  portalKey(kid: string): Promise<JsonWebKey | null>
  signing: KeyPair
  sealing: KeyPair | null
  /** Sends a signed statement to the portal. */
  state(raw: string): Promise<unknown>
}

export function rehearsedReceiver(hands: Hands, faults: Faults): { server: Server; settled(): Promise<void> } {
  const stored = new Set<string>()
  const work: Promise<unknown>[] = []
  const now = () => new Date(hands.now().getTime() + (faults.clock ?? 0) * 1000)

  const server = createServer(async (request, answer) => {
    answer.sendDate = false
    if (faults.date !== false) answer.setHeader('Date', now().toUTCString())
    const body = await textOf(request)
    if (faults.first?.(request, answer, body)) return
    const taken = await take(request.headers['content-type'], faults.parse ? faults.parse(body) : body)
    if ('err' in taken) {
      if (faults.refused) return faults.refused(answer, taken.err)
      answer.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ err: taken.err }))
      return
    }
    const { token } = taken
    const isNew = !stored.has(token.claims.jti)
    stored.add(token.claims.jti)
    if (faults.stored) faults.stored(answer)
    else answer.writeHead(202).end()
    if (isNew || faults.forgets) work.push(handle(token))
  })

  async function take(
    contentType: string | undefined,
    text: string,
  ): Promise<{ token: VerifiedToken } | { err: SetErr }> {
    const read = readPushBody(contentType, text)
    if (!read.read) return { err: read.refusal.err }
    const sealingKeys = hands.sealing ? [hands.sealing] : []
    const plain = faults.takesPlain && read.body.split('.').length === 3
    const opened = plain ? { opened: true as const, raw: read.body } : await openBody(read.body, { sealingKeys })
    if (!opened.opened) return { err: opened.refusal.err }
    if (faults.verifies === false) return { token: unverified(opened.raw) }
    const claims = claimsIn(opened.raw)
    const verified = await verifyToken(opened.raw, {
      key: hands.portalKey,
      issuer: hands.issuer,
      audience: faults.checksAudience === false ? String(claims['aud']) : audienceOf(hands.orgId),
      now: hands.now(),
    })
    return verified.accepted ? { token: verified.token } : { err: verified.refusal.err }
  }

  async function handle(token: VerifiedToken): Promise<void> {
    const reading = readMessage(token)
    if (reading.read !== 'message') return
    const { type } = token.event
    const notice = token.claims.txn
    const seq = (token.event.body as { seq?: number }).seq
    if (faults.receipt !== false) {
      const receipt = {
        v: 1,
        ...(notice === undefined ? {} : { notice, seq }),
        ref: token.claims.jti,
        set_sha256: setDigest(token.raw),
        received_at: now().toISOString(),
      }
      await say(eventTypes.received, notice, faults.receipt ? faults.receipt(receipt) : receipt)
    }
    if (type !== eventTypes.issued || faults.report === false) return
    const items = (token.event.body as { items: { id: string }[] }).items
    const at = now().toISOString()
    const results = items.map(({ id }) => ({
      item: id,
      outcome: 'not_hosted_here',
      reason: 'unknown_locator',
      at,
      by: 'auto',
    }))
    const report = { v: 1, notice, seq, results }
    await say(eventTypes.reported, notice, faults.report ? faults.report(report) : report)
  }

  async function say(
    type: typeof eventTypes.received | typeof eventTypes.reported,
    notice: string | undefined,
    body: object,
  ) {
    const aud = faults.statesTo ?? hands.issuer
    const claims = claimsOf({
      iss: audienceOf(hands.orgId),
      aud,
      type,
      body,
      now: now(),
      ...(notice ? { notice } : {}),
    })
    await hands.state(await signToken(claims, faults.signsWith ?? hands.signing))
  }

  return {
    server,
    async settled() {
      while (work.length > 0) await work.shift()
    },
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function claimsIn(raw: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(raw.split('.')[1] ?? '', 'base64url').toString('utf8'))
}

function unverified(raw: string): VerifiedToken {
  const claims = claimsIn(raw) as unknown as VerifiedToken['claims']
  const [[type = '', body] = []] = Object.entries(claims.events)
  return { raw, header: { alg: 'ES256', kid: '', typ: 'secevent+jwt' }, claims, event: { type, body }, setSha256: '' }
}
