/** A receiver that is sent notice after notice while years pass on its clock, and says what it holds. */
import { createReceiver, generateKeys, type Receiver } from '@noticeline/sdk'
import {
  audienceOf,
  type EventType,
  eventTypes,
  generateKey,
  issueToken,
  seal,
  tokenMediaType,
} from '@noticeline/sdk/protocol'
import { fileStore, type InboxStore, memoryStore } from '@noticeline/sdk/stores'
import { answerParent, ownCpu } from './child.ts'
import { inLanes } from './measure.ts'
import { noticeBody } from './notice-body.ts'

const issuer = 'https://portal.example'
const audience = audienceOf('org_01hzzzzzzzzzzzzzzzzzzzzzzz')
const remembered = 90 * 24 * 60 * 60 * 1000
/** So many notices are remembered at a time: those of ninety days. */
const held = 5_000
const betweenNotices = remembered / held

export interface Sample {
  readonly rss: number
  readonly heapUsed: number
  readonly external: number
  /** Messages that the store remembers, done and not. */
  readonly remembered: number
  readonly cpuMs: number
}

let time = Date.parse('2026-11-22T09:00:00.000Z')
let receiver: Receiver
let store: InboxStore
let handled = 0
let cpuBefore = 0
const untilHandled = new Map<string, () => void>()
let sealing: Awaited<ReturnType<typeof generateKeys>>['sealing'][number] | undefined
const key = await generateKey('sig')

async function open({ folder, sealed }: { folder: string | null; sealed: boolean }): Promise<void> {
  store = folder === null ? memoryStore() : fileStore(folder)
  const fresh = await generateKeys()
  sealing = sealed ? fresh.sealing[0] : undefined
  receiver = await createReceiver({
    issuer,
    audience,
    keys: sealed ? fresh : { ...fresh, sealing: [] },
    inbox: store,
    clock: { now: () => new Date(time) },
    fetch: answer,
    on: {
      'notice.issued': (notice) => {
        handled += 1
        untilHandled.get(notice.notice)?.()
        const at = new Date(time).toISOString()
        return notice.items.map(({ id }) => ({ item: id, outcome: 'content_removed', at, by: 'auto' }) as const)
      },
      'notice.withdrawn': () => undefined,
    },
  })
  cpuBefore = ownCpu()
}

/** Discovery and keys, and 202 to every report. */
async function answer(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  if (init?.method === 'POST') return new Response(null, { status: 202 })
  const keys = `${issuer}/.well-known/jwks.json`
  return Response.json(String(url) === keys ? { keys: [key.publicJwk] } : { issuer, jwks_uri: keys })
}

/** Half of the events are notices, half close one. */
async function play(events: number): Promise<Sample> {
  const before = handled
  const notices = events / 2
  await inLanes(notices, 8, async () => {
    time += betweenNotices
    const body = noticeBody(`${issuer}/v1/reports`)
    const { notice, items } = body
    // Closed before it was handled there would be nothing left to do.
    const ran = new Promise<void>((resolve) => untilHandled.set(notice, resolve))
    await push(eventTypes.issued, body, notice)
    await ran
    untilHandled.delete(notice)
    const ended = items.map(({ id }) => ({ id, headline: 'removed_verified' }))
    await push(eventTypes.closed, { notice, v: 1, seq: 2, items: ended }, notice)
  })
  await receiver.drain()
  // What the receiver does by itself every five minutes; here weeks pass in that time.
  await store.forget(new Date(time - remembered))
  if (handled - before !== notices) throw new Error(`${handled - before} of ${notices} notices were handled`)
  globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  const { messages } = await store.counts()
  return { rss, heapUsed, external, remembered: messages.done + messages.waiting, cpuMs: ownCpu() - cpuBefore }
}

async function push(type: EventType, body: object, notice: string): Promise<void> {
  const statement = { iss: issuer, aud: audience, type, body, notice, now: new Date(time) }
  const { raw } = await issueToken(statement, key)
  const sent = Buffer.from(sealing ? await seal(raw, sealing) : raw)
  const contentLength = String(sent.length)
  const { code } = await receiver.receive({ method: 'POST', contentType: tokenMediaType, contentLength, body: sent })
  if (code !== 202) throw new Error(`The receiver answered ${code}`)
}

answerParent({ open, play, close: () => receiver.stop(0) })
