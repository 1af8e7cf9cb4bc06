import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { memoryStore } from '../inbox/memory.ts'
import { thumbprint } from '../protocol.ts'
import { createReceiver } from './create-receiver.ts'
import { generateKeys } from './own-keys.ts'

interface Vector {
  readonly name: string
  readonly direction: 'to_receiver' | 'to_portal'
  readonly sent: { readonly media_type: string; readonly body: string; readonly padding?: number }
  readonly expect: {
    readonly now: string
    readonly audience: string
    readonly jwks: { readonly keys: readonly JsonWebKey[] } | readonly JsonWebKey[]
    readonly issuers: Readonly<Record<string, string>>
    readonly sealing_keys: readonly JsonWebKey[]
  }
  readonly refusal?: { readonly err: string }
}

const read = async (name: string): Promise<Vector[]> => {
  const text = await readFile(new URL(`../../vectors/${name}.json`, import.meta.url), 'utf8')
  const { vectors } = JSON.parse(text) as { vectors: Vector[] }
  return vectors.filter(({ direction }) => direction === 'to_receiver')
}
const [accepted, refused] = await Promise.all([read('accepted'), read('refused')])
const own = await generateKeys()

/** What a whole receiver answers, from the request to the store. */
async function answerTo(vector: Vector): Promise<{ code: number; err: string | null; stored: number }> {
  const { sent, expect: given } = vector
  const sealing = given.sealing_keys.map(async (jwk) => {
    const { d: _, ...publicJwk } = jwk
    return { kid: await thumbprint(jwk), publicJwk, privateJwk: jwk }
  })
  const issuer = Object.values(given.issuers)[0] ?? 'https://portal.example'
  const documents: Record<string, unknown> = {
    '/.well-known/ssf-configuration': { issuer, jwks_uri: `${issuer}/jwks.json` },
    '/jwks.json': Array.isArray(given.jwks) ? { keys: given.jwks } : given.jwks,
  }
  const inbox = memoryStore()
  const receiver = await createReceiver({
    issuer,
    audience: given.audience,
    keys: { signing: own.signing, sealing: await Promise.all(sealing) },
    inbox,
    clock: { now: () => new Date(given.now) },
    fetch: async (url) => {
      const document = documents[new URL(url).pathname]
      return document === undefined ? new Response(null, { status: 202 }) : Response.json(document)
    },
    on: { 'notice.issued': () => undefined, 'notice.withdrawn': () => undefined, onUnknown: () => undefined },
  })
  try {
    const body = sent.body + 'A'.repeat(sent.padding ?? 0)
    const push = { method: 'POST', contentType: sent.media_type, contentLength: null, body }
    const reply = await receiver.receive(push)
    const { messages } = await inbox.counts()
    const stored = messages.waiting + messages.done
    return { code: reply.code, err: reply.body === '' ? null : JSON.parse(reply.body).err, stored }
  } finally {
    await receiver.stop(0)
  }
}

describe('a receiver takes', () => {
  test.each(accepted.map((vector) => [vector.name, vector] as const))('%s', async (_, vector) => {
    expect(await answerTo(vector)).toEqual({ code: 202, err: null, stored: 1 })
  })
})

describe('a receiver refuses, and stores nothing of', () => {
  test.each(refused.map((vector) => [vector.name, vector] as const))('%s', async (_, vector) => {
    const { code, err, stored } = await answerTo(vector)
    expect([400, 415]).toContain(code)
    expect([err, stored]).toEqual([vector.refusal?.err, 0])
  })
})
