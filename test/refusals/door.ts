/** The receiver that providers install, as the vectors' addressee, and what got past its door. */
import { readFileSync } from 'node:fs'
import { createReceiver, type KeyPair, type Receiver } from '@noticeline/sdk'
import { openBody, readPushBody } from '@noticeline/sdk/protocol'
import { type InboxStore, memoryStore } from '@noticeline/sdk/stores'
import type { Pushed, Sample } from './mutate.ts'

interface Vector {
  name: string
  direction: string
  sent: { media_type: string; body: string }
  expect: {
    now: string
    audience: string
    jwks: { keys: JsonWebKey[] }
    issuers: Record<string, string>
    sealing_keys: (JsonWebKey & { kid: string })[]
  }
}

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../sdk/vectors/${name}.json`, import.meta.url), 'utf8'))
const vectors = (read('accepted').vectors as Vector[]).filter(({ direction }) => direction === 'to_receiver')

const pairOf = ({ d, ...rest }: JsonWebKey & { kid: string }): KeyPair => ({
  kid: rest.kid,
  publicJwk: rest,
  privateJwk: { ...rest, ...(d === undefined ? {} : { d }) },
})

export interface Door {
  readonly samples: readonly Sample[]
  /** What a sample's addressee answers, and the digests of what it would have stored. */
  push(sample: Sample, pushed: Pushed): Promise<{ code: number; err: string | null; stored: readonly string[] }>
  close(): Promise<void>
}

/** One receiver for plain tokens, one for sealed; each remembers nothing, so that every push is the first of its kind. */
export async function openDoor(): Promise<Door> {
  let now = 0
  let added: string[] = []
  const receivers = new Map<Sample, { receiver: Receiver; now: number }>()
  const open = new Map<boolean, Receiver>()
  for (const vector of vectors) {
    const { expect: expected, sent, name } = vector
    const sealed = expected.sealing_keys.length > 0
    const receiver = open.get(sealed) ?? (await openReceiver(sealed))
    open.set(sealed, receiver)
    const body = readPushBody(sent.media_type, sent.body)
    const sealingKeys = expected.sealing_keys.map((privateJwk) => ({ kid: privateJwk.kid, privateJwk }))
    const opened = body.read ? await openBody(body.body, { sealingKeys }) : null
    if (!opened?.opened) throw new Error(`An accepted vector does not open: ${name}`)
    const sample = { name, mediaType: sent.media_type, body: Buffer.from(sent.body), raw: opened.raw }
    receivers.set(sample, { receiver, now: Date.parse(expected.now) })
  }

  function openReceiver(sealed: boolean): Promise<Receiver> {
    const ofKind = vectors.filter(({ expect }) => expect.sealing_keys.length > 0 === sealed)
    const [{ expect: expected } = vectors[0] as Vector] = ofKind
    const [issuer = ''] = Object.values(expected.issuers)
    const jwks = { keys: ofKind.flatMap(({ expect }) => expect.jwks.keys) }
    const sealing = new Map(ofKind.flatMap(({ expect }) => expect.sealing_keys.map((key) => [key.kid, pairOf(key)])))
    return createReceiver({
      issuer,
      audience: expected.audience,
      keys: { signing: [pairOf(read('keys').keys.tern)], sealing: [...sealing.values()] },
      inbox: forgetful((digest) => added.push(digest)),
      on: { 'notice.issued': () => undefined, 'notice.withdrawn': () => undefined },
      clock: { now: () => new Date(now) },
      fetch: async (url, init) => {
        if (init.method === 'POST') return new Response(null, { status: 202 })
        return Response.json(url.endsWith('/jwks') ? jwks : { issuer, jwks_uri: `${issuer}/jwks` })
      },
    })
  }

  return {
    samples: [...receivers.keys()],
    async push(sample, { mediaType, body }) {
      const to = receivers.get(sample)
      if (to === undefined) throw new Error('No sample of this door')
      now = to.now
      added = []
      const contentLength = String(body.length)
      const reply = await to.receiver.receive({ method: 'POST', contentType: mediaType, contentLength, body })
      const err = reply.body === '' ? null : (JSON.parse(reply.body) as { err: string }).err
      return { code: reply.code, err, stored: added }
    },
    async close() {
      for (const receiver of open.values()) await receiver.stop(0)
    },
  }
}

function forgetful(tell: (digest: string) => void): InboxStore {
  return {
    ...memoryStore(),
    add: async ({ setSha256 }) => {
      tell(setSha256)
      return { result: 'added' }
    },
  }
}
