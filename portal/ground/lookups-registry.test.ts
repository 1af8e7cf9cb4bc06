import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { createLoopbackServers } from '../testing/loopback-servers.ts'
import { createFrozenClock } from './clock.ts'
import type { RegistryAnswer } from './ground.ts'
import { createLookups } from './lookups.server.ts'
import type { RegistryLimits } from './lookups-registry.ts'

const servers = createLoopbackServers()
const directory = mkdtempSync(join(tmpdir(), 'noticeline-rdap-'))
afterEach(() => servers.close())
afterAll(() => rmSync(directory, { recursive: true }))

const clock = createFrozenClock('2026-11-22T09:00:00.000Z')
const rdapJson = { 'content-type': 'application/rdap+json' }

/** A network of documentation addresses, which the tests open; whatever is left out is filled in. */
function network(change: Record<string, unknown> = {}) {
  return {
    objectClassName: 'ip network',
    handle: 'NET-TEST',
    startAddress: '203.0.113.0',
    endAddress: '203.0.113.255',
    entities: [entity(['abuse'], ['abuse@bittern.example'])],
    ...change,
  }
}

function entity(roles: string[], emails: string[], entities: unknown[] = [], kind = 'group') {
  const card = emails.map((email) => ['email', {}, 'text', email])
  const name = ['fn', {}, 'text', 'Bittern']
  return {
    handle: `H-${roles[0]}`,
    roles,
    vcardArray: ['vcard', [name, ['kind', {}, 'text', kind], ...card]],
    entities,
  }
}

type Answering = (request: IncomingMessage, response: ServerResponse, base: string) => unknown

/** IANA and one registry in one server: the list says that the registry answers for the documentation addresses. */
async function registry(
  answer: Answering,
  options: { list?: Answering; directory?: string; limits?: Partial<RegistryLimits>; closed?: boolean } = {},
) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const base = `http://127.0.0.1:${port}/`
    asked.push(`${request.url}${request.headers['if-none-match'] ? ' if-none-match' : ''}`)
    const isList = request.url?.startsWith('/list/')
    if (isList) return void (options.list ?? list)(request, response, base)
    void answer(request, response, base)
  })
  const port = await servers.listen(server)
  const lookups = createLookups({
    allowedRanges: options.closed ? ['127.0.0.0/8'] : ['127.0.0.0/8', '203.0.113.0/24', '2001:db8::/32'],
    registry: {
      clock,
      bootstrap: `http://127.0.0.1:${port}/list/`,
      directory: options.directory ?? null,
      limits: options.limits,
    },
  })
  const ask = (question: Parameters<typeof lookups.registry>[0] = { ip: '203.0.113.80' }) => lookups.registry(question)
  return { ask, asked, server }
}

const list: Answering = (request, response, base) => {
  const kinds: Record<string, unknown> = {
    '/list/ipv4.json': [
      [['203.0.0.0/8'], [`${base}wide/`]],
      [['203.0.113.0/24'], [base]],
    ],
    '/list/ipv6.json': [[['2001:db8::/32'], [base]]],
    '/list/asn.json': [[['64496-64511'], ['http://9.9.9.9/', base]]],
  }
  if (request.headers['if-none-match'] === '"one"') return response.writeHead(304).end()
  return response
    .writeHead(200, { 'content-type': 'application/json', etag: '"one"' })
    .end(JSON.stringify({ version: '1.0', services: kinds[request.url ?? ''] }))
}

const saying =
  (body: unknown, status = 200, headers: Record<string, string> = rdapJson): Answering =>
  (_request, response) =>
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))

