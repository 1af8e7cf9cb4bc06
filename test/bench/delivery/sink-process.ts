/**
 * Endpoints of many companies, each at a port of its own, in one process: they answer 202, or misbehave. They know what
 * they were sent by its `txn` where it is not sealed.
 */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { openEndpoint } from '../../running/faulty-endpoint.ts'
import { answerParent } from '../child.ts'

/** Those that are called by an address alone and never come round, and two that only take their time. */
export const faults = [
  'hang',
  'drip',
  'reset-in-body',
  '500',
  'busy',
  '302',
  '200-page',
  'endless',
  'close',
  'slow',
] as const
export type Behaviour = 'good' | (typeof faults)[number]

/** When each notice first arrived at an endpoint that keeps to the protocol, and how often. */
let first = new Map<string, number>()
let arrivals = 0
let repeated = 0

const take = (body: string) => {
  arrivals += 1
  const payload = body.split('.')[1] ?? ''
  const txn = /"txn":"(ntc_[0-9a-z]+)"/.exec(Buffer.from(payload, 'base64url').toString('latin1'))?.[1]
  if (!txn) return
  if (first.has(txn)) repeated += 1
  else first.set(txn, Date.now())
}

const good: RequestListener = (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    if (request.method === 'POST') take(Buffer.concat(chunks).toString('latin1'))
    response.writeHead(202).end()
  })
}

const busy: RequestListener = (request, response) => {
  request.resume().on('end', () => response.writeHead(429, { 'retry-after': '30' }).end())
}

const slow: RequestListener = (request, response) => {
  request.resume()
  setTimeout(() => response.writeHead(202).end(), 8_000)
}

async function listen(behaviour: Behaviour): Promise<number> {
  const own = behaviour === 'good' ? good : behaviour === 'busy' ? busy : behaviour === 'slow' ? slow : null
  if (own === null)
    return openEndpoint(behaviour as Exclude<Behaviour, 'good' | 'busy' | 'slow'>, '127.0.0.1', () => {})
  const server = createServer({ keepAliveTimeout: 30_000 }, own).on('connection', (socket: Socket) =>
    socket.on('error', () => {}),
  )
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
