/** What `noticeline init` writes: it type-checks, and it runs against the portal for tests, with every framework and store. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { createTestPortal, type TestPortal } from '@noticeline/sdk/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startCommand } from '../../sdk/src/testing/run-command.ts'
import { typed } from '../../sdk/src/testing/typed.ts'
import { debianBinaries, openDatabaseServer } from '../running/database.ts'
import { startMariaDb, whyNoMariaDb } from '../running/mariadb.ts'
import { until } from '../running/portal.ts'
import { Program } from '../running/program.ts'

const run = promisify(execFile)
const modules = join(import.meta.dirname, '..', 'node_modules')
const address = 'https://cust42.example/g/7f3a.jpg'
let folder: string
let portal: TestPortal
const closing: (() => unknown)[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'init-'))
  portal = await createTestPortal({ longPoll: 1000 })
  closing.push(
    () => rm(folder, { recursive: true, force: true }),
    () => portal.stop(),
  )
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const written = (kind: string, stack: string, at = folder, ...more: string[]) =>
  typed(['init', '--framework', kind, '--stack', stack, '--issuer', portal.issuer, ...more], { cwd: at })

/** As after `npm install`. */
async function installed(at: string): Promise<void> {
  const to = join(at, 'node_modules')
  const from = (name: string) =>
    name === '@hono/node-server' ? join(modules, '..', '..', 'portal', 'node_modules', name) : join(modules, name)
  const names = [
    '@noticeline/sdk',
    'express',
    'fastify',
    'hono',
    '@hono/node-server',
    'node-sqlite3-wasm',
    'pg',
    'mysql2',
  ]
  for (const name of [...names, '@types/node', '@types/express', '@types/pg']) {
    if (!existsSync(from(name))) continue
    await mkdir(join(to, name, '..'), { recursive: true })
    await symlink(await realpath(from(name)), join(to, name))
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const served = () => join(folder, 'served', 'cust42.example', 'g', '7f3a.jpg')
const outcomes = () =>
  portal.reports.flatMap((report) =>
    report.type === 'items.reported' ? report.message.results.map(({ outcome }) => outcome) : [],
  )

/** A file is taken down, put back, taken down, and deleted when the notice is closed. */
async function removesAndPutsBack(approve: (notice: string) => Promise<void> = async () => {}): Promise<void> {
  await mkdir(join(served(), '..'), { recursive: true })
  await mkdir(join(folder, 'withheld'), { recursive: true })
  await writeFile(served(), 'bytes')
  const { notice } = await portal.issue({ items: [{ url: address }] })
  await approve(notice.notice)
  await until(() => outcomes().length === 1, 60_000)
  expect([outcomes(), existsSync(served())]).toEqual([['content_removed'], false])
  await portal.withdraw(notice)
  await until(() => outcomes().length === 2, 60_000)
  expect([outcomes()[1], await readFile(served(), 'utf8')]).toEqual(['reinstated', 'bytes'])
}

const databaseUrls: Record<string, { why: string | null; url(): Promise<string> }> = {
  file: { why: null, url: async () => '' },
  sqlite: { why: null, url: async () => '' },
  postgres: {
    why: debianBinaries() === null ? "needs Debian's postgresql" : null,
    async url() {
      const server = await openDatabaseServer('debian')
      closing.push(() => server.destroy())
      const { host, port, user, database, password } = (await server.connection()) as Record<string, string | number>
      const query = new URLSearchParams({ host: String(host), port: String(port), user: String(user) })
      if (password) query.set('password', String(password))
      return `postgres:///${database}?${query}`
    },
  },
  mariadb: {
    why: whyNoMariaDb(),
    async url() {
      const server = await startMariaDb()
      closing.push(() => server.stop())
      return `mysql://root@localhost/stores?socketPath=${encodeURIComponent(server.socketPath)}`
    },
  },
}

describe.each([
  ['node-http', 'file', 'push'],
  ['node-http', 'file', 'poll'],
  ['express', 'sqlite', 'push'],
  ['fastify', 'postgres', 'push'],
  ['hono', 'mariadb', 'push'],
] as const)('init --framework %s --stack %s', (kind, stack, way) => {
  const { why, url } = databaseUrls[stack] as (typeof databaseUrls)[string]
  test.skipIf(why !== null)(
    `writes a receiver that removes and puts back, by ${way}${why ? ` (${why})` : ''}`,
    async () => {
      expect(await written(kind, stack)).toMatchObject({ code: 0, err: '' })
      await installed(folder)
      const port = await freePort()
      const program = new Program({
        name: `${kind} with ${stack}`,
        file: join(await realpath(folder), 'server.mjs'),
        env: {
          ...{ NOTICELINE_ISSUER: portal.issuer, NOTICELINE_TOKEN: portal.token, PORT: String(port) },
          ...{ DATABASE_URL: await url(), SERVED: './served', WITHHELD: './withheld' },
          ...(way === 'push' ? { NOTICELINE_URL: `http://127.0.0.1:${port}/noticeline` } : {}),
        },
        ready: way === 'push' ? 'connected as' : 'polling',
      })
      await program.start()
      try {
        await removesAndPutsBack()
        if (way === 'push' && stack === 'file') {
          const line = ['doctor', '--issuer', portal.issuer, '--url', `http://127.0.0.1:${port}/noticeline`, '--json']
          const { checks } = JSON.parse((await typed(line, { cwd: folder })).out)
          expect(checks.filter(({ level }: { level: string }) => level === 'fail')).toEqual([])
        }
      } finally {
        await program.kill()
      }
    },
  )
})

// The other two handlers are run beside the agent itself; here it is the file that counts.
const interpreters = { 'agent-php': 'php', 'agent-bash': 'jq' }
const found = (name: string) => (process.env['PATH'] ?? '').split(delimiter).some((at) => existsSync(join(at, name)))

describe.each(Object.entries(interpreters))('init --framework %s', (kind, needs) => {
  const why = found(needs) ? '' : ` (needs Debian's ${needs})`
  test.skipIf(why !== '')(`writes an agent that removes and puts back${why}`, async () => {
    expect(await typed(['init', '--framework', kind, '--issuer', portal.issuer], { cwd: folder })).toMatchObject({
      code: 0,
    })
    await mkdir(join(folder, 'served', 'cust42.example'), { recursive: true })
    await mkdir(join(folder, 'withheld'))
    await writeFile(join(folder, 'token'), portal.token, { mode: 0o600 })
    const agent = startCommand(['agent', '--config', 'agent.json'], { cwd: folder, env: { HOME: folder } })
    try {
      await until(() => portal.endpoints.length > 0 && portal.stream.polls.length > 0, 60_000).catch((error) => {
        throw new Error(`${error.message} ${JSON.stringify(agent.said())}`)
      })
      // Unless told otherwise it asks a person first.
      const approve = async (notice: string) => {
        const line = ['agent', 'approve', notice, '--config', 'agent.json', '--by', 'Noor']
        await until(async () => (await typed(line, { cwd: folder })).code === 0, 60_000)
      }
      await removesAndPutsBack(approve).catch((error) => {
        throw new Error(`${error.message} ${JSON.stringify(agent.said())}`)
      })
    } finally {
      agent.process.kill('SIGTERM')
      await agent.ended
    }
  })
})

test('everything it writes type-checks with the types of what it stands on', async () => {
  for (const [kind, stack] of [
    ['node-http', 'file'],
    ['express', 'sqlite'],
    ['fastify', 'postgres'],
    ['hono', 'mariadb'],
  ] as const) {
    await mkdir(join(folder, kind))
    await written(kind, stack, join(folder, kind))
  }
  await installed(folder)
  const compilerOptions = {
    ...{ allowJs: true, checkJs: true, noEmit: true, strict: true, skipLibCheck: true, target: 'ES2022' },
    ...{ module: 'NodeNext', moduleResolution: 'NodeNext', types: ['node'], allowImportingTsExtensions: true },
    ...{ lib: ['ES2023', 'DOM', 'DOM.AsyncIterable'], exactOptionalPropertyTypes: false },
  }
  const include = ['node-http/*.mjs', 'express/*.mjs', 'fastify/*.mjs', 'hono/*.mjs']
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include }))
  // The native compiler of the workspace: a tenth of the time.
  const { stdout } = await run(join(modules, '..', '..', 'node_modules', '.bin', 'tsc'), ['-p', folder]).catch(
    (error) => error,
  )
  // Of the files it wrote: the SDK is read as source here and has its own check.
  expect(
    stdout.split('\n').filter((line: string) => /(?:^|\/)(node-http|express|fastify|hono)\/\w+\.mjs/.test(line)),
  ).toEqual([])
  expect(stdout).not.toContain('Cannot find module')
})

