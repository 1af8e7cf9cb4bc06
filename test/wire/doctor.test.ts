import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { type AddressInfo, createServer as createPlain } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestAuthority } from '../../portal/testing/certificates.ts'
import { typed } from '../../sdk/src/testing/typed.ts'

const authority = createTestAuthority()
const stranger = createTestAuthority('Nobody')
const name = 'hooks.tern.example'
let cwd: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'doctor-tls-'))
  await writeFile(join(cwd, 'ca.pem'), authority.ca)
})
afterAll(() => rm(cwd, { recursive: true }))

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000)

async function tlsSeenAt(port: number) {
  const line = [
    'doctor',
    '--json',
    '--url',
    `https://${name}/noticeline`,
    '--connect',
    `127.0.0.1:${port}`,
    '--ca',
    'ca.pem',
  ]
  const { out } = await typed(line, { cwd })
  const { checks } = JSON.parse(out) as { checks: { check: string; level: string; says: string }[] }
  return { tls: checks.find(({ check }) => check === 'tls'), type: checks.find(({ check }) => check === 'media type') }
}

test.each([
  ['good', authority.issue([name]), 'ok', 'TLSv1.3'],
  ['about to end', authority.issue([name], { until: inDays(9.5) }), 'warn', 'ends in 9 days'],
  ['expired', authority.issue([name], { until: inDays(-1) }), 'fail', 'has expired'],
  ['not valid yet', authority.issue([name], { from: inDays(1) }), 'fail', 'not valid yet'],
  ['self-signed', authority.issue([name], { bySelf: true }), 'fail', 'self-signed'],
  ['for another name', authority.issue(['other.example']), 'fail', 'another name'],
  ['of an authority nobody knows', stranger.issue([name]), 'fail', 'incomplete'],
] as const)('the doctor finds a certificate that is %s', async (_, { cert, key }, level, words) => {
  const server = createServer({ cert, key }, (request, response) => {
    request.resume()
    response.writeHead(400).end('{"err":"invalid_request","description":"No."}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { tls, type } = await tlsSeenAt((server.address() as AddressInfo).port)
  expect(tls).toMatchObject({ level, says: expect.stringContaining(words) })
  // Whatever the certificate, what stands behind it is looked at too.
  expect(type).toMatchObject({ level: 'ok' })
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

test('the doctor finds a port that speaks no TLS', async () => {
  const server = createPlain((socket) => {
    socket.on('error', () => undefined)
    socket.resume()
    socket.end('SSH-2.0-nothing\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { tls, type } = await tlsSeenAt((server.address() as AddressInfo).port)
  expect([tls, type]).toEqual([
    expect.objectContaining({ level: 'fail', says: expect.stringContaining('no TLS') }),
    expect.objectContaining({ level: 'fail' }),
  ])
  await new Promise((resolve) => server.close(resolve))
})
