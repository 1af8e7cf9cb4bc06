import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createReceiver, generateKeys, type Receiver } from '@noticeline/sdk'
import { memoryStore } from '@noticeline/sdk/stores'
import { createTestPortal, type TestPortal } from '@noticeline/sdk/testing'
import { expect, onTestFinished } from 'vitest'

export interface Scene {
  readonly portal: TestPortal
  readonly receiver: Receiver
}

/** A portal, and a receiver that takes down whatever it is told to. Both end with the test. */
export async function scene(): Promise<Scene> {
  const portal = await createTestPortal()
  onTestFinished(() => portal.stop())
  const receiver = await createReceiver({
    issuer: portal.issuer,
    keys: await generateKeys(),
    inbox: memoryStore(),
    on: {
      'notice.issued': ({ items }) =>
        items.map(({ id }) => ({ item: id, outcome: 'content_removed', at: new Date().toISOString(), by: 'auto' })),
      'notice.withdrawn': () => undefined,
    },
  })
  onTestFinished(() => receiver.stop(0))
  return { portal, receiver }
}

/** Serves until the test ends; answers its origin. */
export async function serving(listener: RequestListener): Promise<string> {
  return served(createServer(listener).listen(0, '127.0.0.1'))
}

export async function served(server: Server): Promise<string> {
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  if (!server.listening) await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Everything a receiver has to do at an address, whatever framework stands before it. */
export async function worksAt({ portal, receiver }: Scene, url: string): Promise<void> {
  const endpoint = await receiver.connect({ token: portal.token, url })
  expect(endpoint.verified).toBe(true)
  for (const mediaType of ['application/secevent+jwt', 'application/json'] as const) {
    portal.misbehave({ mediaType })
    const { answers } = await portal.issue({ items: [{ url: 'https://cust42.tern.example/1' }] })
    expect(answers, mediaType).toEqual([{ code: 202, body: '' }])
  }
  await receiver.drain()
  expect(portal.reports.filter(({ type }) => type === 'items.reported')).toHaveLength(2)

  const headers = { 'content-type': 'application/secevent+jwt' }
  const nonsense = await fetch(url, { method: 'POST', body: 'hello', headers })
  expect([nonsense.status, (await nonsense.json()).err]).toEqual([400, 'invalid_request'])
  // Over the receiver's own limit, and for some frameworks over theirs.
  for (const length of [300_000, 3_000_000]) {
    const huge = await fetch(url, { method: 'POST', body: 'A'.repeat(length), headers })
      .then(async (response) => [response.status, (await response.json()).err])
      // Who goes on writing while the answer comes may find the connection closed before it has read it.
      .catch(() => null)
    if (huge !== null) expect(huge).toEqual([400, 'invalid_request'])
  }
  const other = await fetch(url, { method: 'POST', body: 'a=1', headers: { 'content-type': 'text/csv' } })
  expect([other.status, other.headers.get('accept')]).toEqual([415, 'application/secevent+jwt, application/json'])
  const bare = await fetch(url, { method: 'POST' })
  expect(bare.status).toBe(415)
}

/** The answer, and whatever was told, where a body parser came first. */
export async function pushedJson(url: string): Promise<{ status: number; text: string }> {
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify({ sets: { evt_1: 'a.b.c' } }),
    headers: { 'content-type': 'application/json' },
  })
  return { status: response.status, text: await response.text() }
}
