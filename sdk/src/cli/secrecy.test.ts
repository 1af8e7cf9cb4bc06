import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { fileStore } from '../inbox/file.ts'
import { saveKeys } from '../inbox/own-keys-file.ts'
import { audienceOf } from '../protocol.ts'
import { createReceiver } from '../receiver/create-receiver.ts'
import { generateKeys } from '../receiver/own-keys.ts'
import { wholeBundle } from '../testing/bundle.ts'
import { type LocalServer, serveHere } from '../testing/local-receiver.ts'
import { createTestPortal, type TestPortal } from '../testing/test-portal.ts'
import { typed } from '../testing/typed.ts'
import { commands } from './commands.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

// Everything a notice says about where something is, planted wherever a command could come across it.
const planted = {
  url: 'https://canary-4711.example/planted/secret-0815.jpg',
  ip: '203.0.113.77',
  sha256: 'c0ffee'.repeat(10).concat('beef'),
}
const traces = /canary-4711|secret-0815|planted|203\.0\.113\.77|c0ffee/i

let cwd: string
let portal: TestPortal
let server: LocalServer
let raw: string
let notice: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'secrecy-'))
  portal = await createTestPortal()
  const keys = await generateKeys()
  await saveKeys(join(cwd, 'noticeline', 'keys.json'), keys)
  // A receiver whose handler repeats the address in its error, at a portal that refuses its reports with it.
  let now = Date.now()
  const endpoint = portal.attach({
    signingKeys: keys.signing.map(({ publicJwk }) => publicJwk),
    sealingKey: keys.sealing[0]?.publicJwk ?? null,
    to: (request) => receiver.handle(request),
  })
  const receiver = await createReceiver({
    ...{ issuer: portal.issuer, audience: endpoint.audience, keys, inbox: fileStore(join(cwd, 'noticeline', 'inbox')) },
    clock: { now: () => new Date(now) },
    fetch: async (url, init) => {
      if (!url.endsWith('/v1/reports')) return fetch(url, init)
      return Response.json({ err: planted.url, description: `No: ${planted.url}` }, { status: 400 })
    },
    on: {
      'notice.issued': () => {
        throw new Error(`${planted.url} at ${planted.ip}`)
      },
      'notice.withdrawn': () => undefined,
    },
  })
  const { url, ip, sha256 } = planted
  const issued = await portal.issue({ items: [{ url, ip, hashes: { sha256 } }], for_provider_only: planted.url })
  raw = issued.raw
  notice = issued.notice.notice
  for (let round = 0; round < 20; round += 1) {
    await receiver.drain()
    now += 24 * 3_600_000
  }
  await receiver.stop()
  // Whatever else answers on this machine answers with the address.
  server = await serveHere((_request, response) =>
    response.writeHead(400, { 'x-address': url }).end(JSON.stringify({ err: url, description: url, url })),
  )
  await writeFile(join(cwd, 'token.txt'), raw)
  await writeFile(join(cwd, 'plain.json'), JSON.stringify({ sets: { [url]: url } }))
  const { bundle } = await wholeBundle(url)
  await writeFile(join(cwd, 'bundle.json'), JSON.stringify(bundle))
  const broken = structuredClone(bundle)
  for (const link of broken.chain) link.payload = JSON.stringify({ url })
  await writeFile(join(cwd, 'broken.json'), JSON.stringify(broken))
  await writeFile(join(cwd, 'event.json'), JSON.stringify({ items: [{ url, ip, scope: 'file' }], category: url }))
  await writeFile(
    join(cwd, 'agent.json'),
    JSON.stringify({ portal: portal.issuer, command: ['/nowhere/program', url], environment: { A: url } }),
  )
  await mkdir(join(cwd, 'fresh'))
})
afterAll(async () => {
  await server.close()
  await portal.stop()
  await rm(cwd, { recursive: true })
})

const audience = audienceOf('org_a')
const local = () => ['--port', '0', '--to', server.url, '--keys', 'noticeline/keys.json', '--audience', audience]

