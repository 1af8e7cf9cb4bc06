import { createSocket } from 'node:dgram'
import { createServer } from 'node:http'
import { createServer as createHttps, type Server } from 'node:https'
import { afterEach, describe, expect, test } from 'vitest'
import { createTestAuthority } from '../testing/certificates.ts'
import { createLoopbackServers } from '../testing/loopback-servers.ts'
import { createLookups } from './lookups.server.ts'

const servers = createLoopbackServers()
const { listen } = servers
afterEach(() => servers.close())

/** A name server with TXT records; a name it does not know is no name, and one that is null gets an error. */
async function nameServer(known: Record<string, string[][] | null>): Promise<string> {
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    let end = 12
    const labels: string[] = []
    for (let length = query[end] ?? 0; length > 0; length = query[end] ?? 0) {
      labels.push(query.subarray(end + 1, end + 1 + length).toString())
      end += length + 1
    }
    const entry = known[labels.join('.')]
    const head = Buffer.from(query.subarray(0, 12))
    head.writeUInt16BE(0x8180 | (entry ? 0 : entry === null ? 2 : 3), 2)
    head.writeUInt16BE(entry?.length ?? 0, 6)
    head.writeUInt16BE(0, 10)
    const records = (entry ?? []).map((strings) => {
      const data = Buffer.concat(strings.map((text) => Buffer.from([text.length, ...Buffer.from(text)])))
      const record = Buffer.from([0xc0, 0x0c, 0, 16, 0, 1, 0, 0, 0, 60, data.length >> 8, data.length & 0xff])
      return Buffer.concat([record, data])
    })
    socket.send(Buffer.concat([head, query.subarray(12, end + 5), ...records]), from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  servers.alsoClose(() => new Promise((resolve) => socket.close(() => resolve(null))))
  return `127.0.0.1:${socket.address().port}`
}

describe('texts', () => {
  test('are asked of each name server by itself, long ones put together, and who says otherwise is seen', async () => {
    const long = ['a'.repeat(255), 'b'.repeat(10)]
    const one = await nameServer({ '_noticeline.tern.example': [['proof'], long] })
    const other = await nameServer({ '_noticeline.tern.example': null })
    const { texts } = createLookups({ allowedRanges: [], servers: [one, other] })
    expect(await texts('_noticeline.tern.example', 2000)).toEqual([
      { resolver: one, result: 'found', texts: ['proof', long.join('')] },
      { resolver: other, result: 'failed', detail: 'The name server answered with an error.' },
    ])
    expect((await texts('_noticeline.heron.example', 2000)).map(({ result }) => result)).toEqual(['none', 'none'])
  })

  test('are asked of the system too where configuration names one server, and of the system alone where none', async () => {
    const one = await nameServer({ '_noticeline.tern.example': [['proof']] })
    const asked = await createLookups({ allowedRanges: [], servers: [one] }).texts('_noticeline.tern.example', 2000)
    expect(asked.map(({ resolver, result }) => [resolver, result])).toEqual([
      ['system', 'none'],
      [one, 'found'],
    ])
    const alone = await createLookups({ allowedRanges: [] }).texts('_noticeline.tern.example', 2000)
    expect(alone).toEqual([{ resolver: 'system', result: 'none' }])
  })
})

describe('the file of a domain', () => {
  const authority = createTestAuthority()
  const { key, cert } = authority.issue(['tern.example'])

  async function asking(answer: Parameters<typeof createHttps>[1]): Promise<ReturnType<typeof read>> {
    const server: Server = createHttps({ key, cert }, answer)
    return read(await listen(server))
  }

  function read(port: number) {
    const lookups = createLookups({
      allowedRanges: ['127.0.0.0/8'],
      ca: authority.ca,
      resolve: async () => ({ result: 'found', addresses: ['127.0.0.1'] }),
    })
    return lookups.proofFile(`tern.example:${port}`)
  }

  test('is read whole at its one path, and asked for nothing else', async () => {
    const asked: (string | undefined)[] = []
    const file = await asking((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('noticeline-proof=abc\n')
    })
    expect(file).toEqual({ result: 'found', text: 'noticeline-proof=abc\n' })
    expect(asked).toEqual(['GET /.well-known/noticeline.txt'])
  })

  test('is no file when it is a page, too large, moved, or not there', async () => {
    const page = await asking((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('x'))
    const large = await asking((_, response) =>
      response.writeHead(200, { 'content-type': 'text/plain' }).end('x'.repeat(1025)),
    )
    const moved = await asking((_, response) => response.writeHead(302, { location: 'https://x.example/' }).end())
    const missing = await asking((_, response) => response.writeHead(404).end())
    expect([page, large, moved, missing].map((file) => ('detail' in file ? file.detail : file.result))).toEqual([
      'The file did not come as text/plain.',
      'The file is larger than 1 KiB.',
      'The file answered 302; it has to answer 200 itself.',
      'none',
    ])
  })

  test('is not asked for where a name leads inside, or without TLS', async () => {
    const inside = createLookups({
      allowedRanges: [],
      resolve: async () => ({ result: 'found', addresses: ['10.0.0.1'] }),
    })
    expect((await inside.proofFile('tern.example')).result).toBe('failed')
    const plain = await listen(createServer((_, response) => response.writeHead(200).end('x')))
    expect((await read(plain)).result).toBe('failed')
  })
})
