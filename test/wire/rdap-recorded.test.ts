import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFrozenClock } from '../../portal/ground/clock.ts'
import type { RegistryQuestion } from '../../portal/ground/ground.ts'
import { createLookups } from '../../portal/ground/lookups.server.ts'
import { root } from '../architecture/tree.ts'

const folder = join(root, '..', 'shared', 'data', 'rdap')
const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
// The recordings are not ours to copy: where they are not beside the repository, there is nothing to look at.
const why = names.length === 0 ? ' (they are not beside the repository)' : ''

/** What each registry answered, and how it comes here: at once, by references, or with its own status. */
const recorded: [
  about: string,
  registry: string,
  file: string,
  how: string,
  question: RegistryQuestion,
  says: string,
][] = [
  [
    'a RIPE /24',
    'RIPE NCC',
    '62.239.237.1.json',
    'at once',
    { ip: '62.239.237.1' },
    'zzdnsr@bt.com, steve.a.marshall@bt.com, lee.bailey-hague@bt.com',
  ],
  [
    'a RIPE v6 range',
    'RIPE NCC',
    '2a00_2381_ffff__1.json',
    '302, 301',
    { ip: '2a00:2381:ffff::1' },
    'zzdnsr@bt.com, steve.a.marshall@bt.com, lee.bailey-hague@bt.com',
  ],
  [
    'an ARIN /22',
    'ARIN',
    'network_192_198_0_0.json',
    '307',
    { ip: '192.198.0.0' },
    'daniel.petsinger@radiolinkinternet.com',
  ],
  [
    'an ARIN v6 range',
    'ARIN',
    '2001_4860_4860__8888.json',
    'at once',
    { ip: '2001:4860:4860::8888' },
    'arin-contact@google.com',
  ],
  ['an ARIN autonomous system', 'ARIN', 'autnum_16509.json', '302', { asn: 16509 }, 'abuse@amazonaws.com'],
  ['an APNIC /17', 'APNIC', '210.107.73.73.json', '308', { ip: '210.107.73.73' }, 'hostmaster@nic.or.kr'],
  [
    'a LACNIC address',
    'LACNIC',
    '200.57.141.161.json',
    'at once',
    { ip: '200.57.141.161' },
    'operacion.redes@TRIARA.COM',
  ],
  [
    'an AFRINIC /48',
    'AFRINIC',
    '2001_43f8_7b0__.json',
    'at once',
    { ip: '2001:43f8:7b0::' },
    'none: no entity has the role abuse',
  ],
  ['an error of RIPE', 'RIPE NCC', 'error_ripe_net.json', '501', { ip: '193.0.6.139' }, 'failed (unreachable)'],
  [
    'an entity instead of a network',
    'ARIN',
    'entity_arin_hostmaster.json',
    'at once',
    { ip: '199.71.0.46' },
    'failed (malformed)',
  ],
  ['what no registry has', 'LACNIC', '', '404', { ip: '200.7.84.5' }, 'none: the registry has no such object'],
  ['a registry asked too much', 'APNIC', '', '429', { ip: '1.1.1.1' }, 'failed (limited), asked again after 30 s'],
]

const path = (question: RegistryQuestion) =>
  'asn' in question ? `/autnum/${question.asn}` : 'ip' in question ? `/ip/${question.ip}` : ''

describe.skipIf(why !== '')(`what the five registries answered${why}`, () => {
  let server: Server
  let base = ''
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url?.startsWith('/iana/')) {
        const blocks = {
          '/iana/ipv4.json': ['0.0.0.0/0'],
          '/iana/ipv6.json': ['2000::/3'],
          '/iana/asn.json': ['1-4294967295'],
        }
        const services = [[blocks[request.url as keyof typeof blocks], [base]]]
        return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ services }))
      }
      // A reference says in its address how many are still to come: /1/ip/…
      const [, left = '', asked = ''] = /^(?:\/(\d))?(\/.+)$/.exec(request.url ?? '') ?? []
      const found = recorded.find(([, , , , question]) => path(question) === asked)
      const [, , file = '', how = '404'] = found ?? []
      const statuses = /^\d/.test(how) ? how.split(', ').map(Number) : []
      const status = statuses[Number(left || 0)]
      if (status === 429) return response.writeHead(429, { 'retry-after': '30' }).end()
      if (status !== undefined && status < 400)
        return response.writeHead(status, { location: `${base}${Number(left || 0) + 1}${asked}` }).end()
      if (file === '')
        return response.writeHead(404, { 'content-type': 'application/rdap+json' }).end('{"errorCode":404}')
      return response
        .writeHead(status ?? 200, { 'content-type': 'application/rdap+json' })
        .end(readFileSync(join(folder, file)))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  test('all of them are in the table', () => {
    expect(recorded.flatMap(([, , file]) => (file ? [file] : [])).sort()).toEqual(names.sort())
  })

  test.each(recorded)('%s (%s, %s; %s): %o: %s', async (_about, _registry, file, _how, question, says) => {
    const { registry } = createLookups({
      allowedRanges: ['127.0.0.0/8'],
      registry: { clock: createFrozenClock('2026-11-22T09:00:00.000Z'), bootstrap: `${base}iana/`, directory: null },
    })
    const answer = await registry(question)
    expect(tell(answer)).toBe(says)
    if (answer.result === 'found') expect(answer.raw).toBe(readFileSync(join(folder, file), 'utf8'))
  })
})

function tell(answer: Awaited<ReturnType<ReturnType<typeof createLookups>['registry']>>): string {
  if (answer.result === 'none') return 'none: the registry has no such object'
  if (answer.result === 'failed') {
    const again = answer.retryAfterMs === null ? '' : `, asked again after ${answer.retryAfterMs / 1000} s`
    return `failed (${answer.code})${again}`
  }
  return answer.abuse.map(({ email }) => email).join(', ') || 'none: no entity has the role abuse'
}
