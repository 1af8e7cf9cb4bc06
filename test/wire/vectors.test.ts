/** Every vector, checked as its addressee checks: the receiver's way for what a portal sends, the portal's for reports. */
import { readFileSync } from 'node:fs'
import { createReceiver, type KeyPair, type Reply } from '@noticeline/sdk'
import {
  checkPublicJwk,
  createKeySet,
  openBody,
  publishedSchemas,
  readMessage,
  readPushBody,
  schemaName,
  type TokenRefusal,
  thumbprint,
  type VerifiedToken,
  verifyToken,
} from '@noticeline/sdk/protocol'
import { memoryStore } from '@noticeline/sdk/stores'
import { describe, expect, test } from 'vitest'

interface Vector {
  name: string
  why: string
  direction: 'to_receiver' | 'to_portal'
  sent: { media_type: string; body: string; padding?: number }
  expect: {
    now: string
    audience: string
    jwks: { keys: JsonWebKey[] }
    issuers: Record<string, string>
    sealing_keys: (JsonWebKey & { kid: string })[]
  }
  says?: { read: string; type: string; jti: string; set_sha256: string }
  refusal?: { err: string; code: string }
}

const read = (name: string): Vector[] =>
  JSON.parse(readFileSync(new URL(`../../sdk/vectors/${name}.json`, import.meta.url), 'utf8')).vectors
const accepted = read('accepted')
const refused = read('refused')

type Judgement = { says: Vector['says'] } | { refusal: TokenRefusal }

/** What a provider's receiver does: the portal's key set by fetching, envelopes by its own keys. */
async function asReceiver(vector: Vector): Promise<Judgement> {
  const { expect: expected } = vector
  const now = () => new Date(expected.now)
  const portalKeys = createKeySet({ url: 'https://portal.example/jwks', fetchJwks: async () => expected.jwks, now })
  const issuers = new Set(Object.values(expected.issuers))
  expect(issuers.size, 'a receiver listens to one portal').toBe(1)
  return judge(vector, (body, jti) =>
    verifyToken(body, {
      key: (kid) => portalKeys.key(kid),
      issuer: [...issuers][0] as string,
      audience: expected.audience,
      now: now(),
      jti,
    }),
  )
}

/** What the portal does: registered keys by the thumbprint it computed, and whom each speaks for. */
async function asPortal(vector: Vector): Promise<Judgement> {
  const { expect: expected } = vector
  const registered = new Map<string, JsonWebKey>()
  for (const jwk of expected.jwks.keys) {
    const checked = checkPublicJwk(jwk, 'sig')
    if (checked.ok) registered.set(await thumbprint(checked.jwk), checked.jwk)
  }
  return judge(vector, (body, jti) =>
    verifyToken(body, {
      key: async (kid) => registered.get(kid) ?? null,
      issuer: async (kid) => expected.issuers[kid] ?? null,
      audience: expected.audience,
      now: new Date(expected.now),
      jti,
    }),
  )
}

async function judge(
  { sent, expect: expected }: Vector,
  verify: (body: string, jti: string | undefined) => ReturnType<typeof verifyToken>,
): Promise<Judgement> {
  const body = readPushBody(sent.media_type, sent.body + 'A'.repeat(sent.padding ?? 0))
  if (!body.read) return body
  const sealingKeys = expected.sealing_keys.map((privateJwk) => ({ kid: privateJwk.kid, privateJwk }))
  const opened = await openBody(body.body, { sealingKeys })
  if (!opened.opened) return opened
  const verified = await verify(opened.raw, body.jti)
  if (!verified.accepted) return verified
  return said(verified.token)
}

function said(token: VerifiedToken): Judgement {
  const message = readMessage(token)
  if (message.read === 'refused' || message.read === 'quarantine') return message
  const { jti } = token.claims
  return { says: { read: message.read, type: message.type, jti, set_sha256: token.setSha256 } }
}

const as = { to_receiver: asReceiver, to_portal: asPortal }

