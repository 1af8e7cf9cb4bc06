import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { createTestPortal } from '@noticeline/sdk/testing'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const here = import.meta.dirname
const root = join(here, '..', '..')
const sdk = join(root, 'sdk')
const bin = (name: string) => join(root, 'test', 'node_modules', '.bin', name)
let folder: string
let tarball: string
let unpacked: string

/** The package as it would be published: built, packed by pnpm, unpacked. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packed-'))
  const stage = join(folder, 'stage')
  await mkdir(stage)
  for (const name of ['package.json', 'README.md', 'COMMANDS.md', 'CHANGELOG.md', 'agent', 'schemas', 'vectors']) {
    await cp(join(sdk, name), join(stage, name), { recursive: true })
  }
  await cp(join(root, 'LICENSE'), join(stage, 'LICENSE'))
  await run(join(sdk, 'node_modules', '.bin', 'tsup'), ['--out-dir', join(stage, 'dist')], { cwd: sdk })
  await run('npx', ['--yes', '--prefer-offline', 'pnpm@10.34.9', 'pack', '--pack-destination', folder], { cwd: stage })
  tarball = join(folder, (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '')
  await run('tar', ['-xzf', tarball], { cwd: folder })
  unpacked = join(folder, 'package')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function consumer(name: string, as = name): Promise<string> {
  const at = join(folder, as)
  await cp(join(here, 'consumers', name), at, { recursive: true })
  const modules = join(at, 'node_modules')
  await mkdir(join(modules, '@types'), { recursive: true })
  await cp(unpacked, join(modules, '@noticeline', 'sdk'), { recursive: true })
  for (const dependency of ['jose', 'zod', '@types/node']) {
    await symlink(await realpath(join(sdk, 'node_modules', dependency)), join(modules, dependency))
  }
  return at
}

const typechecked = (cwd: string, ...flags: string[]) =>
  run(bin('tsc'), ['-p', cwd, ...flags], { cwd }).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  )

test('the packed package holds what was built and nothing else', async () => {
  const names = await readdir(unpacked)
  const text = ['CHANGELOG.md', 'COMMANDS.md', 'LICENSE', 'README.md']
  expect(names.sort()).toEqual([...text, 'agent', 'dist', 'package.json', 'schemas', 'vectors'])
  const { exports, dependencies } = JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8'))
  expect(exports['.']).toEqual({ types: './dist/index.d.ts', default: './dist/index.js' })
  expect(Object.keys(dependencies)).toEqual(['jose', 'zod'])
})

test('publint finds nothing', async () => {
  const { messages, pkg } = await publint({ pkgDir: unpacked, pack: false, strict: true })
  expect(messages.map((message) => formatMessage(message, pkg ?? {}))).toEqual([])
})

test('its types are found the way its code is, by every resolution that knows ES modules', async () => {
  const { stdout } = await run(bin('attw'), [
    tarball,
    '--profile',
    'esm-only',
    '--format',
    'json',
    '--no-definitely-typed',
  ])
  const { analysis } = JSON.parse(stdout) as { analysis: { problems: { kind: string; resolutionKind?: string }[] } }
  const modern = analysis.problems.filter(
    ({ kind, resolutionKind }) => kind !== 'CJSResolvesToESM' && resolutionKind !== 'node10',
  )
  expect(modern).toEqual([])
})

test('a program imports every door and receives a notice', async () => {
  const { stdout } = await run(process.execPath, ['main.mjs'], { cwd: await consumer('esm') })
  expect(JSON.parse(stdout)).toEqual({ reported: 1, sameDigest: true, oneMark: true })
})

test('its program starts from what was built, and says what it cannot do', async () => {
  const { bin: programs } = JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8'))
  expect(programs).toEqual({ noticeline: './dist/cli.js' })
  const program = join(await consumer('esm', 'program'), 'node_modules', '@noticeline', 'sdk', programs.noticeline)
  expect((await run(program, ['--version'])).stdout).toBe('0.1.0\n')
  const wrong = await run(program, ['nothing']).catch((error: { code: number; stderr: string }) => error)
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/^noticeline: command_unknown: /) })
})

test('a program that still says require gets every door', async () => {
  const { stdout } = await run(process.execPath, ['main.cjs'], { cwd: await consumer('require') })
  expect(JSON.parse(stdout)).toEqual({ refused: 'issuer_invalid', doors: true })
})

test('a TypeScript program for Node compiles against it, and wrong outcomes do not', async () => {
  expect(await typechecked(await consumer('types-nodenext'))).toBe('')
})

test('a TypeScript program for a bundler compiles against it, and wrong outcomes do not', async () => {
  expect(await typechecked(await consumer('types-bundler'))).toBe('')
})

test('the code of the README compiles, runs, and receives a takedown', async () => {
  const readme = await readFile(join(unpacked, 'README.md'), 'utf8')
  const blocks = new Map([...readme.matchAll(/```ts (\S+)\n([\s\S]*?)```/g)].map(([, name, code]) => [name, code]))
  const at = await consumer('types-nodenext', 'readme')
  await rm(join(at, 'main.ts'))
  const portal = await createTestPortal()
  try {
    const probe = [
      'import { once } from "node:events"',
      'process.once("SIGTERM", () => process.exit(0))',
      'process.stdout.write("connected\\n")',
      'await once(process.stdin, "end")',
    ]
    const server = await freePort()
    const receiver = (blocks.get('receiver.ts') ?? '')
      .replace('https://portal.example', portal.issuer)
      .replace('listen(8080)', `listen(${server}, '127.0.0.1')`)
      .replace('https://hooks.tern.example/', `http://127.0.0.1:${server}/`)
    expect(receiver).not.toContain('.example')
    await writeFile(join(at, 'receiver.ts'), `${receiver}${probe.join('\n')}\n`)
    await writeFile(join(at, 'takedown.ts'), blocks.get('takedown.ts') ?? '')
    expect(await typechecked(at, '--skipLibCheck')).toBe('')

    const loader = join(root, 'test', 'node_modules', 'tsx', 'dist', 'loader.mjs')
    const child = execFile(process.execPath, ['--import', loader, 'receiver.ts'], {
      cwd: at,
      env: { ...process.env, NOTICELINE_TOKEN: portal.token },
    })
    try {
      await new Promise<void>((resolve, reject) => {
        child.stdout?.on('data', (text) => String(text).includes('connected') && resolve())
        child.once('exit', (code) => reject(new Error(`The code of the README ended with ${code}.`)))
      })
      await portal.issue({ items: [{ url: 'https://cust42.tern.example/1' }] })
      await expect
        .poll(() =>
          portal.reports.flatMap((report) => (report.type === 'items.reported' ? report.message.results : [])),
        )
        .toMatchObject([{ outcome: 'content_removed' }])
    } finally {
      child.kill('SIGKILL')
    }
  } finally {
    await portal.stop()
  }
})

test('our own code for the main door is at most 16 kB', async () => {
  const bundle = join(folder, 'core.js')
  const entry = join(unpacked, 'dist', 'index.js')
  const flags = ['--bundle', '--minify', '--format=esm', '--platform=node', '--external:jose', '--external:zod']
  await run(bin('esbuild'), [entry, ...flags, `--outfile=${bundle}`])
  const size = gzipSync(await readFile(bundle), { level: 9 }).length
  expect(size).toBeLessThanOrEqual(16 * 1024)
})

test('no describing sentence is carried along; the schemas beside the code have them all', async () => {
  const code = `import { publishedSchemas } from '@noticeline/sdk/protocol'
    process.stdout.write(JSON.stringify(publishedSchemas()))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], {
    cwd: await consumer('esm', 'schemas-of-the-wire'),
    maxBuffer: 4 << 20,
  })
  for (const [name, schema] of Object.entries(JSON.parse(stdout))) {
    const published = await readFile(join(unpacked, 'schemas', `${name}.schema.json`), 'utf8')
    expect(published).toContain('"description"')
    const silent = JSON.parse(published, (key, value) => (key === 'description' && isText(value) ? undefined : value))
    expect(schema, name).toEqual(silent)
  }
})

const isText = (value: unknown) => typeof value === 'string'

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net')
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
