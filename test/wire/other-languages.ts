/** The receivers of `examples/other-languages`: how each is started, and what it needs. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../architecture/tree.ts'
import { freePorts } from '../running/portal.ts'

export interface Language {
  readonly name: string
  /** Debian's. */
  readonly packages: readonly string[]
  /** Ends with 0 where interpreter and library are there. */
  readonly probe: readonly [string, ...string[]]
  /** Once, before the first start. */
  readonly build?: (folder: string) => readonly [string, ...string[]]
  readonly start: (port: number, folder: string) => readonly [string, ...string[]]
  readonly env?: Record<string, string>
}

export const examples = join(root, 'examples/other-languages')
const at = (path: string) => join(examples, path)

export const languages: readonly Language[] = [
  {
    name: 'php',
    packages: ['php-cli'],
    probe: ['php', '-r', 'exit(extension_loaded("openssl") && PHP_VERSION_ID >= 80100 ? 0 : 1);'],
    start: (port) => ['php', '-S', `127.0.0.1:${port}`, at('php/receiver.php')],
  },
  {
    name: 'python',
    packages: ['python3', 'python3-jwt', 'python3-cryptography'],
    probe: ['/usr/bin/python3', '-c', 'import jwt, cryptography'],
    start: (port) => ['/usr/bin/python3', '-B', at('python/receiver.py'), String(port)],
  },
  {
    name: 'perl',
    packages: ['perl', 'libcrypt-jwt-perl', 'libhttp-daemon-perl'],
    probe: ['/usr/bin/perl', '-MCrypt::JWT', '-MHTTP::Daemon', '-e', '1'],
    start: (port) => ['/usr/bin/perl', at('perl/receiver.pl'), String(port)],
  },
  {
    name: 'ruby',
    packages: ['ruby', 'ruby-jwt', 'ruby-webrick'],
    probe: ['/usr/bin/ruby', '-e', 'require "jwt"; require "webrick"'],
    start: (port) => ['/usr/bin/ruby', at('ruby/receiver.rb'), String(port)],
  },
]

/** Why a language's receiver cannot run here, or null. */
export function whyNotIn({ packages, probe: [command, ...given], env }: Language): string | null {
  const { status } = spawnSync(command, given, { stdio: 'ignore', env: { ...process.env, ...env } })
  return status === 0 ? null : `needs Debian's ${packages.join(', ')}`
}

export interface Settings {
  readonly issuer: string
  readonly audience: string
  readonly sealing_keys: readonly object[]
  readonly now?: number
}

/** A receiver at work, with a folder of its own. */
export class StrangeReceiver {
  readonly #process: ChildProcess
  readonly #folder: string
  readonly #url: string
  #printed = ''

  private constructor(process: ChildProcess, folder: string, port: number) {
    this.#process = process
    this.#folder = folder
    this.#url = `http://127.0.0.1:${port}/`
    const keep = (chunk: unknown) => {
      this.#printed = `${this.#printed}${chunk}`.slice(-20_000)
    }
    process.stdout?.on('data', keep)
    process.stderr?.on('data', keep)
  }

  static async start(language: Language): Promise<StrangeReceiver> {
    const folder = mkdtempSync(join(tmpdir(), 'noticeline-stranger-'))
    mkdirSync(join(folder, 'inbox'))
    const env = { ...process.env, ...language.env, NOTICELINE: folder }
    if (language.build) {
      const [command, ...given] = language.build(folder)
      const { status, stderr } = spawnSync(command, given, { encoding: 'utf8', env, cwd: at(language.name) })
      if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`)
    }
    const port = await freePorts(1)
    const [command, ...given] = language.start(port, folder)
    const receiver = new StrangeReceiver(spawn(command, given, { env, cwd: at(language.name) }), folder, port)
    await receiver.#listens(port)
    return receiver
  }

  async #listens(port: number): Promise<void> {
    for (let tries = 0; tries < 600; tries += 1) {
      if (this.#process.exitCode !== null) throw new Error(`It ended: ${this.#printed}`)
      const open = await new Promise<boolean>((resolve) => {
        const socket = connect(port, '127.0.0.1')
        socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
        socket.once('connect', () => socket.destroy())
      })
      if (open) return
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error(`It did not listen within a minute: ${this.#printed}`)
  }

  /** What it goes by from now on; its inbox is emptied. */
  settle(settings: Settings, jwks: object): void {
    writeFileSync(join(this.#folder, 'settings.json'), JSON.stringify(settings))
    writeFileSync(join(this.#folder, 'jwks.json'), JSON.stringify(jwks))
    for (const name of readdirSync(join(this.#folder, 'inbox'))) rmSync(join(this.#folder, 'inbox', name))
  }

  async push(mediaType: string, body: string | Uint8Array<ArrayBuffer>): Promise<{ code: number; err: string | null }> {
    const headers = { 'content-type': mediaType, accept: 'application/json' }
    const signal = AbortSignal.timeout(60_000)
    const answer = await fetch(this.#url, { method: 'POST', headers, body, signal })
    const text = await answer.text()
    if (answer.status >= 500) throw new Error(`It answered ${answer.status}. It printed: ${this.#printed}`)
    return { code: answer.status, err: text === '' ? null : (JSON.parse(text) as { err: string }).err }
  }

  /** The tokens it stored. */
  stored(): string[] {
    const inbox = join(this.#folder, 'inbox')
    return readdirSync(inbox).map((name) => readFileSync(join(inbox, name), 'utf8'))
  }

  /** What it printed so far. */
  get printed(): string {
    return this.#printed
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    if (this.#process.exitCode === null && this.#process.kill()) await ended
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