/** The receiver that providers install, with the vector's keys, clock and portal. */
async function pushed(vector: Vector): Promise<Reply> {
  const { sent, expect: expected } = vector
  const issuer = [...new Set(Object.values(expected.issuers))][0] as string
  const answers: Record<string, unknown> = {
    [`${issuer}/.well-known/ssf-configuration`]: { issuer, jwks_uri: `${issuer}/jwks` },
    [`${issuer}/jwks`]: expected.jwks,
  }
  const receiver = await createReceiver({
    issuer,
    audience: expected.audience,
    keys: { signing: [ownKey], sealing: expected.sealing_keys.map(pairOf) },
    inbox: memoryStore(),
    on: { 'notice.issued': () => undefined, 'notice.withdrawn': () => undefined },
    clock: { now: () => new Date(expected.now) },
    fetch: async (url) => {
      const answer = answers[String(url)]
      return answer === undefined ? new Response(null, { status: 202 }) : Response.json(answer)
    },
  })
  const body = sent.body + 'A'.repeat(sent.padding ?? 0)
  const reply = await receiver.receive({
    method: 'POST',
    contentType: sent.media_type,
    contentLength: String(Buffer.byteLength(body)),
    body: Buffer.from(body),
  })
  await receiver.stop()
  return reply
}

const ownKey = pairOf(
  JSON.parse(readFileSync(new URL('../../sdk/vectors/keys.json', import.meta.url), 'utf8')).keys.tern,
)

function pairOf(jwk: JsonWebKey & { kid: string }): KeyPair {
  const { d: _, ...publicJwk } = jwk
  return { kid: jwk.kid, publicJwk, privateJwk: jwk }
}

describe('the receiver that providers install', () => {
  const toReceiver = (vectors: Vector[]) => vectors.filter((vector) => vector.direction === 'to_receiver')

  test.each(toReceiver(accepted))('answers 202 to: $name', async (vector) => {
    expect(await pushed(vector)).toMatchObject({ code: 202, body: '' })
  })

  test.each(toReceiver(refused))('answers $refusal.err to: $name', async (vector) => {
    const reply = await pushed(vector)
    expect(reply.code).toBe(vector.refusal?.code === 'media_type_not_supported' ? 415 : 400)
    expect(JSON.parse(reply.body)).toMatchObject({ err: vector.refusal?.err })
  })
})

describe('accepted', () => {
  test.each(accepted)('$direction: $name', async (vector) => {
    expect(await as[vector.direction](vector)).toEqual({ says: vector.says })
  })
})

describe('refused', () => {
  test.each(refused)('$direction: $name', async (vector) => {
    const judgement = await as[vector.direction](vector)
    expect(judgement).toMatchObject({ refusal: { err: vector.refusal?.err, code: vector.refusal?.code } })
  })
})

test('there are enough of them, in both directions, each under its own name', () => {
  expect(accepted.length).toBeGreaterThanOrEqual(12)
  expect(refused.length).toBeGreaterThanOrEqual(40)
  for (const vectors of [accepted, refused]) {
    expect(new Set(vectors.map((vector) => vector.direction))).toEqual(new Set(['to_receiver', 'to_portal']))
    expect(new Set(vectors.map((vector) => vector.name)).size).toBe(vectors.length)
    expect(vectors.filter((vector) => vector.why.length < 5)).toEqual([])
  }
})

test('every event type has an accepted vector', () => {
  const shown = new Set(accepted.map((vector) => schemaName(vector.says?.type as never)))
  const events = Object.keys(publishedSchemas()).filter((name) => /^[a-z]+\.[a-z]+$|^verification$|^stream-/.test(name))
  expect(events).toHaveLength(11)
  expect(events.filter((name) => !shown.has(name))).toEqual([])
})

test('a refusal quotes nothing of what was refused', async () => {
  for (const vector of refused) {
    const judgement = await as[vector.direction](vector)
    const text = 'refusal' in judgement ? judgement.refusal.description : ''
    expect(text, vector.name).toMatch(/^[A-Z].*\.$/)
    expect(text, vector.name).not.toMatch(/tern\.example|7f3a|passwd|house_rules|203\.0\.113/)
  }
})
