import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { memoryStore } from '../inbox/memory.ts'
import { createTestPortal, type TestPortal } from '../testing/test-portal.ts'
import { connectEndpoint } from './connect.ts'
import { createReceiver, type Receiver } from './create-receiver.ts'
import { nodeHandler } from './node-adapter.ts'
import { generateKeys, type OwnKeys, rotateKeys } from './own-keys.ts'
import { checkIssuer, mayCall } from './portal.ts'

describe('a receiver behind node:http', () => {
  let portal: TestPortal
  let keys: OwnKeys
  let receiver: Receiver
  const closing: (() => unknown)[] = []
  beforeEach(async () => {
    portal = await createTestPortal()
    keys = await generateKeys()
    const on = { 'notice.issued': () => undefined, 'notice.withdrawn': () => undefined }
    receiver = await createReceiver({ issuer: portal.issuer, keys, inbox: memoryStore(), on })
    closing.push(
      () => portal.stop(),
      () => receiver.stop(0),
    )
  })
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  async function listening(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, '127.0.0.1')
    await once(server, 'listening')
    closing.push(() => {
      server.close()
      server.closeAllConnections()
    })
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/noticeline`
  }

  test('connects, is verified, and receives', async () => {
    const url = await listening(nodeHandler(receiver))
    const endpoint = await receiver.connect({ token: portal.token, url })
    expect(endpoint).toMatchObject({ verified: true, issuer: portal.issuer, audience: portal.endpoints[0]?.audience })
    expect((await portal.issue({ items: [{ url: 'https://cust42.tern.example/1' }] })).answers).toEqual([
      { code: 202, body: '' },
    ])
    await receiver.drain()
    expect(portal.reports.map(({ type }) => type)).toEqual(['notice.received', 'notice.received'])
  })

  test('connects once for one address and one set of keys', async () => {
    const url = await listening(nodeHandler(receiver))
    const first = await receiver.connect({ token: portal.token, url })
    expect(await receiver.connect({ token: portal.token, url })).toEqual(first)
    expect(portal.endpoints).toHaveLength(1)
  })

  test('says in the words of the portal why it was not verified', async () => {
    const url = await listening((_, response) => response.writeHead(200).end('parked'))
    await expect(receiver.connect({ token: portal.token, url })).rejects.toMatchObject({
      code: 'portal_refused',
      portalCode: 'verification_refused',
      httpCode: 422,
      message: expect.stringContaining('answered 200'),
    })
    await expect(receiver.connect({ token: 'wrong', url })).rejects.toMatchObject({ httpCode: 401 })
  })

  test('asks the portal to come back while it does not know who it is', async () => {
    const url = await listening(nodeHandler(receiver))
    const response = await fetch(url, {
      method: 'POST',
      body: 'x',
      headers: { 'content-type': 'application/secevent+jwt' },
    })
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
  })

  test('answers a body over the limit while it still comes, and lets the connection go', async () => {
    const url = await listening(nodeHandler(receiver))
    await receiver.connect({ token: portal.token, url })
    const headers = { 'content-type': 'application/secevent+jwt' }
    const response = await fetch(url, { method: 'POST', body: 'A'.repeat(300_000), headers })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ err: 'invalid_request' })

    const undeclared = request(url, { method: 'POST', headers })
    undeclared.on('error', () => undefined) // the connection may end while it still writes
    const answered = once(undeclared, 'response') as Promise<[IncomingMessage]>
    for (let sent = 0; sent < 6; sent += 1) undeclared.write('A'.repeat(65_536))
    const [answer] = await answered
    expect([answer.statusCode, answer.headers.connection]).toEqual([400, 'close'])
    undeclared.destroy()
  })

  test('names the fix where other middleware has read the body', async () => {
    const parsedFirst: RequestListener = async (request, response) => {
      for await (const _ of request);
      nodeHandler(receiver)(request, response)
    }
    const url = await listening(parsedFirst)
    const response = await fetch(url, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({ description: expect.stringContaining('before express.json()') })
    let passedOn: unknown
    const next = await listening(async (request, response) => {
      for await (const _ of request);
      nodeHandler(receiver)(request, response, (error) => {
        passedOn = error
        response.end()
      })
    })
    await fetch(next, { method: 'POST', body: '{}' })
    expect(passedOn).toMatchObject({ code: 'body_already_read' })
  })

  test('opens what was sealed for an older key of its own', async () => {
    const both = await rotateKeys(keys)
    const rotated = await createReceiver({
      issuer: portal.issuer,
      keys: both,
      inbox: memoryStore(),
      audience: 'urn:noticeline:org:org_1',
      on: { 'notice.issued': () => undefined, 'notice.withdrawn': () => undefined },
    })
    closing.unshift(() => rotated.stop(0))
    for (const { publicJwk } of both.sealing) {
      const signingKeys = both.signing.map((pair) => pair.publicJwk)
      portal.attach({ audience: 'urn:noticeline:org:org_1', signingKeys, sealingKey: publicJwk, to: rotated.handle })
      const { answers } = await portal.issue({ items: [{ url: 'https://cust42.tern.example/1' }] })
      expect(answers).toEqual([{ code: 202, body: '' }])
    }
  })

  test('an endpoint can be connected without a receiver of ours', async () => {
    const url = await listening((_, response) => response.writeHead(202).end())
    let audience = ''
    const endpoint = await connectEndpoint({
      issuer: portal.issuer,
      token: portal.token,
      url,
      signingKeys: keys.signing.map(({ publicJwk }) => publicJwk),
      sealingKey: null,
      ready: (registered) => {
        audience = registered.audience
      },
    })
    expect(endpoint).toMatchObject({ verified: true, audience, mediaType: 'application/secevent+jwt' })
  })
})

test('options that cannot be used are refused at once, by their code', async () => {
  const keys = await generateKeys()
  const on = { 'notice.issued': () => undefined, 'notice.withdrawn': () => undefined }
  const made = (given: object) =>
    createReceiver({ issuer: 'https://portal.example', keys, inbox: memoryStore(), on, ...given })
  await expect(made({ issuer: 'https://portal.example/' })).rejects.toMatchObject({ code: 'issuer_invalid' })
  await expect(made({ keys: { signing: [], sealing: [] } })).rejects.toMatchObject({ code: 'keys_invalid' })
  const [pair] = keys.signing
  await expect(made({ keys: { signing: [{ ...pair, kid: 'mine' }], sealing: [] } })).rejects.toMatchObject({
    code: 'keys_invalid',
  })
})

test('plain http is for a portal on this machine, and for what such a portal names on this machine', () => {
  for (const issuer of ['https://portal.example', 'http://127.0.0.1:4680', 'http://localhost:1', 'http://[::1]:1']) {
    expect(checkIssuer(issuer)).toBe(issuer)
  }
  for (const issuer of ['http://portal.example', 'http://127.0.0.1.portal.example', 'ftp://127.0.0.1', 'portal', '']) {
    expect(() => checkIssuer(issuer)).toThrow('an origin like')
  }
  expect(mayCall('http://127.0.0.1:1/jwks', 'https://portal.example')).toBe(false)
  expect(mayCall('http://portal.example/jwks', 'http://127.0.0.1:4680')).toBe(false)
  expect(mayCall('https://user:word@portal.example/jwks', 'https://portal.example')).toBe(false)
  expect(mayCall('http://127.0.0.1:4680/jwks', 'http://127.0.0.1:4680')).toBe(true)
})
