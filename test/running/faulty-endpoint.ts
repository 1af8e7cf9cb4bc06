/** Endpoints of companies: one that does as it should, and twenty that each fail in a way of their own. */
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTls } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'
import { createTestAuthority } from '../../portal/testing/certificates.ts'

export const faults = [
  'hang',
  'drip',
  'reset-in-body',
  '500',
  '429',
  '302',
  '410',
  '200-page',
  'wrong-certificate',
  'slow-accept',
  'close',
  'endless',
  'gzip-bomb',
  'duplicate-ack',
  'bad-json',
  'no-name',
  'rebinding',
  'ipv6-only',
  'clock-off',
  'flapping',
] as const
export type Fault = (typeof faults)[number]
export type Behaviour = 'good' | Fault

/** What came, and whether it was answered as one that is stored. */
export type Take = (body: string, stored: boolean) => void

type Listen = (take: Take) => RequestListener

/** Answers 202, and has it. What is wrong with it, if anything, is in its name, its clock or in what it says later. */
const stores: Listen = (take) => (request, response) =>
  whole(request, (body) => {
    take(body, true)
    response.writeHead(202).end()
  })

const answering =
  (status: number, headers: Record<string, string> = {}, body: string | Buffer = ''): Listen =>
  (take) =>
  (request, response) =>
    whole(request, (came) => {
      take(came, false)
      response.writeHead(status, headers).end(body)
    })

const breaking =
  (act: (socket: Socket, turn: number) => void): Listen =>
  (take) => {
    let turn = 0
    return (request) =>
      whole(request, (body) => {
        take(body, false)
        act(request.socket, turn++)
      })
  }

const accepted = 'HTTP/1.1 202 Accepted\r\n'

/** Longer than anybody waits for an answer to begin, and for the whole of it. */
const drips = breaking((socket, turn) => {
  // In turn: a header that never ends, and a body that never ends.
  socket.write(turn % 2 === 0 ? `${accepted}X-Drip: ` : `${accepted}Content-Length: 1000000\r\n\r\n`)
  const timer = setInterval(() => socket.write('x'), 500)
  socket.once('close', () => clearInterval(timer))
})

// In turn: before the first byte of the body that was announced, and after it.
const resets = breaking((socket, turn) => {
  socket.write(`${accepted}Content-Length: 10\r\n\r\n${turn % 2 === 0 ? '' : 'x'}`)
  setTimeout(() => socket.resetAndDestroy(), 30)
})

/** A gigabyte, as long as somebody reads. */
const endless: Listen = (take) => (request, response) =>
  whole(request, (body) => {
    take(body, false)
    const chunk = Buffer.alloc(65_536, 'x')
    let left = 2 ** 30 / chunk.length
    response.writeHead(202, { 'Content-Length': String(2 ** 30) })
    const pump = () => {
      while (left > 0 && !response.destroyed) {
        left -= 1
        if (!response.write(chunk)) return void response.once('drain', pump)
      }
      if (left === 0) response.end()
    }
    pump()
  })

/** The first time it is busy, and says for how long. */
const busyAtFirst: Listen = (take) => {
  const seen = new Set<string>()
  return (request, response) =>
    whole(request, (body) => {
      const again = seen.has(body)
      seen.add(body)
      take(body, again)
      response.writeHead(again ? 202 : 429, again ? {} : { 'Retry-After': '2' }).end()
    })
}

/** Two seconds there, one second not. */
const flaps: Listen = (take) => (request, response) =>
  whole(request, (body) => {
    const there = Math.floor(performance.now() / 1000) % 3 < 2
    take(body, there)
    response.writeHead(there ? 202 : 503).end()
  })

const bomb = () => gzipSync(Buffer.alloc(64 * 2 ** 20))
const page = '<!doctype html><title>Parked</title>'

const listeners: Readonly<Record<Exclude<Behaviour, 'slow-accept'>, () => Listen>> = {
  good: () => stores,
  hang: () => breaking(() => {}),
  drip: () => drips,
  'reset-in-body': () => resets,
  500: () => answering(500),
  429: () => busyAtFirst,
  302: () => answering(302, { Location: '/elsewhere' }),
  410: () => answering(410),
  '200-page': () => answering(200, { 'Content-Type': 'text/html' }, page),
  'wrong-certificate': () => stores,
  close: () => breaking((socket) => socket.end()),
  endless: () => endless,
  'gzip-bomb': () => answering(202, { 'Content-Encoding': 'gzip', 'Content-Type': 'application/json' }, bomb()),
  'duplicate-ack': () => stores,
  'bad-json': () => answering(400, { 'Content-Type': 'application/json' }, '{"err": "invalid_req'),
  'no-name': () => stores,
  rebinding: () => stores,
  'ipv6-only': () => stores,
  'clock-off': () => stores,
  flapping: () => flaps,
}

/** Opens one at a port of its own, and answers which. */
export async function openEndpoint(behaviour: Behaviour, host: string, take: Take): Promise<number> {
  if (behaviour === 'slow-accept') return openSlowly(host)
  const listener = listeners[behaviour]()(take)
  const server =
    behaviour === 'wrong-certificate'
      ? createTls(createTestAuthority('Nobody knows it').issue(['elsewhere.example']), listener)
      : createServer({ keepAliveTimeout: 30_000 }, listener)
  server.on('tlsClientError', () => {}).on('connection', (socket: Socket) => socket.on('error', () => {}))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, resolve)
  })
  return (server.address() as AddressInfo).port
}

/** The system takes two connections in its name; it looks at them much later, and has nothing to say. */
function openSlowly(host: string): Promise<number> {
  const program = `
    const { createServer } = require('node:net')
    const { parentPort, workerData } = require('node:worker_threads')
    const never = new Int32Array(new SharedArrayBuffer(4))
    const server = createServer((socket) => socket.on('error', () => {}).destroy())
    server.listen({ port: 0, host: workerData, backlog: 1 }, () => {
      parentPort.postMessage(server.address().port)
      setInterval(() => Atomics.wait(never, 0, 0, 25_000), 50)
    })`
  const worker = new Worker(program, { eval: true, workerData: host })
  return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
}

function whole(request: Parameters<RequestListener>[0], then: (body: string) => void): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => then(Buffer.concat(chunks).toString('latin1')))
}
