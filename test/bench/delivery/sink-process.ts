/**
 * Endpoints of many companies, each at a port of its own, in one process: they answer 202, or misbehave. They know what
 * they were sent by its `txn` where it is not sealed.
 */
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcp, type Socket, type Server as TcpServer } from 'node:net'
import { answerParent } from '../child.ts'

export const faults = ['hang', 'drip', 'reset', '500', '429', '302', '200-page', 'endless', 'close', 'slow'] as const
export type Behaviour = 'good' | (typeof faults)[number]

const servers: (Server | TcpServer)[] = []
/** When each notice first arrived at an endpoint that keeps to the protocol, and how often. */
let first = new Map<string, number>()
let arrivals = 0
let repeated = 0

const take = (path: string, body: string) => {
  arrivals += 1
  const payload = body.split('.')[1] ?? ''
  const txn = /"txn":"(ntc_[0-9a-z]+)"/.exec(Buffer.from(payload, 'base64url').toString('latin1'))?.[1]
  const key = path === '/' && txn ? txn : path
  if (path === '/' && txn) {
    if (first.has(key)) repeated += 1
    else first.set(key, Date.now())
  }
}

const good: RequestListener = (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    if (request.method === 'POST') take('/', Buffer.concat(chunks).toString('latin1'))
    response.writeHead(202).end()
  })
}

const answering =
  (status: number, headers: Record<string, string> = {}, body = ''): RequestListener =>
  (request, response) => {
    request.resume()
    request.on('end', () => response.writeHead(status, headers).end(body))
  }

const page = '<!doctype html><title>Parked</title>'
const byRequest: Partial<Record<Behaviour, RequestListener>> = {
  good,
  '500': answering(500),
  '429': answering(429, { 'retry-after': '30' }),
  '302': answering(302, { location: '/elsewhere' }),
  '200-page': answering(200, { 'content-type': 'text/html' }, page),
  hang: (request) => void request.resume(),
  slow: (request, response) => {
    request.resume()
    setTimeout(() => response.writeHead(202).end(), 8_000)
  },
  drip: (request, response) => {
    request.resume()
    response.writeHead(202, { 'content-length': '1000000' })
    const timer = setInterval(() => response.write('x'), 500)
    response.on('close', () => clearInterval(timer))
  },
  endless: (request, response) => {
    request.resume()
    response.writeHead(200)
    const pump = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
      response.once('drain', pump)
    }
    pump()
  },
}
const bySocket: Partial<Record<Behaviour, (socket: Socket) => void>> = {
  reset: (socket) => void socket.once('data', () => socket.resetAndDestroy()),
  close: (socket) => void socket.once('data', () => socket.end()),
}

async function listen(behaviour: Behaviour): Promise<number> {
  const raw = bySocket[behaviour]
  const quiet = (socket: Socket) => void socket.on('error', () => {})
  const server = raw
    ? createTcp((socket) => {
        quiet(socket)
        raw(socket)
      })
    : createServer({ keepAliveTimeout: 30_000 }, byRequest[behaviour]).on('connection', quiet)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return (server.address() as AddressInfo).port
}

answerParent({
  listen: ({ behaviours }: { behaviours: Behaviour[] }): Promise<number[]> => Promise.all(behaviours.map(listen)),
  count: () => ({ arrivals, repeated }),
  first: () => [...first],
  forget: () => {
    first = new Map()
    arrivals = 0
    repeated = 0
  },
})