/** Lines for each command, right and wrong ones. A command without any fails the test: give it some. */
const lines: Record<string, () => readonly (readonly string[])[]> = {
  init: () => [
    ['fresh', '--framework', 'node-http'],
    ['fresh', '--framework', 'express'],
    [planted.url, '--framework', 'x'],
  ],
  listen: () => [['--to', planted.url.replace('https', 'ftp')]],
  trigger: () => [
    ['notice.withdrawn', ...local(), '--url', planted.url, '--wait', '0'],
    [...local(), '--from', 'event.json', '--wait', '0'],
    [planted.url],
  ],
  agent: () => [
    ['--config', 'agent.json'],
    ['--config', planted.url],
  ],
  'agent check': () => [['--config', 'agent.json']],
  'agent health': () => [[], [planted.url]],
  'agent waiting': () => [[], [planted.url]],
  'agent approve': () => [[planted.url], [notice, planted.url]],
  'agent answer': () => [[planted.url], [notice, planted.url, 'content_removed']],
  keygen: () => [['--public'], ['--keys', 'token.txt']],
  doctor: () => [
    ['--issuer', portal.issuer, '--url', server.url],
    ['--keys', 'token.txt'],
  ],
  verify: () => [
    ['token.txt', '--issuer', portal.issuer],
    ['token.txt', '--issuer', portal.issuer, '--audience', audience],
    ['plain.json', '--issuer', portal.issuer],
    [planted.url, '--issuer', portal.issuer],
    ['token.txt', '--issuer', planted.url],
  ],
  'verify-bundle': () => [['bundle.json'], ['broken.json'], ['event.json']],
  'inbox list': () => [[], ['--dead'], ['--state', planted.url]],
  'inbox show': () => [[notice], [planted.url]],
  'inbox retry': () => [[planted.url]],
  'outbox list': () => [[], ['--dead']],
  'outbox show': () => [[notice], [planted.url]],
  'outbox retry': () => [[planted.url]],
  completion: () => [['bash'], [planted.url]],
}

test('the table above has lines for every command', () => {
  expect(Object.keys(lines).sort()).toEqual(commands.map(({ name }) => name).sort())
})

test.each(commands.map(({ name }) => [name] as const))(
  '%s prints nothing of an address, in words or JSON, done or refused',
  async (name) => {
    for (const line of lines[name]?.() ?? []) {
      for (const more of [[], ['--json']]) {
        const { out, err } = await typed([...name.split(' '), ...line, ...more], { cwd })
        expect(out + err).not.toBe('')
        // What was typed as a path or a name is the person's own; addresses are looked for in everything else.
        expect({ line, said: (out + err).match(traces) }).toEqual({ line, said: null })
      }
    }
  },
  60_000,
)

test('listen shows what it pushes and what is answered, and nothing of an address', async () => {
  const told: string[] = []
  const stop = new AbortController()
  const ended = typed(['listen', ...local(), '--state', 'listen.json'], {
    ...{ cwd, stopping: stop.signal, told: (line) => told.push(line) },
  })
  await vi.waitFor(() => expect(told.join('')).toContain('NOTICELINE_TOKEN'), { timeout: 60_000 })
  const sent = await typed(['trigger', '--url', planted.url, '--state', 'listen.json', '--wait', '0'], { cwd })
  expect(sent.out).toContain('notice.issued')
  stop.abort()
  await ended
  expect(told.join('\n')).toContain('notice.issued')
  expect(told.join('\n') + sent.out).not.toMatch(traces)
})

test('with --reveal it is shown: the look above would have found it', async () => {
  for (const line of [
    ['inbox', 'show', notice],
    ['outbox', 'show', notice],
    ['verify', 'token.txt', '--issuer', portal.issuer],
    ['trigger', 'verification', ...local(), '--wait', '0', '--state', 'reveal.json'],
  ]) {
    expect((await typed([...line, '--reveal'], { cwd })).out).toMatch(traces)
  }
})