describe('a registry', () => {
  test('is found in the list by the narrowest range, and its answer is read and kept as it came', async () => {
    const { ask, asked } = await registry(saying(network({ name: 'BITTERN', country: 'NL', type: 'ALLOCATED PA' })))
    const answer = await ask()
    expect(answer).toMatchObject({
      result: 'found',
      handle: 'NET-TEST',
      name: 'BITTERN',
      type: 'ALLOCATED PA',
      country: 'NL',
      ranges: ['203.0.113.0/24'],
      asn: null,
      abuse: [{ email: 'abuse@bittern.example', name: 'Bittern' }],
      block: '203.0.113.0/24',
    })
    expect(answer.result === 'found' && JSON.parse(answer.raw)).toEqual(
      network({ name: 'BITTERN', country: 'NL', type: 'ALLOCATED PA' }),
    )
    expect(asked).toEqual(['/list/ipv4.json', '/ip/203.0.113.80'])
  })

  test('is asked about ranges and autonomous systems too, by the address in the list that may be called', async () => {
    const asks = await registry((request, response, base) => {
      if (request.url === '/autnum/64500')
        return saying({ objectClassName: 'autnum', handle: 'AS64500', startAutnum: 64500, endAutnum: 64500 })(
          request,
          response,
          base,
        )
      return saying(network({ startAddress: '2001:db8::', endAddress: '2001:db8:7fff:ffff:ffff:ffff:ffff:ffff' }))(
        request,
        response,
        base,
      )
    })
    expect(await asks.ask({ asn: 64500 })).toMatchObject({ handle: 'AS64500', asn: 64500, ranges: [], block: null })
    expect(await asks.ask({ range: '2001:db8:40::/44' })).toMatchObject({ ranges: ['2001:db8::/33'] })
    expect(asks.asked).toEqual(['/list/asn.json', '/autnum/64500', '/list/ipv6.json', '/ip/2001:db8:40::/44'])
  })

  test('hears nothing of addresses that are not public, however they are spelled, nor of what is no address', async () => {
    const { ask, asked } = await registry(saying(network()), { closed: true })
    for (const ip of [
      '10.0.0.1',
      '192.168.1.1',
      '169.254.169.254',
      '203.0.113.80',
      '::1',
      'fe80::1',
      '::ffff:10.0.0.1',
    ])
      expect(await ask({ ip }), ip).toEqual({ result: 'none' })
    for (const ip of ['127.1', '0x7f000001', 'tern.example', '', '203.0.113.80/32'])
      expect(await ask({ ip }), ip).toEqual({ result: 'none' })
    for (const range of ['10.0.0.0/8', '0.0.0.0/0', '9.9.9.9/8', 'x'])
      expect(await ask({ range })).toEqual({ result: 'none' })
    for (const asn of [0, -1, 1.5, 2 ** 32, Number.NaN]) expect(await ask({ asn })).toEqual({ result: 'none' })
    expect(asked).toEqual([])
  })

  test('that nobody names is none, and 404 is none', async () => {
    const { ask } = await registry(saying('', 404))
    expect(await ask()).toEqual({ result: 'none' })
    expect(await ask({ ip: '9.9.9.9' })).toEqual({ result: 'none' })
  })

  test('is not asked at all where configuration names no list', async () => {
    expect(await createLookups({ allowedRanges: [] }).registry({ ip: '9.9.9.9' })).toMatchObject({
      result: 'failed',
      code: 'unreachable',
    })
  })
})

describe('mailboxes', () => {
  const abuseOf = async (entities: unknown[]) => {
    const answer = await (await registry(saying(network({ entities })))).ask()
    return answer.result === 'found' ? answer.abuse.map(({ email }) => email) : answer
  }

  test('of the abuse role are found at any depth, the outermost first, each once', async () => {
    const deep = entity(
      ['registrant'],
      [],
      [entity(['administrative'], ['adm@x.example'], [entity(['abuse'], ['in@x.example'])])],
    )
    expect(
      await abuseOf([deep, entity(['technical', 'abuse'], ['out@x.example', 'two@x.example', 'OUT@x.example'])]),
    ).toEqual(['out@x.example', 'two@x.example', 'in@x.example'])
  })

  test('of other roles are never taken instead', async () => {
    expect(await abuseOf([entity(['technical'], ['noc@x.example']), entity([], ['nobody@x.example'])])).toEqual([])
  })

  test('are read strictly: what is not exactly one mailbox is none', async () => {
    const odd = ['a@b@c.example', 'a b@x.example', 'a@x.example\r\nBcc: c@x.example', 'a,b@x.example', '<a@x.example>']
    const none = ['', 'a@[192.0.2.1]', 'a@x', '@x.example', `${'a'.repeat(65)}@x.example`, 'a@x.example, b@x.example']
    expect(await abuseOf([entity(['abuse'], [...odd, ...none, 'mailto:right@x.example'])])).toEqual(['right@x.example'])
  })

  test('stand behind the company, not behind the account that may edit its object', async () => {
    const entities = [
      { ...entity(['registrant'], [], [], 'individual'), handle: 'BITTERN-MNT' },
      { ...entity(['registrant'], [], [], 'org'), handle: 'ORG-BN1' },
    ]
    expect(await (await registry(saying(network({ entities })))).ask()).toMatchObject({
      holder: { handle: 'ORG-BN1', name: 'Bittern' },
    })
  })
})

