import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { describe, expect, test } from 'vitest'
import { withGround } from '../testing/with-ground.ts'
import { createApi } from './api.ts'
import { at } from './with-api.ts'

interface Sent {
  method: string
  path: string
  headers?: Record<string, string>
  body?: Buffer
  /** Says nothing about its length. */
  chunked?: boolean
}

const readiness = async () => ({ database: true, keys: true, queueLagMs: 0, deadLetters: 0, clockApartMs: null })

/** What a server does with bytes that no fetch would send. */
function withSocket(work: (send: (sent: Sent) => Promise<{ status: number; body: string }>) => Promise<void>) {
  return withGround(at, async (ground) => {
    const limits = { perAddress: 5, refusalsPerAddress: 100, perToken: 100 }
    const api = createApi({ ...ground, config: { ...ground.config, trustProxy: true } }, { readiness, limits })
    const server = createServer(getRequestListener(api.fetch))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const send = ({ method, path, headers = {}, body, chunked }: Sent) =>
      new Promise<{ status: number; body: string }>((resolve, reject) => {
        const length = body && !chunked ? { 'content-length': String(body.length) } : {}
        const outgoing = request(
          { port, host: '127.0.0.1', method, path, headers: { ...headers, ...length } },
          (answer) => {
            const pieces: Buffer[] = []
            answer.on('data', (piece: Buffer) => pieces.push(piece))
            answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(pieces).toString() }))
          },
        )
        outgoing.on('error', reject)
        outgoing.end(body)
      })
    try {
      await work(send)
    } finally {
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
    }
  })
}

describe('over a socket', () => {
  test('a body that is too large is refused, announced or not', () =>
    withSocket(async (send) => {
      const headers = { 'content-type': 'application/secevent+jwt' }
      const body = Buffer.alloc(1_048_576, 'a')
      for (const chunked of [false, true]) {
        const answer = await send({ method: 'POST', path: '/v1/reports', headers, body, chunked })
        expect([answer.status, JSON.parse(answer.body)]).toEqual([
          400,
          { err: 'invalid_request', description: 'The body is larger than 256 KiB.' },
        ])
      }
    }))

  test('HEAD has no body', () =>
    withSocket(async (send) => {
      expect(await send({ method: 'HEAD', path: '/readyz' })).toEqual({ status: 200, body: '' })
    }))

  test('behind a proxy that is trusted, the caller it names is the one that is counted', () =>
    withSocket(async (send) => {
      const from = (address: string) =>
        send({ method: 'GET', path: '/healthz', headers: { 'x-forwarded-for': address } })
      for (let count = 0; count < 5; count += 1) expect((await from('203.0.113.5')).status).toBe(200)
      expect((await from('198.51.100.9, 203.0.113.5')).status).toBe(429)
      expect((await from('198.51.100.9')).status).toBe(200)
    }))
})
