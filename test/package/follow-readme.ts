/**
 * `pnpm readme`: follows the README of the SDK in an empty folder, line by line, with the package as it is packed, until the
 * portal for tests has a signed report of a removal and the file is gone. A person's part is played as the README says it:
 * values in `.env`, a token in a file, a file to be removed, a decision.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createTestPortal, type TestPortal } from '@noticeline/sdk/testing'
import { root } from '../architecture/tree.ts'
import { ended, freePorts, until } from '../running/portal.ts'
import { readmeBlocks } from './readme-blocks.ts'

const run = promisify(execFile)
const sdk = join(root, 'sdk')
const address = 'https://cust42.tern.example/g/7f3a.jpg'
const limit = 300

interface Walked {
  readonly way: string
  readonly seconds: number
  readonly steps: string
}

class Walk {
  readonly #folder: string
  readonly #portal: TestPortal
  readonly #blocks: ReadonlyMap<string, string>
  readonly #tarball: string
  #began = 0
  #step = ''
  readonly steps: string[] = []
  #left: ChildProcess | null = null
  #printed = ''

  constructor(folder: string, portal: TestPortal, blocks: ReadonlyMap<string, string>, tarball: string) {
    this.#folder = folder
    this.#portal = portal
    this.#blocks = blocks
    this.#tarball = tarball
  }

  /** The lines of a block, one after another; the last one, where it `stays`, goes on running. */
  async follow(name: string, stays = '', change = (line: string) => line): Promise<void> {
    if (this.#began === 0) this.#began = performance.now()
    const lines = this.#lines(name).map(change)
    for (const [index, line] of lines.entries()) {
      if (stays !== '' && index === lines.length - 1) return this.#leave(line, stays)
      await this.#timed(line, () => run('bash', ['-c', line], { cwd: this.#folder, env: this.#env() }))
    }
  }

  #lines(name: string): string[] {
    const block = this.#blocks.get(name)
    if (block === undefined) throw new Error(`The README has no block ${name}.`)
    // Not published yet: wherever npm fetches it, it is the packed file.
    return block.split('\n').map((line) => {
      return /^(npm install|npx --yes --package) /.test(line) ? line.replace('@noticeline/sdk', this.#tarball) : line
    })
  }

  async #leave(line: string, ready: string): Promise<void> {
    await this.#timed(line, async () => {
      const child = spawn('bash', ['-c', `exec ${line}`], { cwd: this.#folder, env: this.#env(), detached: true })
      this.#left = child
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          this.#printed += chunk
        })
      }
      await until(() => {
        if (child.exitCode !== null) throw new Error(`It ended: ${this.#printed}`)
        return this.#printed.includes(ready)
      }, 60_000)
    })
  }

  async #timed(line: string, work: () => Promise<unknown>): Promise<void> {
    const began = performance.now()
    this.#step = line
    await work().catch((error: { stderr?: string; message: string }) => {
      throw new Error(`${line}: ${error.stderr || error.message}`)
    })
    const [first = '', second = '', third = ''] = line.split(' ').filter((word) => !/^(--|exec|@|\/)/.test(word))
    this.steps.push(`${[first, second, third].join(' ').trim()} ${((performance.now() - began) / 1000).toFixed(1)} s`)
  }

  async removes(decide?: (notice: string) => Promise<void>): Promise<number> {
    const file = join(this.#folder, 'served', 'cust42.tern.example', 'g', '7f3a.jpg')
    await mkdir(join(file, '..'), { recursive: true })
    await writeFile(file, 'bytes')
    const { notice } = await this.#portal.issue({ items: [{ url: address }] })
    await decide?.(notice.notice)
    await until(() => {
      const said = this.#portal.reports.flatMap((one) => (one.type === 'items.reported' ? one.message.results : []))
      return said.some(({ outcome }) => outcome === 'content_removed') && !existsSync(file)
    }, 60_000).catch(() => {
      throw new Error(`Nothing was removed after ${this.#step}: ${this.#printed}`)
    })
    return (performance.now() - this.#began) / 1000
  }

  /** As a person fills in what the README says has to be filled in. */
  async fillIn(values: Readonly<Record<string, string>>): Promise<void> {
    const path = join(this.#folder, '.env')
    let text = await readFile(path, 'utf8')
    for (const [name, value] of Object.entries(values)) {
      if (!new RegExp(`^${name}=`, 'm').test(text)) throw new Error(`.env has no ${name}`)
      text = text.replace(new RegExp(`^${name}=.*$`, 'm'), `${name}=${value}`)
    }
    await writeFile(path, text)
  }

  async end(): Promise<void> {
    if (this.#left?.pid === undefined) return
    try {
      process.kill(-this.#left.pid, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
    await ended(this.#left, 'SIGKILL')
  }

  /** A person's shell: no cache of npm's that is warm already, nothing of ours. */
  #env(): NodeJS.ProcessEnv {
    const { PATH = '', HOME = '' } = process.env
    return { PATH, HOME, LANG: 'C.UTF-8', npm_config_cache: join(this.#folder, '.npm') } as unknown as NodeJS.ProcessEnv
  }
}

async function walked(
  way: string,
  tarball: string,
  play: (walk: Walk, portal: TestPortal, at: string) => Promise<number>,
) {
  const folder = await mkdtemp(join(tmpdir(), 'walk-'))
  const portal = await createTestPortal({ longPoll: 1000 })
  const walk = new Walk(folder, portal, await readmeBlocks(), tarball)
  try {
    return { way, seconds: await play(walk, portal, folder), steps: walk.steps.join(', ') }
  } finally {
    await walk.end()
    await portal.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const receiver = (framework: string) => async (walk: Walk, portal: TestPortal) => {
  const port = await freePorts(1)
  await walk.follow(framework)
  await walk.follow('prepare')
  await walk.fillIn({
    NOTICELINE_ISSUER: portal.issuer,
    NOTICELINE_TOKEN: portal.token,
    NOTICELINE_URL: `http://127.0.0.1:${port}/noticeline`,
    PORT: String(port),
  })
  await walk.follow('start', 'connected as')
  return walk.removes()
}

const agent = (kind: string) => async (walk: Walk, portal: TestPortal, folder: string) => {
  await walk.follow('agent', '', (line) =>
    line.replace('agent-php', kind).replace('https://portal.example', portal.issuer),
  )
  await writeFile(join(folder, 'token'), portal.token, { mode: 0o600 })
  await walk.follow('agent-start', 'connected')
  return walk.removes(async (notice) => {
    // A person sees what waits before deciding on it.
    await until(() => portal.reports.some(({ type }) => type === 'notice.received'), 60_000)
    await walk.follow('agent-decide', '', (line) => line.replace('ntc_…', notice))
  })
}

async function pack(folder: string): Promise<string> {
  const stage = join(folder, 'stage')
  await mkdir(stage)
  const { files } = JSON.parse(await readFile(join(sdk, 'package.json'), 'utf8')) as { files: string[] }
  for (const name of ['package.json', ...files]) {
    if (name !== 'dist' && existsSync(join(sdk, name)))
      await cp(join(sdk, name), join(stage, name), { recursive: true })
  }
  await cp(join(root, 'LICENSE'), join(stage, 'LICENSE'))
  await run(join(sdk, 'node_modules', '.bin', 'tsup'), ['--out-dir', join(stage, 'dist')], { cwd: sdk })
  await run('npx', ['--yes', '--prefer-offline', 'pnpm@10.34.9', 'pack', '--pack-destination', folder], { cwd: stage })
  return join(folder, (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '')
}

const ways: readonly [string, ReturnType<typeof receiver> | ReturnType<typeof agent>][] = [
  ['node:http', receiver('node-http')],
  ['Express', receiver('express')],
  ['Fastify', receiver('fastify')],
  ['agent, PHP', agent('agent-php')],
  ['agent, Python', agent('agent-python')],
  ['agent, bash', agent('agent-bash')],
]

const folder = await mkdtemp(join(tmpdir(), 'readme-'))
const results: Walked[] = []
const failed: string[] = []
try {
  const tarball = await pack(folder)
  for (const [way, play] of ways.filter(([name]) => process.argv.length < 3 || process.argv.includes(name))) {
    try {
      const result = await walked(way, tarball, play)
      results.push(result)
      console.log(`${way}: ${result.seconds.toFixed(1)} s`)
      if (result.seconds > limit) failed.push(`${way}: longer than five minutes`)
    } catch (error) {
      failed.push(`${way}: ${(error as Error).message}`)
      console.log(failed.at(-1))
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
const rows = results.map(({ way, seconds, steps }) => `| ${way} | ${seconds.toFixed(1)} | ${steps} |`)
const table = ['| way | seconds to the first verified removal | steps |', '| --- | ---: | --- |', ...rows].join('\n')
console.log(`\n${table}`)
process.exit(failed.length === 0 ? 0 : 1)
