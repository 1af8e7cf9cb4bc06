import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { fileStore } from '../inbox/file.ts'
import { loadOrCreateKeys } from '../inbox/own-keys-file.ts'
import { generateKey } from '../protocol/keys.ts'
import { thumbprint } from '../protocol.ts'
import { localReceiver, serveHere } from '../testing/local-receiver.ts'
import { type Route, serve } from '../testing/portal-server.ts'
import { typed } from '../testing/typed.ts'
import { checkDisk, checkStore, judgeDisk } from './doctor/files.ts'
import type { Finding } from './doctor/finding.ts'
import { checkDns, isPublic } from './doctor/own-address.ts'
import { checkClock } from './doctor/portal.ts'
import { checkNode } from './doctor.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const closing: (() => unknown)[] = []
let cwd: string
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'doctor-'))
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  await rm(cwd, { recursive: true })
})
const store = () => join(cwd, 'noticeline', 'inbox')
const keysPath = () => join(cwd, 'noticeline', 'keys.json')

/** A portal with whatever is wrong with it. */
async function portalWith(routes: Record<string, Route> = {}, document: object = {}) {
  const { publicJwk } = await generateKey('sig')
  const portal = await serve({
    'GET /.well-known/ssf-configuration': async () => ({
      code: 200,
      body: { issuer: portal.url, jwks_uri: `${portal.url}/jwks`, ...document },
    }),
    'GET /jwks': async () => ({ code: 200, body: { keys: [publicJwk] } }),
    ...routes,
  })
  closing.push(() => portal.close())
  return portal.url
}

async function seen(line: readonly string[], env: Record<string, string> = {}, now = new Date()) {
  const done = await typed(['doctor', '--json', ...line], { cwd, env, now: () => now })
  expect(done.err).toBe('')
  const { checks } = JSON.parse(done.out) as { checks: Finding[] }
  return { code: done.code, of: (check: string) => checks.find((one) => one.check === check), checks }
}

async function answering(code: number, body = '', only?: string): Promise<string> {
  const server = await serveHere((request, response) => {
    const refused = only === undefined || request.headers['content-type'] === only
    request.resume()
    response.writeHead(refused ? code : 400, { 'content-type': 'application/json' })
    response.end(refused ? body : '{"err":"invalid_request","description":"No."}')
  })
  closing.push(() => server.close())
  return server.url
}

test('everything in order is ok, line by line, and nothing is left behind', async () => {
  const issuer = await portalWith()
  const keys = await loadOrCreateKeys(keysPath())
  const local = await localReceiver({ issuer, keys, audience: 'urn:noticeline:org:org_a', inbox: fileStore(store()) })
  closing.push(() => local.close())
  await local.receiver.drain()
  const { code, checks } = await seen(['--issuer', issuer, '--url', local.url])
  const levels = Object.fromEntries(checks.map(({ check, level }) => [check, level]))
  expect([code, levels]).toEqual([
    0,
    {
      ...{
        node: 'ok',
        keys: 'ok',
        store: 'ok',
        disk: expect.stringMatching(/ok|warn/),
        portal: 'ok',
        clock: 'ok',
        jwks: 'ok',
      },
      ...{ token: 'skip', dns: 'skip', tls: 'skip', 'media type': 'ok', 'body parser': 'ok' },
    },
  ])
  expect((await readdir(store())).filter((name) => name.startsWith('doctor'))).toEqual([])
  const { out } = await typed(['doctor', '--issuer', issuer], { cwd })
  expect(out).toMatch(/^ok {4}keys .*\n/m)
  expect(out).toContain('0 fail')
})

