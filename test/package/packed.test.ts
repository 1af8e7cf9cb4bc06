import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createTestPortal } from '@noticeline/sdk/testing'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { expect, inject, test } from 'vitest'
import { bin, consumer, doors, manifest, run, typechecked, writeDoors } from './consumer.ts'

const root = join(import.meta.dirname, '..', '..')
const { folder, tarball, unpacked } = inject('packed')

/** Everything that may be in the package, by kind. A file of no kind is one that somebody forgot to leave out. */
const kinds: Record<string, RegExp> = {
  manifest: /^package\.json$/,
  'for people': /^(README|COMMANDS|CHANGELOG)\.md$|^LICENSE$|^docs\/[\w./-]+\.md$/,
  code: /^dist\/[\w-]+\.js$/,
  types: /^dist\/[\w-]+\.d\.ts$/,
  'schemas of the wire': /^schemas\/[\w.-]+\.schema\.json$/,
  'vectors for other languages': /^vectors\/[\w./-]+\.(json|md|txt)$/,
  'the agent': /^agent\/[\w./-]+$/,
}

test('the packed package holds what was built and nothing else, file by file', async () => {
  const listed = (await run('tar', ['-tzf', tarball], { maxBuffer: 1 << 24 })).stdout.trim().split('\n')
  const names = listed.map((name) => name.replace(/^package\//, ''))
  const kindOf = (name: string) => Object.keys(kinds).find((kind) => kinds[kind]?.test(name)) ?? 'of no kind'
  const byKind = group(names, kindOf)
  for (const [kind, files] of byKind)
    console.log(`packed, ${kind}: ${files.length} (${files.slice(0, 4).join(', ')} …)`)
  expect(byKind.get('of no kind') ?? []).toEqual([])
  for (const kind of ['manifest', 'for people', 'code', 'types', 'schemas of the wire', 'vectors for other languages'])
    expect(byKind.get(kind), kind).not.toBeUndefined()
  // Neither tests nor sources nor maps, and nothing of a machine that built it.
  expect(names.filter((name) => /\.(map|tsbuildinfo|log|env)$|\.test\.|(^|\/)\.|src\//.test(name))).toEqual([])
  for (const name of byKind.get('code') ?? []) {
    expect(await readFile(join(unpacked, name), 'utf8'), name).not.toContain(root)
  }
})

test('every door leads to code and to its types, and is told of in the README', async () => {
  const { exports, dependencies } = await manifest()
  expect(Object.keys(dependencies)).toEqual(['jose', 'zod'])
  const inWorkspace = JSON.parse(await readFile(join(root, 'sdk', 'package.json'), 'utf8')).exports
  expect(Object.keys(exports)).toEqual([...Object.keys(inWorkspace), './package.json'])
  const readme = await readFile(join(unpacked, 'README.md'), 'utf8')
  const untold: string[] = []
  for (const door of await doors()) {
    const name = door === '' ? 'index' : door.slice(1)
    expect(exports[`.${door}`]).toEqual({ types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` })
    if (!readme.includes(`| \`@noticeline/sdk${door}\` `)) untold.push(door)
  }
  expect(untold, 'A row in the table "Doors" of sdk/README.md').toEqual([])
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
  const { analysis } = JSON.parse(stdout) as {
    analysis: { entrypoints: object; problems: { kind: string; resolutionKind?: string }[] }
  }
  expect(Object.keys(analysis.entrypoints)).toEqual(expect.arrayContaining((await doors()).map((door) => `.${door}`)))
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

test('a program gets something at every door, by import and by require, and nothing happens by that', async () => {
  const names = (await doors()).map((door) => `@noticeline/sdk${door}`)
  const told = JSON.stringify(names)
  const imported = `for (const name of ${told}) console.log(name, Object.keys(await import(name)).length > 0)`
  const required = `for (const name of ${told}) console.log(name, Object.keys(require(name)).length > 0)`
  const expected = names.map((name) => `${name} true\n`).join('')
  for (const [type, code] of [
    ['module', imported],
    ['commonjs', required],
  ] as const) {
    const cwd = await consumer('esm', `every-door-${type}`)
    const { stdout, stderr } = await run(process.execPath, [`--input-type=${type}`, '-e', code], { cwd })
    expect({ stdout, stderr }).toEqual({ stdout: expected, stderr: '' })
  }
})

test('a program that still says require uses it', async () => {
  const { stdout } = await run(process.execPath, ['main.cjs'], { cwd: await consumer('require') })
  expect(JSON.parse(stdout)).toEqual({ refused: 'issuer_invalid', doors: true })
})

test('a TypeScript program for Node compiles against it, and wrong outcomes do not', async () => {
  const at = await consumer('types-nodenext')
  await writeDoors(at)
  expect(await typechecked(at)).toBe('')
})

test('a TypeScript program for a bundler compiles against it, and wrong outcomes do not', async () => {
  const at = await consumer('types-bundler')
  await writeDoors(at)
  expect(await typechecked(at)).toBe('')
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

/** In bytes of gzip, with all of our own code behind the door, without jose and zod. A raise is a decision. */
const budgets: Record<string, number> = { '': 16 * 1024, '/node': 8 * 1024 }
const otherwise = 24 * 1024

test('our own code for the main door is at most 16 kB, and no door grows unseen', async () => {
  for (const door of await doors()) {
    const name = door === '' ? 'index' : door.slice(1)
    const bundle = join(folder, `bundle-of-${name}.js`)
    const flags = ['--bundle', '--minify', '--format=esm', '--platform=node', '--external:jose', '--external:zod']
    await run(bin('esbuild'), [join(unpacked, 'dist', `${name}.js`), ...flags, `--outfile=${bundle}`])
    const size = gzipSync(await readFile(bundle), { level: 9 }).length
    const budget = budgets[door] ?? otherwise
    console.log(`size of @noticeline/sdk${door}: ${size} of ${budget} bytes`)
    expect(size, `@noticeline/sdk${door}`).toBeLessThanOrEqual(budget)
  }
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

function group<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one])
  return groups
}
