import {
  audienceOf,
  checkPublicJwk,
  type EventType,
  eventTypes,
  generateKey,
  issueToken,
  type NoticeIssued,
  pollRequest,
  readMessage,
  refuse,
  seal,
  setDigest,
  thumbprint,
  tokenMediaType,
  verifyToken,
  writePushBody,
} from '../protocol.ts'
import type { Clock } from '../receiver/core.ts'
import type { KeyPair } from '../receiver/own-keys.ts'
import type { Misbehaviour } from './misbehaviour.ts'
import { createPollStream } from './poll-stream.ts'
import { type Answer, type Route, serve } from './portal-server.ts'
import type { Issued, PushAnswer, TakenReport, TestEndpoint, TestPortal } from './portal-shape.ts'
import { newTestId, noticeOf } from './statements.ts'

export type { Issued, TakenReport, TestEndpoint, TestPortal } from './portal-shape.ts'

interface Held {
  readonly raw: string
  readonly jti: string
  readonly answers: PushAnswer[]
}

/** A portal in this process, for tests: it signs, seals and pushes for real, takes reports, and can misbehave. */
export async function createTestPortal(
  options: {
    readonly clock?: Clock
    /** How long a poll waits for something to come; 50,000 ms unless said otherwise. */
    readonly longPoll?: number
    /** To listen on; one of its own unless said otherwise. */
    readonly port?: number
    /** To be the same portal again: what it signs with, and the bearer token it takes. */
    readonly key?: KeyPair
    readonly token?: string
    /** Carries pushes instead of `fetch`, to see them or to lead them elsewhere. */
    readonly carry?: (push: {
      readonly to: string
      readonly raw: string
      readonly init: RequestInit
    }) => Promise<Response>
  } = {},
): Promise<TestPortal> {
  const clock = options.clock ?? { now: () => new Date() }
  let keys: KeyPair[] = [options.key ?? (await generateKey('sig'))]
  let how: Misbehaviour = {}
  const endpoints: TestEndpoint[] = []
  const reports: TakenReport[] = []
  const reportBodies: string[] = []
  const held: Held[] = []
  const token = options.token ?? newTestId('nl_test')
  const now = () => new Date(clock.now().getTime() + (how.clockSkew ?? 0) * 1000)
  const stream = createPollStream(sealed, options.longPoll ?? 50_000)

  const server = await serve(
    {
      'GET /.well-known/ssf-configuration': published(() => ({
        spec_version: '1_0',
        issuer: server.url,
        jwks_uri: `${server.url}/.well-known/jwks.json`,
        delivery_methods_supported: ['urn:ietf:rfc:8935', 'urn:ietf:rfc:8936'],
        configuration_endpoint: `${server.url}/v1/endpoints`,
        status_endpoint: `${server.url}/v1/streams`,
        verification_endpoint: `${server.url}/v1/streams/verify`,
      })),
      'GET /.well-known/jwks.json': published(() => ({ keys: keys.map(({ publicJwk }) => publicJwk) })),
      'POST /v1/endpoints': withToken(register),
      'POST /v1/endpoints/*/verify': withToken(verify),
      'POST /v1/streams/*': withToken(poll),
      'POST /v1/reports': takeReport,
    },
    options.port,
    () => how.delay ?? 0,
  )
  const issuer = server.url

  function published(document: () => object): Route {
    return async () => (how.jwks === 'down' ? { code: 503 } : { code: 200, body: document() })
  }

  function withToken(route: Route): Route {
    return async (request) =>
      request.headers.authorization === `Bearer ${token}`
        ? route(request)
        : { code: 401, body: { code: 'unauthorized', title: 'Unauthorized', detail: 'The bearer token is not known.' } }
  }

  async function register({ text }: { text: string }): Promise<Answer> {
    const { url, signing_keys: signingKeys, sealing_key: sealingKey } = JSON.parse(text)
    const wrong = [...signingKeys].some((jwk) => !checkPublicJwk(jwk, 'sig').ok)
    if (wrong || (sealingKey !== null && !checkPublicJwk(sealingKey, 'enc').ok)) {
      return { code: 422, body: { code: 'invalid', title: 'Invalid', detail: 'A key is no public P-256 key.' } }
    }
    const { id, audience } = attach({ signingKeys, sealingKey, to: url })
    return { code: 201, body: { id, issuer, audience, poll_url: `${issuer}/v1/streams/${id}`, verified: false } }
  }

  async function poll({ text, gone }: Parameters<Route>[0]): Promise<Answer> {
    const read = pollRequest.safeParse(JSON.parse(text))
    if (!read.success) return { code: 422, body: { code: 'invalid', title: 'Invalid', detail: 'No poll (RFC 8936).' } }
    return withRetryAfter(await stream.answer(read.data, how.poll ?? 'answered', gone))
  }

  function withRetryAfter(answer: Answer): Answer {
    if (answer.code !== 429 && answer.code !== 503) return answer
    return { ...answer, headers: { 'retry-after': String(how.retryAfter ?? 60) } }
  }

  async function verify(): Promise<Answer> {
    const { answers } = await portal.verification()
    const [first] = answers
    if (first?.code === 202) return { code: 200, body: { verified: true, media_type: tokenMediaType } }
    const detail = `The receiver answered ${first?.code ?? 'nothing'} to the verification event instead of 202.`
    return { code: 422, body: { code: 'verification_refused', title: 'Not verified', detail } }
  }

  function attach(given: Parameters<TestPortal['attach']>[0]): TestEndpoint {
    const endpoint = { audience: audienceOf(newTestId('org')), ...given, id: newTestId('end') }
    endpoints.unshift(endpoint)
    return endpoint
  }

  async function takeReport({ text }: { text: string }): Promise<Answer> {
    reportBodies.push(text)
    if (how.reports === 'hang-up') throw new Error('no answer')
    if (how.reports === 400) return { code: 400, body: { err: 'access_denied', description: 'Refused for a test.' } }
    if (how.reports === 429 || how.reports === 503) return withRetryAfter({ code: how.reports })
    const byKid = new Map<string, { jwk: JsonWebKey; audience: string }>()
    for (const { signingKeys, audience } of endpoints) {
      for (const jwk of signingKeys) byKid.set(await thumbprint(jwk), { jwk, audience })
    }
    const verified = await verifyToken(text, {
      key: async (kid) => byKid.get(kid)?.jwk ?? null,
      issuer: async (kid) => byKid.get(kid)?.audience ?? null,
      audience: issuer,
      now: now(),
    })
    if (!verified.accepted) return { code: 400, headers: { date: now().toUTCString() }, body: verified.refusal }
    const reading = readMessage(verified.token)
    if (reading.read === 'refused') return { code: 400, body: reading.refusal }
    const { iss, jti } = verified.token.claims
    if (reading.read !== 'message') return { code: 400, body: refuse('message_malformed') }
    if (reports.some((report) => report.jti === jti && report.iss === iss)) return { code: 202 }
    if (reading.type === eventTypes.received) {
      reports.push({ raw: text, iss, jti, type: 'notice.received', message: reading.message })
    } else if (reading.type === eventTypes.reported) {
      reports.push({ raw: text, iss, jti, type: 'items.reported', message: reading.message })
    } else return { code: 400, body: refuse('message_malformed') }
    return { code: 202 }
  }

  function addressee(): TestEndpoint {
    const [endpoint] = endpoints
    if (endpoint === undefined) throw new TypeError('Nobody to write to: connect a receiver, or attach one.')
    return endpoint
  }

  async function sealed(raw: string, plain: boolean): Promise<string> {
    const { sealingKey } = addressee()
    if (sealingKey === null || plain) return raw
    return seal(raw, { kid: await thumbprint(sealingKey), publicJwk: sealingKey })
  }

  async function deliver({ raw, jti }: Held, answers: PushAnswer[], copies: number): Promise<void> {
    const pushes = addressee().to !== null
    if (!pushes || how.pollToo) stream.offer({ raw, jti })
    for (let copy = 0; pushes && copy < copies; copy += 1) answers.push(await push(raw))
    if (answers.some(({ code }) => code === 202)) stream.settle(jti)
    else stream.offer({ raw, jti })
  }

  async function push(raw: string, { plain = false }: { plain?: boolean } = {}): Promise<PushAnswer> {
    const { to } = addressee()
    if (to === null) throw new TypeError('This receiver polls: nothing can be pushed to it.')
    const wrapped = await sealed(raw, plain)
    const mediaType = how.mediaType ?? tokenMediaType
    const body = mediaType === tokenMediaType ? wrapped : writePushBody(jtiOf(raw), wrapped)
    const init = { method: 'POST', headers: { 'content-type': mediaType, accept: 'application/json' }, body }
    const carry = options.carry ?? (({ to: url }) => fetch(url, init))
    const response = typeof to === 'string' ? await carry({ to, raw, init }) : await to(new Request(issuer, init))
    return { code: response.status, body: await response.text() }
  }

  async function sign({ type, ...rest }: Parameters<TestPortal['sign']>[0]) {
    const [key = await generateKey('sig')] = how.signs === 'unpublished' ? [] : keys
    const statement = { ...rest, type: type as EventType, iss: issuer, aud: addressee().audience, now: now() }
    const { raw, claims } = await issueToken(statement, key)
    return { raw, jti: claims.jti, setSha256: setDigest(raw) }
  }

  async function send(event: Parameters<TestPortal['send']>[0]): Promise<Issued> {
    const answers: PushAnswer[] = []
    const issued = { ...(await sign(event)), answers }
    if (how.hold) held.push(issued)
    else await deliver(issued, answers, how.copies ?? 1)
    return issued
  }

  const about = (type: EventType, body: { notice: string }) => send({ type, body, notice: body.notice })
  const ids = (notice: NoticeIssued) => notice.items.map(({ id }) => id)

  const portal: TestPortal = {
    issuer,
    token,
    endpoints,
    reports,
    reportBodies,
    stream,
    attach,
    push,
    sign,
    send,
    async issue(given) {
      const notice = noticeOf(given, `${issuer}/v1/reports`)
      return { ...(await about(eventTypes.issued, notice)), notice }
    },
    withdraw: (notice, given = {}) =>
      about(eventTypes.withdrawn, {
        ...{ v: 1, notice: notice.notice, seq: notice.seq + 1, items: ids(notice), reason: 'error', restore: true },
        ...given,
      }),
    correct: (notice, items, seq = notice.seq + 1) =>
      about(eventTypes.corrected, {
        ...{ v: 1, notice: notice.notice, seq, items, changed: ['/items/0/url'], reason: 'A slip of the pen.' },
      }),
    changeDeadline: (notice, due, seq = notice.seq + 1) =>
      about(eventTypes.deadlineChanged, {
        ...{ v: 1, notice: notice.notice, seq, items: ids(notice), due: due.toISOString(), reason: 'More time.' },
      }),
    close: (notice, seq = notice.seq + 2) =>
      about(eventTypes.closed, {
        ...{ v: 1, notice: notice.notice, seq },
        ...{ items: ids(notice).map((id) => ({ id, headline: 'removed_verified' })) },
      }),
    verification: () => send({ type: eventTypes.verification, body: {} }),
    misbehave(next) {
      how = { ...how, ...next }
    },
    async release(order = 'kept') {
      how = { ...how, hold: false }
      const waiting = held.splice(0)
      for (const one of order === 'kept' ? waiting : waiting.reverse()) await deliver(one, one.answers, 1)
    },
    async rotateKey({ forget = false } = {}) {
      keys = [await generateKey('sig'), ...(forget ? [] : keys)]
    },
    stop() {
      stream.stop()
      return server.close()
    },
  }
  return portal
}

function jtiOf(raw: string): string {
  const claims = JSON.parse(Buffer.from(raw.split('.')[1] ?? '', 'base64url').toString('utf8')) as { jti: string }
  return claims.jti
}
