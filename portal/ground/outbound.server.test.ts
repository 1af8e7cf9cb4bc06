import { createServer as createHttp, type IncomingMessage, type Server } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { type AddressInfo, createServer as createTcp, type Socket, type Server as TcpServer } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { createTestAuthority } from '../testing/certificates.ts'
import { createOutbound, type OutboundOptions } from './outbound.server.ts'

const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

function listen(server: Server | TcpServer, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  })
  open.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  return new Promise((resolve) => server.listen(0, host, () => resolve((server.address() as AddressInfo).port)))
}

function way(options: Partial<OutboundOptions> = {}) {
  const outbound = createOutbound({ allowedRanges: ['127.0.0.0/8'], ...options })
  open.push(() => outbound.close())
  return outbound
}

/** A server that answers every connection with these bytes, whatever it was asked. */
async function answering(bytes: string | Buffer | ((socket: Socket) => void)): Promise<string> {
  const port = await listen(
    createTcp((socket) => {
      socket.once('data', () => (typeof bytes === 'function' ? bytes(socket) : socket.end(bytes)))
    }),
  )
  return `http://127.0.0.1:${port}/hook`
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

describe('post', () => {
  test('sends exactly what it is given, and nothing that could be unpacked comes back', async () => {
    const asked: { request: IncomingMessage; body: string }[] = []
    const port = await listen(
      createHttp(async (request, response) => {
        const chunks: Buffer[] = []
        for await (const chunk of request) chunks.push(chunk)
        asked.push({ request, body: Buffer.concat(chunks).toString() })
        response.writeHead(202, { 'x-received': 'yes' }).end()
      }),
    )
    const answer = await way().post(`http://127.0.0.1:${port}/hook?a=1#part`, {
      ...message,
      headers: {
        Authorization: 'Bearer one',
        'Content-Length': '1',
        Host: 'elsewhere.example',
        'Transfer-Encoding': 'chunked',
      },
    })
    expect(answer).toMatchObject({
      result: 'answered',
      status: 202,
      body: '',
      truncated: false,
      address: '127.0.0.1',
      peer: null,
    })
    expect(asked[0]?.body).toBe('a.b.c')
    expect(asked[0]?.request.url).toBe('/hook?a=1')
    expect(asked[0]?.request.headers).toEqual({
      host: `127.0.0.1:${port}`,
      connection: 'keep-alive',
      authorization: 'Bearer one',
      'content-type': 'application/secevent+jwt',
      'content-length': '5',
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'Noticeline/1 (+notice and takedown)',
    })
  })

  test('uses an open line again, and closes it when it was idle', async () => {
    let connections = 0
    const server = createHttp((request, response) => request.resume().on('end', () => response.writeHead(202).end()))
    server.on('connection', () => connections++)
    const url = `http://127.0.0.1:${await listen(server)}/`
    const outbound = way({ limits: { idleMs: 60 } })
    for (let count = 0; count < 3; count += 1) expect(await outbound.post(url, message)).toMatchObject({ status: 202 })
    expect(connections).toBe(1)
    expect(outbound.idleLines()).toBe(1)
    await expect.poll(() => outbound.idleLines()).toBe(0)
    expect(await outbound.post(url, message)).toMatchObject({ status: 202 })
    expect(connections).toBe(2)
  })

  test('keeps a bounded number of lines', async () => {
    const server = createHttp((request, response) => request.resume().on('end', () => response.writeHead(202).end()))
    const url = `http://127.0.0.1:${await listen(server)}/`
    const outbound = way()
    await Promise.all(Array.from({ length: 12 }, () => outbound.post(url, message)))
    expect(outbound.idleLines()).toBe(4)
  })

  test.each([301, 302, 303, 307, 308])('never follows a %i', async (status) => {
    let calls = 0
    const port = await listen(
      createHttp((request, response) => {
        calls += 1
        request.resume()
        response.writeHead(status, { location: '/again' }).end()
      }),
    )
    expect(await way().post(`http://127.0.0.1:${port}/`, message)).toMatchObject({ result: 'answered', status })
    expect(calls).toBe(1)
  })

  test('reads 16 KiB of a body and says when there was more', async () => {
    const whole = await answering(`HTTP/1.1 400 Bad Request\r\nContent-Length: 16384\r\n\r\n${'x'.repeat(16384)}`)
    expect(await way().post(whole, message)).toMatchObject({ status: 400, truncated: false, body: 'x'.repeat(16384) })
    const more = await answering(`HTTP/1.1 400 Bad Request\r\nContent-Length: 16385\r\n\r\n${'x'.repeat(16385)}`)
    expect(await way().post(more, message)).toMatchObject({ status: 400, truncated: true, body: 'x'.repeat(16384) })
  })

  test('stops an endless body at its cap', async () => {
    let sent = 0
    const url = await answering((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
      const pump = () => {
        while (!socket.destroyed && sent < 1e8) {
          sent += 4096
          if (!socket.write(`1000\r\n${'x'.repeat(4096)}\r\n`)) return socket.once('drain', pump)
        }
      }
      pump()
    })
    const answer = await way().post(url, message)
    expect(answer).toMatchObject({ status: 200, truncated: true })
    expect(sent).toBeLessThan(2e7)
  })

  test.each([
    ['gzip', gzipSync('x'.repeat(1e6))],
    ['br', brotliCompressSync('x'.repeat(1e6))],
  ])('does not unpack a body in %s', async (encoding, bytes) => {
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\nContent-Length: ${bytes.length}\r\n\r\n`
    const answer = await way().post(await answering(Buffer.concat([Buffer.from(head), bytes])), message)
    expect(answer).toMatchObject({ status: 200, truncated: false })
    if (answer.result === 'answered') expect(answer.body.length).toBeLessThanOrEqual(bytes.length)
  })

  test('refuses a header that is too large', async () => {
    const url = await answering(`HTTP/1.1 200 OK\r\n${'X-Long: '.padEnd(20_000, 'x')}\r\n\r\n`)
    expect(await way().post(url, message)).toMatchObject({ result: 'failed', code: 'too_large' })
  })

  test('an answer that drips is over when its time is', async () => {
    const url = await answering((socket) => {
      const drip = setInterval(() => socket.write('H'), 20)
      socket.once('close', () => clearInterval(drip))
    })
    const answer = await way().post(url, { ...message, timeoutMs: 250 })
    expect(answer.result).toBe('failed')
    expect(answer.ms).toBeLessThan(1500)
  })

  test('a body that drips for ever does not unsay the number that came before it', async () => {
    const url = await answering((socket) => {
      socket.write('HTTP/1.1 202 Accepted\r\nContent-Length: 10000\r\n\r\n')
      const drip = setInterval(() => socket.write('x'), 20)
      socket.once('close', () => clearInterval(drip))
    })
    const answer = await way().post(url, { ...message, timeoutMs: 250 })
    expect(answer).toMatchObject({ result: 'answered', status: 202, truncated: true })
    expect(answer.ms).toBeLessThan(1500)
  })

  test('a line whose answer broke off carries no second request', async () => {
    const url = await answering('HTTP/1.1 202 Accepted\r\nContent-Length: 10\r\n\r\nx')
    const outbound = way()
    expect(await outbound.post(url, message)).toMatchObject({ status: 202, truncated: true })
    expect(outbound.idleLines()).toBe(0)
  })

  test.each<[string, string | ((socket: Socket) => void), string]>([
    ['is closed without an answer', (socket) => socket.end(), 'reset'],
    ['is reset', (socket) => socket.resetAndDestroy(), 'reset'],
    ['speaks something else', '220 mail.example ESMTP\r\n', 'protocol'],
    ['smuggles a second length', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx', 'protocol'],
  ])('a connection that %s is a failure', async (_what, bytes, code) => {
    expect(await way().post(await answering(bytes), message)).toMatchObject({
      result: 'failed',
      code,
      address: '127.0.0.1',
    })
  })

  test('nothing listening, and a name without an address, are told apart', async () => {
    const server = createTcp()
    const port = await listen(server)
    await open.pop()?.()
    expect(await way().post(`http://127.0.0.1:${port}/`, message)).toMatchObject({ code: 'refused' })
    expect(await way().post('https://nobody.example/', message)).toMatchObject({ code: 'dns', address: null })
    const failing = way({ resolve: async () => ({ result: 'failed', detail: 'late' }) })
    expect(await failing.post('https://receiver.example/', message)).toMatchObject({ code: 'dns' })
  })
})

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
    expect(answer.ms).toBeLessThan(1500)
  })
})