describe('the portal', () => {
  test('that does not answer', async () => {
    const { code, of } = await seen(['--issuer', 'http://127.0.0.1:9'])
    expect(of('portal')).toMatchObject({ level: 'fail', says: 'The portal does not answer.' })
    expect([code, of('clock')?.level, of('jwks')?.level]).toEqual([1, 'skip', 'skip'])
  })

  test.each([
    [{ issuer: 'https://another.example' }, 'portal', 'another issuer'],
    [{ jwks_uri: 'ftp://x' }, 'portal', 'no usable keys'],
  ])('whose discovery says %j', async (document, check, words) => {
    const { code, of } = await seen(['--issuer', await portalWith({}, document)])
    expect([code, of(check)]).toEqual([
      1,
      expect.objectContaining({ level: 'fail', says: expect.stringContaining(words) }),
    ])
  })

  const jwks = (keys: unknown): Record<string, Route> => ({ 'GET /jwks': async () => ({ code: 200, body: { keys } }) })
  test.each([
    ['cannot be fetched', { 'GET /jwks': async () => ({ code: 503 }) }],
    ['no key among them', jwks([])],
    ['no key among them', jwks([{ kty: 'RSA' }])],
    ['cannot be fetched', jwks('none')],
  ] as [string, Record<string, Route>][])('whose keys are wrong: %s', async (words, routes) => {
    const { code, of } = await seen(['--issuer', await portalWith(routes)])
    expect([code, of('jwks')]).toEqual([
      1,
      expect.objectContaining({ level: 'fail', says: expect.stringContaining(words) }),
    ])
  })

  test('whose key has a kid that is not its thumbprint, or others than the receiver kept', async () => {
    const { publicJwk } = await generateKey('sig')
    const wrong = await seen(['--issuer', await portalWith(jwks([{ ...publicJwk, kid: 'mine' }]))])
    expect(wrong.of('jwks')).toMatchObject({ level: 'fail', says: expect.stringContaining('another thumbprint') })
    const issuer = await portalWith()
    const kept = fileStore(store())
    await kept.open()
    await kept.keep(`keys of ${issuer}`, JSON.stringify({ fetchedAt: new Date().toISOString(), keys: [publicJwk] }))
    await kept.close()
    expect((await seen(['--issuer', issuer])).of('jwks')).toMatchObject({ level: 'warn' })
  })

  test.each([
    [0, 'ok'],
    [29, 'ok'],
    [-45, 'warn'],
    [700, 'fail'],
    [-700, 'fail'],
  ])('from which the clock is %i s apart: %s', (seconds, level) => {
    const at = new Date('2026-11-22T09:00:00.000Z')
    expect(checkClock(new Date(at.getTime() - seconds * 1000).toUTCString(), at)).toMatchObject({ level })
  })

  test('whose Date is compared with the clock here', async () => {
    const { of } = await seen(['--issuer', await portalWith()], {}, new Date(Date.now() + 3_600_000))
    expect(of('clock')).toMatchObject({ level: 'fail', says: expect.stringContaining('ahead of the portal') })
    expect(checkClock(null, new Date())).toMatchObject({ level: 'skip' })
  })
})

describe('the token', () => {
  const env = { NOTICELINE_TOKEN: 'nl_secret' }
  const endpoints = (code: number, data: unknown = []): Record<string, Route> => ({
    'GET /v1/endpoints': async () => ({ code, body: { data } }),
  })

  test.each([
    [401, 'does not know the token'],
    [403, 'no scope that a receiver needs'],
  ])('answered %i fails: %s', async (code, words) => {
    const { of, checks } = await seen(['--issuer', await portalWith(endpoints(code))], env)
    expect(of('token')).toMatchObject({ level: 'fail', says: expect.stringContaining(words) })
    expect(JSON.stringify(checks)).not.toContain('nl_secret')
  })

  test('that may poll only, as the receiver remembers where', async () => {
    const issuer = await portalWith({
      ...endpoints(403),
      'POST /v1/streams/org_a': async () => ({ code: 200, body: { sets: {} } }),
    })
    const kept = fileStore(store())
    await kept.open()
    const connected = { pollUrl: `${issuer}/v1/streams/org_a` }
    await kept.keep(`endpoint at ${issuer}`, JSON.stringify({ for: '[null]', connected }))
    await kept.close()
    expect((await seen(['--issuer', issuer], env)).of('token')).toMatchObject({ level: 'ok', says: 'has stream:poll' })
  })

  test('shows what is registered: nothing, another key, not verified, all well', async () => {
    const keys = await loadOrCreateKeys(keysPath())
    const own = keys.signing.map(({ publicJwk }) => publicJwk)
    const { publicJwk: other } = await generateKey('sig')
    expect(await thumbprint(other)).not.toBe(keys.signing[0]?.kid)
    for (const [data, level, words] of [
      [[], 'warn', 'No endpoint'],
      [[{ url: null, signing_keys: [other], verified: true }], 'fail', 'does not know the key'],
      [[{ url: 'https://a.example/', signing_keys: own, verified: false }], 'warn', 'not verified'],
      [[{ url: 'https://a.example/', signing_keys: own, verified: true }], 'ok', 'verified'],
    ] as const) {
      const { of } = await seen(['--issuer', await portalWith(endpoints(200, data))], env)
      expect([of('token')?.level, of('registered')]).toEqual([
        'ok',
        expect.objectContaining({ level, says: expect.stringContaining(words) }),
      ])
    }
  })
})

