/** Starts the portal as `npm start` does: a process of its own, on its own data and ports, with the demo's cast. */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../architecture/tree.ts'

export interface Demo {
  base_url: string
  mail_url: string
  people: { name: string; email: string; organisation: string; role: string; sign_in_url: string }[]
  tokens: { notifier: string; operator: string }
  example_provider: { organisation: string; token: string; url: string; files: string[] }
  open_provider: { organisation: string; token: string; url: string; files: string[] }
}

export interface RunningPortal {
  readonly demo: Demo
  readonly demoFile: string
  readonly dataDir: string
  /** Everything it has printed so far. */
  output(): string
  process: ChildProcess
  /** Stops it as a person would (SIGTERM), and takes its data away. */
  stop(): Promise<void>
}

export async function startPortal(
  options: { env?: Record<string, string>; dataDir?: string; port?: number } = {},
): Promise<RunningPortal> {
  const dataDir = options.dataDir ?? freshDataDir()
  const port = options.port ?? (await freePorts(8))
  const memory = ['--max-semi-space-size=32', '--initial-old-space-size=128']
  const child = spawn(process.execPath, [...memory, join(root, 'scripts/start.mjs')], {
    cwd: root,
    env: {
      ...process.env,
      NODE_ENV: 'production',
      NOTICELINE_DATA_DIR: dataDir,
      NOTICELINE_PORT: String(port),
      // The demo's first loop ends after three looks.
      NOTICELINE_OBSERVE_INTERVAL: 'PT0.5S',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  child.stdout.on('data', (chunk) => (printed += chunk))
  child.stderr.on('data', (chunk) => (printed += chunk))
  const demoFile = join(dataDir, 'demo.json')
  const stop = async () => {
    await ended(child)
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
  }
  try {
    await until(() => {
      if (child.exitCode !== null) throw new Error(`The portal ended with ${child.exitCode}:\n${printed}`)
      return existsSync(demoFile) && printed.includes('Ready')
    }, 120_000)
  } catch (error) {
    await stop()
    throw error instanceof Error && error.message.startsWith('The portal') ? error : new Error(`${error}\n${printed}`)
  }
  return {
    demo: JSON.parse(readFileSync(demoFile, 'utf8')),
    demoFile,
    dataDir,
    output: () => printed,
    process: child,
    stop,
  }
}

/** Readable for the database's own user, who is not root. */
export function freshDataDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'noticeline-'))
  chmodSync(folder, 0o755)
  return folder
}

/** Asks again until the answer is true. */
export async function until(ask: () => boolean | Promise<boolean>, withinMs: number): Promise<void> {
  const end = performance.now() + withinMs
  while (!(await ask())) {
    if (performance.now() > end) throw new Error(`Not so within ${withinMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

export async function ended(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  const late = setTimeout(() => child.kill('SIGKILL'), 30_000)
  await gone
  clearTimeout(late)
}

/** Given to somebody in this process, who may not listen there yet. */
const given = new Set<number>()

/** The first of a run of ports that are free now: below those that systems give to connections, which may take one at any time. */
export async function freePorts(count: number): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const first = 10_000 + Math.floor(Math.random() * (22_000 - count))
    const ports = Array.from({ length: count }, (_, index) => first + index)
    if (ports.some((port) => given.has(port))) continue
    for (const port of ports) given.add(port)
    const free = await Promise.all(ports.map(isFree))
    if (free.every(Boolean)) return first
  }
  throw new Error('No free ports')
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
