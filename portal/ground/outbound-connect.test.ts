import { createServer as createHttp } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { createServer as createTcp } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createTestAuthority } from '../testing/certificates.ts'
import { createLoopbackServers } from '../testing/loopback-servers.ts'
import { createOutbound, type OutboundOptions } from './outbound.server.ts'

const servers = createLoopbackServers()
const { listen } = servers
afterEach(() => servers.close())

function way(options: Partial<OutboundOptions> = {}) {
  const outbound = createOutbound({ allowedRanges: ['127.0.0.0/8'], ...options })
  servers.alsoClose(() => outbound.close())
  return outbound
}

const message = {
  contentType: 'application/secevent+jwt',
  accept: 'application/json',
  body: 'a.b.c',
  timeoutMs: 5_000,
}

const named =
  (...addresses: string[]): NonNullable<OutboundOptions['resolve']> =>
  async () => ({ result: 'found', addresses })

describe('the address check', () => {
  test('holds for every address of a name, not for the first', async () => {
    for (const addresses of [
      ['10.0.0.1'],
      ['9.9.9.9', '10.0.0.1'],
      ['9.9.9.9', '::1'],
      ['::ffff:169.254.169.254'],
      ['127.1'],
    ]) {
      const outbound = way({ allowedRanges: [], resolve: named(...addresses) })
      expect(await outbound.post('https://receiver.example/', message), String(addresses)).toMatchObject({
        result: 'failed',
        code: 'address_refused',
        address: null,
      })
      expect(await outbound.head('https://receiver.example/', { timeoutMs: 500 })).toMatchObject({
        code: 'address_refused',
      })
      expect(await outbound.connect('http://receiver.example/', { timeoutMs: 500 })).toMatchObject({
        code: 'address_refused',
      })
    }
  })

  test('a name is looked up once, and the connection goes where it led then', async () => {
    let lookups = 0
    const port = await listen(
      createHttp((request, response) => request.resume().on('end', () => response.writeHead(202).end())),
    )
    const inside = await listen(
      createHttp((_request, response) => response.writeHead(200).end()),
      '127.0.0.2',
    )
    const resolve: OutboundOptions['resolve'] = async () => {
      lookups += 1
      return { result: 'found', addresses: [lookups === 1 ? '127.0.0.1' : '127.0.0.2'] }
    }
    const outbound = way({ allowedRanges: ['127.0.0.1/32'], resolve })
    expect(await outbound.post(`http://rebinding.example:${port}/`, message)).toMatchObject({
      status: 202,
      address: '127.0.0.1',
    })
    expect(lookups).toBe(1)
    // The second look-up, for a new line, leads inside and is refused.
    expect(await outbound.post(`http://rebinding.example:${inside}/`, message)).toMatchObject({
      code: 'address_refused',
    })
    expect(lookups).toBe(2)
  })

  test('plain http goes to a name only when all it resolves to is opened by configuration', async () => {
    const outbound = way({ resolve: named('9.9.9.9') })
    expect(outbound.refuses('http://receiver.example/')).toBeNull()
    expect(await outbound.post('http://receiver.example/', message)).toMatchObject({ code: 'address_refused' })
    expect(await outbound.head('http://receiver.example/', { timeoutMs: 500 })).toMatchObject({
      code: 'address_refused',
    })
  })

  test('a literal that is not public is refused before anything is opened, in any spelling', async () => {
    const outbound = way({ allowedRanges: [] })
    for (const host of ['127.0.0.1', '127.1', '0x7f000001', '2130706433', '[::ffff:127.0.0.1]', '[::1]', 'localhost']) {
      expect(await outbound.post(`https://${host}/`, message)).toMatchObject({ code: 'address_refused', address: null })
      expect(await outbound.connect(`http://${host}/`, { timeoutMs: 500 })).toMatchObject({ code: 'address_refused' })
    }
  })

  test('a dead address of a name gives way to the next', async () => {
    const port = await listen(
      createHttp((request, response) => request.resume().on('end', () => response.writeHead(202).end())),
    )
    const outbound = way({ resolve: named('127.0.0.9', '127.0.0.1') })
    expect(await outbound.post(`http://receiver.example:${port}/`, message)).toMatchObject({
      status: 202,
      address: '127.0.0.1',
    })
  })
})

