import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createReceiver, type Receiver } from '@noticeline/sdk'
import { nodeHandler } from '@noticeline/sdk/node'
import { fileStore, loadOrCreateKeys } from '@noticeline/sdk/stores'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, submitNotice } from '../running/client.ts'
import { type RunningPortal, startPortal, until } from '../running/portal.ts'

/** One provider that takes notices in both ways at once: a server that is pushed to, and a program that polls. */
const count = 24
const folder = mkdtempSync(join(tmpdir(), 'noticeline-both-'))
const handled = new Map<string, number>()

let portal: RunningPortal
let receiver: Receiver
let server: Server

beforeAll(async () => {
  portal = await startPortal()
})
afterAll(async () => {
  server?.close()
  await receiver?.stop()
  await portal?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test(`${count} notices pushed and polled at the same time are handled once each, and settled on both sides`, async () => {
  const { demo } = portal
  const { token } = demo.open_provider
  const keys = await loadOrCreateKeys(join(folder, 'keys.json'))
  let listen: ReturnType<typeof nodeHandler> | null = null
  let pushes = 0
  server = createServer((request, answer) => {
    pushes += 1
    if (listen) void listen(request, answer)
    else answer.writeHead(503).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = await call('POST', `${demo.base_url}/v1/endpoints`, token, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    signing_keys: keys.signing.map(({ publicJwk }) => publicJwk),
    sealing_key: keys.sealing[0]?.publicJwk ?? null,
  })
  receiver = await createReceiver({
    issuer: demo.base_url,
    audience: endpoint.body.audience,
    keys,
    inbox: fileStore(join(folder, 'inbox')),
    on: {
      'notice.withdrawn': async () => [],
      'notice.issued': async ({ notice, items }) => {
        handled.set(notice, (handled.get(notice) ?? 0) + 1)
        return items.map(({ id }) => ({
          item: id,
          outcome: 'content_removed',
          at: new Date().toISOString(),
          by: 'auto',
        }))
      },
    },
  })
  listen = nodeHandler(receiver)
  const noticeIds: string[] = []
  for (let index = 0; index < count; index += 1) {
    const url = `http://cust${index}.mudlark.example/both/${index}.jpg`
    const submitted = await submitNotice(demo, [], { items: [{ url, ip: '127.0.20.1', scope: 'file' }] })
    noticeIds.push(submitted.body.id)
  }
  const poll = async (body: object) =>
    (await call('POST', endpoint.body.poll_url, token, { returnImmediately: true, ...body })).body
  // Not verified yet, so nothing is pushed, and the stream offers everything at once.
  const sets: Record<string, string> = {}
  await until(async () => {
    Object.assign(sets, (await poll({})).sets)
    return Object.keys(sets).length >= count
  }, 30_000)

  // From here on the same tokens come both ways.
  const verified = await call('POST', `${demo.base_url}/v1/endpoints/${endpoint.body.id}/verify`, token)
  expect(verified.status).toBe(200)
  const acks: string[] = []
  for (const [jti, set] of Object.entries(sets)) {
    const answer = await receiver.handle(
      new Request('http://127.0.0.1/polled', {
        method: 'POST',
        headers: { 'content-type': 'application/secevent+jwt' },
        body: set,
      }),
    )
    expect(answer.status).toBe(202)
    acks.push(jti)
    await new Promise((resolve) => setTimeout(resolve, 100))
    if (acks.length % 3 === 0) await poll({ ack: acks.splice(0), maxEvents: 0 })
  }
  await poll({ ack: acks, maxEvents: 0 })
  expect(pushes, 'the verification, and notices beside the poll').toBeGreaterThan(1)

  const deliveries = async (): Promise<{ notice: string; state: string; event: string }[]> =>
    (await call('GET', `${demo.base_url}/v1/deliveries?limit=200`, token)).body.data.filter(
      ({ notice, event }: { notice: string; event: string }) =>
        noticeIds.includes(notice) && event.endsWith('notice.issued'),
    )
  await until(async () => (await deliveries()).every(({ state }) => state === 'acknowledged'), 60_000)
  await receiver.drain()
  const ended = await deliveries()
  expect(ended).toHaveLength(count)
  expect(Object.fromEntries(handled)).toEqual(Object.fromEntries(noticeIds.map((id) => [id, 1])))
  // Nothing is left on either side.
  expect((await poll({})).sets).toEqual({})
  expect(await receiver.deadLetters()).toEqual([])
})