describe('references', () => {
  test('are followed to where the range moved, and the last host answers', async () => {
    const { ask, asked } = await registry((request, response, base) => {
      if (request.url === '/ip/203.0.113.80')
        return response.writeHead(302, { location: '/moved/ip/203.0.113.80' }).end()
      if (request.url === '/moved/ip/203.0.113.80')
        return response.writeHead(307, { location: `${base}again?x=1` }).end()
      return saying(network())(request, response, base)
    })
    expect(await ask()).toMatchObject({ result: 'found' })
    expect(asked.slice(1)).toEqual(['/ip/203.0.113.80', '/moved/ip/203.0.113.80', '/again?x=1'])
  })

  test.each([
    ['in a circle', '/ip/203.0.113.80', 'malformed'],
    ['to an address inside', 'http://10.0.0.1/', 'unreachable'],
    ['to the cloud’s own address', 'http://169.254.169.254/latest/', 'unreachable'],
    ['to plain http outside', 'http://rdap.example/ip/1', 'unreachable'],
    ['to another protocol', 'file:///etc/passwd', 'unreachable'],
    ['to another service’s port', 'https://rdap.example:25/', 'unreachable'],
    ['to nowhere', 'http://', 'malformed'],
  ])('%s end as a failure', async (_what, location, code) => {
    const { ask, asked } = await registry((_request, response) => response.writeHead(301, { location }).end())
    expect(await ask()).toMatchObject({ result: 'failed', code })
    expect(asked.length).toBeLessThanOrEqual(7)
  })
})

describe('a registry that was asked too much', () => {
  test.each([
    ['for as many seconds as it says', '120', 120_000],
    ['until the moment it says', 'Sun, 22 Nov 2026 09:03:00 GMT', 180_000],
    ['for a minute where it does not say', undefined, 60_000],
    ['for an hour at most', '999999', 3_600_000],
  ])('is left alone %s', async (_what, header, ms) => {
    const now = createFrozenClock('2026-11-22T09:00:00.000Z')
    let calls = 0
    const answering: Answering = (request, response, base) => {
      calls += 1
      if (calls > 1) return saying(network())(request, response, base)
      return response.writeHead(429, header === undefined ? {} : { 'retry-after': header }).end()
    }
    const port = await servers.listen(
      createServer((request, response) => {
        const base = `http://127.0.0.1:${port}/`
        void (request.url?.startsWith('/list/') ? list : answering)(request, response, base)
      }),
    )
    const { registry: ask } = createLookups({
      allowedRanges: ['127.0.0.0/8', '203.0.113.0/24'],
      registry: { clock: now, bootstrap: `http://127.0.0.1:${port}/list/`, directory: null },
    })
    const limited = { result: 'failed', code: 'limited', retryAfterMs: ms }
    expect(await ask({ ip: '203.0.113.80' })).toMatchObject(limited)
    now.advance(ms - 1000)
    expect(await ask({ ip: '203.0.113.81' })).toMatchObject({ ...limited, retryAfterMs: 1000 })
    expect(calls).toBe(1)
    now.advance(1000)
    expect(await ask({ ip: '203.0.113.80' })).toMatchObject({ result: 'found' })
  })
})