describe('head', () => {
  test('asks once, and tells the number and the header', async () => {
    const methods: (string | undefined)[] = []
    const port = await listen(
      createHttp((request, response) => {
        methods.push(request.method)
        response.writeHead(410, { 'x-gone': 'yes' }).end()
      }),
    )
    const answer = await way().head(`http://127.0.0.1:${port}/g/one`, { timeoutMs: 2000 })
    expect(answer).toMatchObject({ result: 'answered', status: 410, headers: { 'x-gone': 'yes' }, body: '' })
    expect(methods).toEqual(['HEAD'])
  })

  test('follows no redirect', async () => {
    let calls = 0
    const port = await listen(
      createHttp((_request, response) => {
        calls += 1
        response.writeHead(302, { location: '/elsewhere' }).end()
      }),
    )
    expect(await way().head(`http://127.0.0.1:${port}/`, { timeoutMs: 2000 })).toMatchObject({ status: 302 })
    expect(calls).toBe(1)
  })

  test.each([0, 50])('closes the connection when a body comes all the same, %i ms after the header', async (delay) => {
    let closed = false
    let sent = 0
    const url = await answering((socket) => {
      socket.once('close', () => {
        closed = true
      })
      const body = () => {
        while (!socket.destroyed && sent < 1e8) {
          sent += 65536
          if (!socket.write('x'.repeat(65536))) return socket.once('drain', body)
        }
      }
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n')
      setTimeout(body, delay)
    })
    const answer = await way().head(url, { timeoutMs: 2000 })
    expect(answer).toMatchObject({ result: 'answered', status: 200, body: '' })
    await expect.poll(() => closed).toBe(true)
    expect(sent).toBeLessThan(2e7)
  })

  test('is over when its time is', async () => {
    const url = await answering(() => {})
    const answer = await way().head(url, { timeoutMs: 150 })
    expect(answer).toMatchObject({ result: 'failed', code: 'timeout' })
    expect(answer.ms).toBeLessThan(1500)
  })
})

describe('connect', () => {
  test('opens and closes, and sends nothing', async () => {
    let bytes = 0
    let ended = false
    const port = await listen(
      createTcp((socket) => {
        socket.on('data', (data) => {
          bytes += data.length
        })
        socket.once('close', () => {
          ended = true
        })
      }),
    )
    const answer = await way().connect(`http://127.0.0.1:${port}/g/one`, { timeoutMs: 2000 })
    expect(answer).toMatchObject({ result: 'answered', status: 0, address: '127.0.0.1', body: '' })
    await expect.poll(() => ended).toBe(true)
    expect(bytes).toBe(0)
  })

  test('says when nothing listens', async () => {
    const port = await listen(createTcp())
    await open.pop()?.()
    expect(await way().connect(`http://127.0.0.1:${port}/`, { timeoutMs: 2000 })).toMatchObject({ code: 'refused' })
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

test('it has no get', () => {
  expect(Object.keys(way()).sort()).toEqual(['close', 'connect', 'head', 'idleLines', 'post', 'refuses'])
})
