import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createReceiver, type OwnKeys, type Receiver } from '@noticeline/sdk'
import { changeEndpoint, nodeHandler } from '@noticeline/sdk/node'
import { startPolling } from '@noticeline/sdk/poll'
import { fileStore, loadOrCreateKeys } from '@noticeline/sdk/stores'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, submitNotice } from '../running/client.ts'
import { type RunningPortal, startPortal, until } from '../running/portal.ts'

/** One provider that takes notices in both ways at once: a server that is pushed to, and a program that polls. */
const count = 24
const folder = mkdtempSync(join(tmpdir(), 'noticeline-both-'))
const handled = new Map<string, number>()

let portal: RunningPortal
let keys: OwnKeys
let receiver: Receiver
let server: Server
/** Waited before each call to the portal, so that polls do not have it all to themselves. */
let pace = 0

beforeAll(async () => {
  portal = await startPortal()
  keys = await loadOrCreateKeys(join(folder, 'keys.json'))
  receiver = await createReceiver({
    issuer: portal.demo.base_url,
    keys,
    inbox: fileStore(join(folder, 'inbox')),
    fetch: async (url, init) => {
      await new Promise((resolve) => setTimeout(resolve, pace))
      return fetch(url, init)
    },
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
})
afterAll(async () => {
  server?.close()
  await receiver?.stop()
  await portal?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function submitted(index: number): Promise<string> {
  const url = `http://cust${index}.mudlark.example/both/${index}.jpg`
  const notice = await submitNotice(portal.demo, [], { items: [{ url, ip: '127.0.20.1', scope: 'file' }] })
  return notice.body.id
}

async function deliveriesOf(notices: readonly string[]): Promise<{ notice: string; state: string }[]> {
  const { demo } = portal
  const { body } = await call('GET', `${demo.base_url}/v1/deliveries?limit=200`, demo.open_provider.token)
  return body.data.filter(
    ({ notice, event }: { notice: string; event: string }) =>
      notices.includes(notice) && event.endsWith('notice.issued'),
  )
}

const allAcknowledged = async (notices: readonly string[]) =>
  (await deliveriesOf(notices)).every(({ state }) => state === 'acknowledged')

test('a company that nobody can reach registers without an address, and takes notices by polling', async () => {
  const { demo } = portal
  const polling = await startPolling(receiver, { token: demo.open_provider.token })
  const notice = await submitted(count)
  await until(() => handled.has(notice), 60_000)
  await until(() => allAcknowledged([notice]), 60_000)
  const [endpoint] = (await call('GET', `${demo.base_url}/v1/endpoints`, demo.open_provider.token)).body.data
  expect(endpoint).toMatchObject({ url: null, state: 'active' })
  expect((await receiver.health()).polling).toMatchObject({ failures: 0, lastError: null })
  await polling.stop()
})

test(`${count} notices pushed and polled at the same time are handled once each, and settled on both sides`, async () => {
  const { demo } = portal
  const { token } = demo.open_provider
  const listen = nodeHandler(receiver)
  let pushes = 0
  server = createServer((request, answer) => {
    pushes += 1
    listen(request, answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // It has an address from now on, proven by its own key.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  const { id: endpoint, audience, pollUrl } = await receiver.connect({ token, url: null })
  await changeEndpoint({ issuer: demo.base_url, token, endpoint, audience, keys, change: { url } })
  handled.clear()
  const notices: string[] = []
  for (let index = 0; index < count; index += 1) notices.push(await submitted(index))

  // Not verified yet, so nothing is pushed, and the stream offers everything. From here on the same tokens come both ways.
  pace = 200
  await startPolling(receiver, { token, maxEvents: 1 })
  const verified = await call('POST', `${demo.base_url}/v1/endpoints/${endpoint}/verify`, token)
  expect(verified.status).toBe(200)
  await until(() => allAcknowledged(notices), 60_000)
  expect(pushes, 'the verification, and notices beside the poll').toBeGreaterThan(1)
  await receiver.drain()
  expect(await deliveriesOf(notices)).toHaveLength(count)
  expect(Object.fromEntries(handled)).toEqual(Object.fromEntries(notices.map((id) => [id, 1])))
  // Nothing is left on either side.
  const left = await call('POST', String(pollUrl), token, { returnImmediately: true })
  expect(left.body.sets).toEqual({})
  expect(await receiver.deadLetters()).toEqual([])
})
