import { createSocket } from 'node:dgram'
import { createServer, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { createTestAuthority } from '../testing/certificates.ts'
import { createLoopbackServers } from '../testing/loopback-servers.ts'
import { createLookups } from './lookups.server.ts'

const servers = createLoopbackServers()
const { listen } = servers
afterEach(() => servers.close())

async function serving(answer: (response: ServerResponse) => void): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer((_request, response) => answer(response)))}/jwks.json`
}

const lookups = createLookups({ allowedRanges: ['127.0.0.0/8'] })
const asJson = { 'content-type': 'application/json' }
const key = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }

/** A name server that knows a few names; every other answer is the code that stands for it. */
async function nameServer(
  known: Record<string, { a?: string[]; aaaa?: string[]; code?: number } | 'silent'>,
): Promise<string> {
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    const { name, type, end } = readQuestion(query)
    const entry = known[name]
    if (entry === 'silent') return
    const values = type === 1 ? (entry?.a ?? []) : (entry?.aaaa ?? [])
    const head = Buffer.from(query.subarray(0, 12))
    head.writeUInt16BE(0x8180 | (entry ? (entry.code ?? 0) : 3), 2)
    head.writeUInt16BE(values.length, 6)
    head.writeUInt16BE(0, 10)
    const records = values.map((value) => {
      const data = type === 1 ? Buffer.from(value.split('.').map(Number)) : Buffer.from(value, 'hex')
      const record = Buffer.from([0xc0, 0x0c, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length])
      return Buffer.concat([record, data])
    })
    socket.send(Buffer.concat([head, query.subarray(12, end), ...records]), from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  servers.alsoClose(() => new Promise((resolve) => socket.close(() => resolve(null))))
  return `127.0.0.1:${socket.address().port}`
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(
      query
        .subarray(at + 1, at + 1 + length)
        .toString()
        .toLowerCase(),
    )
    at += length + 1
  }
  return { name: labels.join('.'), type: query.readUInt16BE(at + 1), end: at + 5 }
}

describe('resolve', () => {
  test('addresses answer for themselves, and this machine for its own name', async () => {
    expect(await lookups.resolve('203.0.113.80', 100)).toEqual({ result: 'found', addresses: ['203.0.113.80'] })
    expect(await lookups.resolve('[2001:db8::1]', 100)).toEqual({ result: 'found', addresses: ['2001:db8::1'] })
    expect(await lookups.resolve('localhost', 100)).toEqual({ result: 'found', addresses: ['127.0.0.1'] })
  })

  test('names kept for examples and tests are asked of nobody', async () => {
    for (const name of ['cust42.tern.example', 'a.test', 'b.invalid', 'c.onion', 'printer.local', 'TERN.EXAMPLE.']) {
      expect(await lookups.resolve(name, 100), name).toEqual({ result: 'none' })
    }
  })

  test('gives A and AAAA together, and either alone', async () => {
    const asked = [
      await nameServer({
        'both.example': { a: ['203.0.113.80', '203.0.113.81'], aaaa: ['20010db8000000000000000000000001'] },
        'six.example': { aaaa: ['20010db8000000000000000000000002'] },
        'four.example': { a: ['203.0.113.82'] },
      }),
    ]
    const { resolve } = createLookups({ allowedRanges: [], servers: asked })
    const both = await resolve('both.example', 2000)
    expect(both.result === 'found' && both.addresses.sort()).toEqual(['2001:db8::1', '203.0.113.80', '203.0.113.81'])
    expect(await resolve('six.example', 2000)).toEqual({ result: 'found', addresses: ['2001:db8::2'] })
    expect(await resolve('Four.example.', 2000)).toEqual({ result: 'found', addresses: ['203.0.113.82'] })
  })

  test('tells a name that is not there from servers that fail or are silent', async () => {
    const asked = [await nameServer({ 'empty.example': {}, 'broken.example': { code: 2 }, 'silent.example': 'silent' })]
    const { resolve } = createLookups({ allowedRanges: [], servers: asked })
    expect(await resolve('absent.example', 2000)).toEqual({ result: 'none' })
    expect(await resolve('empty.example', 2000)).toEqual({ result: 'none' })
    expect(await resolve('broken.example', 2000)).toMatchObject({ result: 'failed' })
    const began = performance.now()
    expect(await resolve('silent.example', 300)).toEqual({
      result: 'failed',
      detail: 'The name servers gave no answer in time.',
    })
    expect(performance.now() - began).toBeLessThan(6000)
  })

  test('a detail names nobody', async () => {
    const asked = [await nameServer({ 'canary.example': { code: 5 } })]
    const answer = await createLookups({ allowedRanges: [], servers: asked }).resolve('canary.example', 2000)
    expect(JSON.stringify(answer)).not.toContain('canary')
  })
})

describe('keySet', () => {
  test('reads a set of keys over https', async () => {
    const authority = createTestAuthority()
    const server = createHttps(authority.issue(['keys.example']), (_request, response) => {
      response
        .writeHead(200, { 'content-type': 'application/jwk-set+json; charset=utf-8' })
        .end(JSON.stringify({ keys: [key] }))
    })
    const port = await listen(server)
    const own = createLookups({
      allowedRanges: ['127.0.0.0/8'],
      ca: authority.ca,
      resolve: async () => ({ result: 'found', addresses: ['127.0.0.1'] }),
    })
    expect(await own.keySet(`https://keys.example:${port}/jwks.json`)).toEqual({ result: 'found', keys: [key] })
  })

  test('takes plain http in a range that configuration opens, and nowhere else', async () => {
    const url = await serving((response) => response.writeHead(200, asJson).end(JSON.stringify({ keys: [] })))
    expect(await lookups.keySet(url)).toEqual({ result: 'found', keys: [] })
    expect(await createLookups({ allowedRanges: [] }).keySet(url)).toMatchObject({ result: 'failed' })
    expect(await lookups.keySet('http://9.9.9.9/jwks.json')).toMatchObject({
      result: 'failed',
      detail: expect.stringMatching(/https/),
    })
  })

  test.each<[string, RegExp, (response: ServerResponse) => void]>([
    ['a redirect', /answered 302/, (response) => response.writeHead(302, { location: '/x' }).end()],
    ['an error', /answered 404/, (response) => response.writeHead(404, asJson).end('{"keys":[]}')],
    [
      'a page',
      /application\/json/,
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('{"keys":[]}'),
    ],
    ['half a JSON', /not JSON/, (response) => response.writeHead(200, asJson).end('{"keys":[')],
    [
      'bytes that are no UTF-8',
      /not JSON/,
      (response) => response.writeHead(200, asJson).end(Buffer.from('{"keys":[],"\xff":1}', 'latin1')),
    ],
    ['a compressed set', /not JSON/, (response) => response.writeHead(200, asJson).end(gzipSync('{"keys":[]}'))],
    ['a list', /no key set/, (response) => response.writeHead(200, asJson).end('[]')],
    ['keys that are no objects', /no key set/, (response) => response.writeHead(200, asJson).end('{"keys":["a"]}')],
    [
      'too many keys',
      /more than 100/,
      (response) => response.writeHead(200, asJson).end(JSON.stringify({ keys: Array(101).fill(key) })),
    ],
    [
      'more than 64 KiB',
      /64 KiB/,
      (response) => response.writeHead(200, asJson).end(`{"keys":[]}${' '.repeat(65536)}`),
    ],
    [
      'a set that breaks off',
      /64 KiB/,
      (response) => {
        response.writeHead(200, { ...asJson, 'content-length': '100' }).write('{"keys":[]}')
        setTimeout(() => response.destroy(), 30)
      },
    ],
  ])('refuses %s', async (_what, words, answer) => {
    const read = await lookups.keySet(await serving(answer))
    expect(read.result).toBe('failed')
    if (read.result === 'failed') expect(read.detail).toMatch(words)
  })

  test('goes through the same guard as everything that goes out', async () => {
    const inside = createLookups({
      allowedRanges: [],
      resolve: async () => ({ result: 'found', addresses: ['10.0.0.1'] }),
    })
    expect(await inside.keySet('https://keys.example/jwks.json')).toMatchObject({
      result: 'failed',
      detail: expect.stringMatching(/not public/),
    })
    expect(await inside.keySet('https://169.254.169.254/')).toMatchObject({
      result: 'failed',
      detail: expect.stringMatching(/not public/),
    })
  })
})