describe('init', () => {
  test.each([
    ['agent-perl', 'takedown.pl'],
    ['agent-python', 'takedown.py'],
  ])('--framework %s writes %s as it is shipped, to be run', async (kind, name) => {
    await typed(['init', '--framework', kind], { cwd: folder })
    const shipped = join(modules, '@noticeline', 'sdk', 'agent', 'handlers', name)
    expect(await readFile(join(folder, name), 'utf8')).toBe(await readFile(shipped, 'utf8'))
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o755)
    expect(JSON.parse(await readFile(join(folder, 'agent.json'), 'utf8'))).toMatchObject({ command: [`./${name}`] })
  })

  test('overwrites nothing, and with --force everything but keys', async () => {
    await copyFile(join(modules, '..', 'package.json'), join(folder, 'package.json'))
    const manifest = await readFile(join(folder, 'package.json'), 'utf8')
    const first = await written('express', 'file')
    expect(first.out).toContain('left   package.json')
    await writeFile(join(folder, 'handlers.mjs'), 'mine')
    expect(await written('express', 'file')).toMatchObject({ code: 4, err: expect.stringContaining('handlers.mjs') })
    expect(await readFile(join(folder, 'handlers.mjs'), 'utf8')).toBe('mine')
    const keys = await readFile(join(folder, 'noticeline', 'keys.json'), 'utf8')
    expect(await readFile(join(folder, 'package.json'), 'utf8')).toBe(manifest)
    expect((await written('express', 'file', folder, '--force')).code).toBe(0)
    expect(await readFile(join(folder, 'handlers.mjs'), 'utf8')).not.toBe('mine')
    expect(await readFile(join(folder, 'noticeline', 'keys.json'), 'utf8')).toBe(keys)
    expect((await stat(join(folder, 'noticeline', 'keys.json'))).mode & 0o777).toBe(0o600)
  })

  test('asks a person for what was not given, again where the answer is none, and nobody else', async () => {
    const answers = ['django', 'fastify', 'sqlite']
    const asked: string[] = []
    const done = await typed(['init'], {
      ...{ cwd: folder, interactive: true },
      ask: async (question) => {
        asked.push(question)
        return answers.shift() ?? ''
      },
    })
    expect([done.code, asked.length]).toEqual([0, 3])
    expect(await readFile(join(folder, 'server.mjs'), 'utf8')).toContain('Fastify')
    expect(await readFile(join(folder, 'store.mjs'), 'utf8')).toContain('sqlite')
    expect(await typed(['init'], { cwd: folder })).toMatchObject({
      code: 2,
      err: expect.stringContaining('framework_missing'),
    })
    expect(await typed(['init', '--framework', 'agent-php', '--stack', 'postgres'], { cwd: folder })).toMatchObject({
      code: 2,
    })
    expect(await typed(['init', '--framework', 'rails'], { cwd: folder })).toMatchObject({ code: 2 })
  })
})
