import { createServer } from 'node:http'
import { isIPv4 } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { readAddress } from '../../portal/ground/addresses.ts'
import { createOutbound } from '../../portal/ground/outbound.server.ts'
import { createResolve } from '../../portal/ground/outbound-resolve.ts'
import { createLoopbackServers } from '../../portal/testing/loopback-servers.ts'
import { refusedHosts } from '../../portal/testing/refused-hosts.ts'
import { startNameServer } from '../secrecy/name-server.ts'

const servers = createLoopbackServers()
afterAll(() => servers.close())

const message = { contentType: 'application/secevent+jwt', accept: 'application/json', body: 'a.b.c', timeoutMs: 2_000 }

function way(options: Parameters<typeof createOutbound>[0]) {
  const outbound = createOutbound(options)
  servers.alsoClose(() => outbound.close())
  return outbound
}

/** The forms of the table that are addresses, in the spelling that a name server or a socket knows. */
const plain = [
  ...new Set(
    refusedHosts.flatMap((host) => readAddress(new URL(`https://${host}/`).hostname.replace(/^\[|\]$/g, '')) ?? []),
  ),
]

test('more than sixty private or special forms are refused when they are registered, and when they are called', async () => {
  const outbound = way({ allowedRanges: [] })
  expect(refusedHosts.length).toBeGreaterThanOrEqual(60)
  expect(new Set(refusedHosts).size).toBe(refusedHosts.length)
  console.log(`forms refused: ${refusedHosts.length}; addresses refused as what a name leads to: ${plain.length}`)
  for (const host of refusedHosts) {
    const url = `https://${host}/noticeline`
    expect.soft(outbound.refuses(url)?.code, `${host} at registration`).toBe('private_address')
    const answer = await outbound.post(url, message)
    expect.soft(answer.result === 'failed' ? answer.code : answer.result, `${host} when called`).toBe('address_refused')
  }
})

test('each of them is refused as what a name leads to, at the moment of the call', async () => {
  let answer = '9.9.9.9'
  const nameServer = await startNameServer(() => answer)
  servers.alsoClose(() => nameServer.stop())
  const resolve = createResolve({ servers: [nameServer.address] })
  expect(plain.length).toBeGreaterThanOrEqual(60)
  for (const address of plain) {
    answer = address
    // The small name server speaks IPv4 alone; the others come as if it had said them.
    const found = isIPv4(address) ? resolve : async () => ({ result: 'found' as const, addresses: [address] })
    const outbound = way({ allowedRanges: [], resolve: found })
    const url = 'https://receiver.example/noticeline'
    expect.soft(outbound.refuses(url), address).toBeNull()
    const called = await outbound.post(url, message)
    expect.soft(called.result === 'failed' ? called.code : called.result, address).toBe('address_refused')
  }
})

test('a name that leads elsewhere at every question is asked once, and nothing inside hears of it', async () => {
  let heard = 0
  const port = await servers.listen(
    createServer((_request, response) => {
      heard += 1
      response.writeHead(202).end()
    }),
  )
  let asked = 0
  // Public at first, then this machine: the classic way round a check that asks twice.
  const nameServer = await startNameServer(() => {
    asked += 1
    return asked === 1 ? '192.0.2.1' : '127.0.0.1'
  })
  servers.alsoClose(() => nameServer.stop())
  const outbound = way({
    allowedRanges: ['192.0.2.0/24'],
    resolve: createResolve({ servers: [nameServer.address] }),
    limits: { connectMs: 500 },
  })
  const first = await outbound.post(`http://rebinding.example:${port}/`, message)
  expect(first.result).toBe('failed')
  const second = await outbound.post(`http://rebinding.example:${port}/`, message)
  expect(second).toMatchObject({ result: 'failed', code: 'address_refused' })
  expect(heard).toBe(0)
})

test('a redirect to the inside is an answer like any other, and is not followed', async () => {
  let heard = 0
  const inside = await servers.listen(
    createServer((_request, response) => {
      heard += 1
      response.writeHead(202).end()
    }),
  )
  const outbound = way({ allowedRanges: ['127.0.0.0/8'] })
  for (const status of [301, 302, 303, 307, 308]) {
    const location = `http://127.0.0.1:${inside}/`
    const port = await servers.listen(
      createServer((request, response) =>
        request.resume().on('end', () => response.writeHead(status, { location }).end()),
      ),
    )
    expect(await outbound.post(`http://127.0.0.1:${port}/`, message)).toMatchObject({ result: 'answered', status })
  }
  expect(heard).toBe(0)
})

test.each([
  'https://user@tern.example/',
  'https://tern.example:0/',
  'https://[fe80::1%25eth0]/',
  'https://tern.example:22/',
])('%s is refused before a name is looked up', async (url) => {
  const outbound = way({
    allowedRanges: [],
    resolve: async () => {
      throw new Error('Nobody is asked')
    },
  })
  expect(outbound.refuses(url)).not.toBeNull()
  expect(await outbound.post(url, message)).toMatchObject({ result: 'failed', code: 'address_refused' })
})
