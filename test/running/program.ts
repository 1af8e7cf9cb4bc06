/** One of our programs as a process of its own, to be killed and started again. It ends when whoever started it is gone. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ended, until } from './portal.ts'

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const endWithParent = new URL('../../portal/seed/end-with-parent.mjs', import.meta.url).href

export interface ProgramOptions {
  readonly name: string
  /** The file that is run, in its own folder. */
  readonly file: string
  readonly env: Readonly<Record<string, string>>
  /** What it prints when it can be used. */
  readonly ready: string
}

export class Program {
  readonly name: string
  readonly #options: ProgramOptions
  #child: ChildProcess | null = null
  #printed = ''
  /** Ends that nobody asked for: a crash. */
  readonly collapses: string[] = []
  #mostMemoryMiB = 0

  constructor(options: ProgramOptions) {
    this.name = options.name
    this.#options = options
  }

  get running(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** The last of what it has printed. */
  output(): string {
    return this.#printed
  }

  /** Starts it, and does not wait until it is ready. */
  launch(): void {
    const { file, env } = this.#options
    const child = spawn(process.execPath, ['--import', tsx, '--import', endWithParent, file], {
      cwd: dirname(file),
      env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#printed = ''
    const keep = (chunk: Buffer) => {
      this.#printed = (this.#printed + chunk).slice(-20_000)
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    child.once('exit', (code, signal) => {
      if (this.#child !== child) return
      this.#child = null
      this.collapses.push(`${this.name} ended with ${code ?? signal}: ${this.#printed.slice(-1500)}`)
    })
    this.#child = child
  }

  async start(withinMs = 120_000): Promise<void> {
    const before = this.collapses.length
    this.launch()
    await until(() => {
      if (this.collapses.length > before) throw new Error(this.collapses.at(-1))
      return this.#printed.includes(this.#options.ready)
    }, withinMs).catch((error) => {
      throw new Error(`${this.name} does not start: ${error.message}\n${this.#printed.slice(-3000)}`)
    })
  }

  /** The most memory that any of its lives had resident when it was asked for, in MiB. 0 where there is no `/proc`. */
  mostMemoryMiB(): number {
    const held = this.running && statusOf(this.#child?.pid).match(/^VmHWM:\s+(\d+) kB$/m)
    if (held) this.#mostMemoryMiB = Math.max(this.#mostMemoryMiB, Math.round(Number(held[1]) / 1024))
    return this.#mostMemoryMiB
  }

  /** No goodbye. */
  async kill(): Promise<void> {
    this.mostMemoryMiB()
    const child = this.#child
    this.#child = null
    if (child) await ended(child, 'SIGKILL')
  }

  /** As a person would. */
  async stop(): Promise<void> {
    const child = this.#child
    this.#child = null
    if (child) await ended(child)
  }
}

function statusOf(pid: number | undefined): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}