describe('the own address', () => {
  const refusal =
    '{"err":"invalid_request","description":"The request body was already read by other middleware. Mount the receiver before express.json()."}'
  test.each([
    [415, '', 'application/secevent+jwt', 'media type', 'warn', 'application/json gets through'],
    [403, '', 'application/secevent+jwt', 'media type', 'warn', 'A firewall refuses'],
    [406, '', undefined, 'media type', 'fail', 'refuses both'],
    [200, '<h1>parked</h1>', undefined, 'media type', 'fail', '200 is not how'],
    [301, '', undefined, 'media type', 'fail', '301 is not how'],
    [401, '', undefined, 'media type', 'fail', 'password'],
    [404, '', undefined, 'media type', 'fail', '404'],
    [503, '', undefined, 'media type', 'warn', 'does not know who it is'],
    [500, refusal, 'application/json', 'body parser', 'fail', 'reads JSON bodies'],
    [500, refusal, undefined, 'body parser', 'fail', 'reads every body'],
    [500, '<pre>Error</pre>', 'application/json', 'body parser', 'warn', 'answered 500'],
  ] as const)('answering %i %s to %s: %s is %s', async (code, body, only, check, level, words) => {
    const { of } = await seen(['--url', await answering(code, body, only)])
    expect(of(check)).toMatchObject({ level, says: expect.stringContaining(words), next: expect.any(String) })
  })

  test('where nothing answers, and one that is plain http', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const { of } = await seen(['--url', `http://hooks.tern.example/x`, '--connect', `127.0.0.1:${port}`])
    expect(of('media type')).toMatchObject({ level: 'fail', says: expect.stringContaining('ECONNREFUSED') })
    expect(of('tls')).toMatchObject({ level: 'fail', says: expect.stringContaining('plain http') })
    expect(of('dns')?.level).toMatch(/warn|fail/)
  })

  test('whose name leads inside, or nowhere', async () => {
    expect(await checkDns({ url: new URL('https://10.1.2.3/') })).toMatchObject({ level: 'fail' })
    expect(await checkDns({ url: new URL('https://name.invalid/') })).toMatchObject({ level: 'fail' })
    for (const address of [
      '10.0.0.1',
      '127.0.0.1',
      '192.168.1.1',
      '203.0.113.9',
      '::1',
      'fe80::1',
      'fd00::1',
      '2001:db8::1',
    ])
      expect([address, isPublic(address)]).toEqual([address, false])
    for (const address of ['9.9.9.9', '193.0.6.139', '2606:4700::1111']) expect(isPublic(address)).toBe(true)
  })
})

