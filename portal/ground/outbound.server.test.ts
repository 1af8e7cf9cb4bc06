import { createServer as createHttp, type IncomingMessage } from 'node:http'
import { createServer as createTcp, type Socket } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { createLoopbackServers } from '../testing/loopback-servers.ts'
import { createOutbound, type OutboundOptions } from './outbound.server.ts'

const servers = createLoopbackServers()
const { listen, answering, deadPort } = servers
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
    expect(answer.ms).toBeLessThan(6000)
  })

  test('a body that drips for ever does not unsay the number that came before it', async () => {
    const url = await answering((socket) => {
      socket.write('HTTP/1.1 202 Accepted\r\nContent-Length: 10000\r\n\r\n')
      const drip = setInterval(() => socket.write('x'), 20)
      socket.once('close', () => clearInterval(drip))
    })
    const answer = await way().post(url, { ...message, timeoutMs: 250 })
    expect(answer).toMatchObject({ result: 'answered', status: 202, truncated: true })
    expect(answer.ms).toBeLessThan(6000)
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
    const port = await deadPort()
    expect(await way().post(`http://127.0.0.1:${port}/`, message)).toMatchObject({ code: 'refused' })
    expect(await way().post('https://nobody.example/', message)).toMatchObject({ code: 'dns', address: null })
    const failing = way({ resolve: async () => ({ result: 'failed', detail: 'late' }) })
    expect(await failing.post('https://receiver.example/', message)).toMatchObject({ code: 'dns' })
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
    expect(answer.ms).toBeLessThan(6000)
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
    const port = await deadPort()
    expect(await way().connect(`http://127.0.0.1:${port}/`, { timeoutMs: 2000 })).toMatchObject({ code: 'refused' })
  })
})

test('it has no get', () => {
  expect(Object.keys(way()).sort()).toEqual(['close', 'connect', 'head', 'idleLines', 'post', 'refuses'])
})