describe('TLS', () => {
  const authority = createTestAuthority()

  async function secured(names: string[], options: { from?: Date; until?: Date } = {}, issuer = authority) {
    const certificate = issuer.issue(names, options)
    const server = createHttps(certificate, (request, response) =>
      request.resume().on('end', () => response.writeHead(202).end()),
    )
    server.on('tlsClientError', () => {})
    return { port: await listen(server), certificate }
  }

  test('is verified against the name, and the fingerprint of the peer is kept', async () => {
    const { port, certificate } = await secured(['receiver.example'])
    const outbound = way({ ca: authority.ca, resolve: named('127.0.0.1') })
    expect(await outbound.post(`https://receiver.example:${port}/`, message)).toMatchObject({
      result: 'answered',
      status: 202,
      peer: certificate.fingerprint,
    })
    expect(await outbound.connect(`https://receiver.example.:${port}/`, { timeoutMs: 2000 })).toMatchObject({
      status: 0,
      peer: certificate.fingerprint,
    })
  })

  test('an address in the certificate serves an address in the URL', async () => {
    const { port } = await secured(['127.0.0.1'])
    expect(await way({ ca: authority.ca }).post(`https://127.0.0.1:${port}/`, message)).toMatchObject({ status: 202 })
  })

  test.each<[string, RegExp, () => ReturnType<typeof secured>]>([
    ['for another name', /another name/, () => secured(['other.example'])],
    ['that has expired', /expired/, () => secured(['receiver.example'], { until: new Date('2021-01-01') })],
    ['that is not valid yet', /not valid yet/, () => secured(['receiver.example'], { from: new Date('2048-01-01') })],
    [
      'of an authority not known',
      /not known here/,
      () => secured(['receiver.example'], {}, createTestAuthority('Other')),
    ],
  ])('a certificate %s is refused, and it is said why', async (_what, words, serve) => {
    const { port } = await serve()
    const outbound = way({ ca: authority.ca, resolve: named('127.0.0.1') })
    const answer = await outbound.post(`https://receiver.example:${port}/`, message)
    expect(answer).toMatchObject({ result: 'failed', code: 'tls', address: '127.0.0.1' })
    if (answer.result === 'failed') expect(answer.detail).toMatch(words)
  })

  test('a port that does not speak it is a failure of TLS', async () => {
    const port = await listen(createTcp((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')))
    expect(await way({ ca: authority.ca }).post(`https://127.0.0.1:${port}/`, message)).toMatchObject({ code: 'tls' })
    const closing = await listen(createTcp((socket) => socket.destroy()))
    expect(await way({ ca: authority.ca }).post(`https://127.0.0.1:${closing}/`, message)).toMatchObject({
      code: 'tls',
    })
  })

  test('a handshake that never comes is over in the time for connecting', async () => {
    const port = await listen(createTcp(() => {}))
    const outbound = way({ ca: authority.ca, limits: { connectMs: 200 } })
    const answer = await outbound.post(`https://127.0.0.1:${port}/`, message)
    expect(answer).toMatchObject({ result: 'failed', code: 'timeout' })
    expect(answer.ms).toBeLessThan(6000)
  })
})

test('what a failure says holds no host, address, path or port', async () => {
  const port = await listen(createTcp((socket) => socket.end('not http\r\n\r\n')))
  const outbound = way({ ca: createTestAuthority().ca, resolve: named('127.0.0.1') })
  const details: string[] = []
  for (const url of [
    `http://canary.example:${port}/secret`,
    `https://canary.example:${port}/secret`,
    `https://canary.example:${port + 1 > 65535 ? port - 1 : port + 1}/secret`,
    'https://u:p@canary.example/secret',
    'nonsense canary',
  ]) {
    for (const answer of [
      await outbound.post(url, message),
      await outbound.head(url, { timeoutMs: 500 }),
      await outbound.connect(url, { timeoutMs: 500 }),
    ]) {
      if (answer.result === 'failed') details.push(answer.detail)
    }
  }
  expect(details.length).toBeGreaterThan(10)
  expect(details.join('\n')).not.toMatch(/canary|secret|127\.|\d{4}/)
})