describe('what is on the disk', () => {
  test.each([
    [{ free: 10 * 1024 * 1024 }, 'fail', 'MiB free'],
    [{ free: 100 * 1024 * 1024 }, 'warn', 'MiB free'],
    [{ files: 12 }, 'fail', '12 files'],
    [{ type: 0x01021994 }, 'fail', 'memory file system'],
    [{ type: 0x6969 }, 'warn', 'network file system'],
    [{ milliseconds: 900 }, 'warn', '900 ms'],
    [{}, 'ok', 'synced write'],
  ])('%j is %s', (given, level, words) => {
    const well = { free: 1e12, files: 1e6, type: 0xef53, milliseconds: 3 }
    expect(judgeDisk({ ...well, ...given })).toMatchObject({ level, says: expect.stringContaining(words) })
  })

  test('a folder that is none, a file in its place, one nobody can write to', async () => {
    expect(await checkDisk(join(cwd, 'none'))).toMatchObject({ level: 'warn' })
    await writeFile(join(cwd, 'file'), '')
    expect(await checkDisk(join(cwd, 'file'))).toMatchObject({
      level: 'fail',
      says: expect.stringContaining('A file stands'),
    })
    if (process.platform === 'linux')
      expect(await checkDisk('/proc/self')).toMatchObject({ level: expect.stringMatching(/fail|warn/) })
  })

  test('a store that others can look into, without its key, damaged, with dead letters', async () => {
    expect((await checkStore(store())).finding.level).toBe('skip')
    const kept = fileStore(store())
    await kept.open()
    await kept.keep('one', 'two')
    await kept.close()
    expect((await checkStore(store())).finding).toMatchObject({ level: 'ok' })
    await chmod(store(), 0o755)
    expect((await checkStore(store())).finding).toMatchObject({
      level: 'fail',
      says: expect.stringContaining('Others'),
    })
    await chmod(store(), 0o700)
    await chmod(join(store(), 'key'), 0o644)
    expect((await checkStore(store())).finding).toMatchObject({
      level: 'fail',
      next: expect.stringContaining('chmod 600'),
    })
    await rm(join(store(), 'key'))
    expect((await checkStore(store())).finding).toMatchObject({ level: 'fail' })
  })

  test('own keys that are missing, that others can read, that are locked, that seal nothing', async () => {
    expect((await seen([])).of('keys')).toMatchObject({ level: 'fail', next: 'noticeline keygen' })
    await typed(['keygen'], { cwd })
    expect((await seen([])).of('keys')).toMatchObject({ level: 'ok' })
    await chmod(keysPath(), 0o644)
    expect((await seen([])).of('keys')).toMatchObject({ level: 'fail', next: expect.stringContaining('chmod 600') })
    await rm(keysPath())
    await typed(['keygen'], { cwd, env: { NOTICELINE_KEYS_PASSPHRASE: 'x' } })
    expect((await seen([])).of('keys')).toMatchObject({ level: 'fail', next: expect.stringContaining('PASSPHRASE') })
    await rm(keysPath())
    const keys = await loadOrCreateKeys(keysPath())
    await writeFile(keysPath(), JSON.stringify({ ...keys, sealing: [] }), { mode: 0o600 })
    expect((await seen([])).of('keys')).toMatchObject({
      level: 'warn',
      says: expect.stringContaining('no sealing key'),
    })
    await mkdir(join(cwd, 'a-folder'))
    expect((await seen(['--keys', 'a-folder'])).of('keys')).toMatchObject({ level: 'fail' })
    expect((await stat(keysPath())).mode & 0o777).toBe(0o600)
  })

  test('Node, too old or not', () => {
    expect([
      checkNode('18.20.0').level,
      checkNode('20.18.9').level,
      checkNode('20.19.0').level,
      checkNode('26.0.0').level,
    ]).toEqual(['fail', 'fail', 'ok', 'ok'])
  })
})

test.each([
  [['--issuer', 'https://portal.example/'], 'issuer_invalid'],
  [['--url', 'nowhere'], 'address_wrong'],
  [['--url', 'https://a.example/', '--connect', 'name:1'], 'address_wrong'],
])('%j is wrong usage: %s', async (line, why) => {
  expect(await typed(['doctor', ...line], { cwd })).toMatchObject({ code: 2, err: expect.stringContaining(why) })
})