describe('what cannot be used', () => {
  const broken: [string, Extract<RegistryAnswer, { result: 'failed' }>['code'], Answering][] = [
    ['a page', 'malformed', saying('<html></html>', 200, { 'content-type': 'text/html' })],
    ['half a JSON', 'malformed', saying('{"objectClassName":')],
    [
      'bytes that are no UTF-8',
      'malformed',
      (_, response) => response.writeHead(200, rdapJson).end(Buffer.from([0x22, 0xff, 0x22])),
    ],
    ['a list', 'malformed', saying([network()])],
    ['another object', 'malformed', saying(network({ objectClassName: 'domain' }))],
    ['an object about another range', 'malformed', saying(network({ startAddress: '203.0.113.128' }))],
    ['a range that ends before it begins', 'malformed', saying(network({ endAddress: '203.0.112.0' }))],
    ['a range of two kinds', 'malformed', saying(network({ endAddress: '2001:db8::' }))],
    ['more than is ever read', 'malformed', saying(`${JSON.stringify(network())}${' '.repeat(300_000)}`)],
    ['an error of its own', 'unreachable', saying({ errorCode: 501, title: '501 Not Implemented' }, 501)],
    ['a refusal', 'malformed', saying({ errorCode: 400 }, 400)],
    ['nothing, for long', 'timeout', () => {}],
    [
      'a drip',
      'malformed',
      (_, response) => {
        response.writeHead(200, rdapJson).write('{')
      },
    ],
    ['a closed door', 'unreachable', (request) => request.socket.destroy()],
  ]
  test.each(broken)('%s is a failure, and says so without an address', async (_what, code, answering) => {
    const { ask } = await registry(answering, { limits: { totalMs: 400 } })
    const answer = await ask()
    expect(answer, JSON.stringify(answer)).toMatchObject({ result: 'failed', code })
    expect(JSON.stringify(answer)).not.toMatch(/203\.0\.113|127\.0\.0/)
  })

  test('a very deep object is looked at to a depth, and then no further', async () => {
    let nested = entity(['abuse'], ['deep@x.example'])
    for (let depth = 0; depth < 500; depth += 1) nested = entity(['technical'], [], [nested])
    expect(await (await registry(saying(network({ entities: [nested] })))).ask()).toMatchObject({ abuse: [] })
  })
})

describe('the list of registries', () => {
  test('is asked for once a day, with what is held already, by however many at a time', async () => {
    const now = '2026-11-22T09:00:00.000Z'
    const kept = join(directory, 'daily')
    const { ask, asked } = await registry(saying(network()), { directory: kept })
    await Promise.all([ask(), ask(), ask()])
    clock.advance(86_400_000)
    await ask()
    await ask()
    expect(asked.filter((url) => url.startsWith('/list/'))).toEqual([
      '/list/ipv4.json',
      '/list/ipv4.json if-none-match',
    ])
    clock.set(now)
  })

  test('outlives the process on disk, and goes on being used, however old, while IANA is away', async () => {
    const kept = join(directory, 'stale')
    const first = await registry(saying(network()), { directory: kept })
    expect(await first.ask()).toMatchObject({ result: 'found' })
    expect(readdirSync(kept)).toEqual(['ipv4.json'])
    clock.advance(30 * 86_400_000)
    // The list names the first server, which still answers; IANA itself gives an error now.
    const later = await registry(saying(network()), { directory: kept, list: saying('', 503) })
    expect(await later.ask()).toMatchObject({ result: 'found' })
    expect(await later.ask()).toMatchObject({ result: 'found' })
    expect(later.asked).toEqual(['/list/ipv4.json if-none-match'])
    clock.set('2026-11-22T09:00:00.000Z')
  })

  test.each([
    ['an error', saying('', 500)],
    ['a page', saying('<html>')],
    ['no services', saying({ services: [] })],
    ['services of another shape', saying({ services: [['x'], [[1], [2]], { a: 1 }] })],
  ])('that is %s is none, and the answer is a failure', async (_what, answering) => {
    const { ask } = await registry(saying(network()), { list: answering })
    expect(await ask()).toMatchObject({ result: 'failed', code: 'unreachable' })
  })
})
