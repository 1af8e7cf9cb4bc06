/** A program that starts fast, since it dies a thousand times: one file, bundled once. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { build } from 'esbuild'
import { exitInUse } from './strike.ts'

/** The file as one module with all it imports, but for the drivers of databases. */
export async function bundle(entry: string, folder: string): Promise<string> {
  const outfile = join(folder, `${entry.replace(/.*\/|\.ts$/g, '')}.mjs`)
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'error',
  })
  return outfile
}

export type End = 'killed' | 'in-use' | 'crashed'

/** One life of a program. */
export class Life {
  readonly ended: Promise<End>
  readonly ready: Promise<boolean>
  /** What it printed; of a crash, why. */
  printed = ''
  readonly #child: ChildProcess

  constructor(file: string, parameters: readonly string[], env: Readonly<Record<string, string>>) {
    const child = spawn(process.execPath, [file, ...parameters], {
      env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.printed += chunk
      })
    }
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        resolve(signal === 'SIGKILL' ? 'killed' : code === exitInUse ? 'in-use' : 'crashed')
      })
    })
    this.ready = new Promise((resolve) => {
      child.once('message', () => resolve(true))
      child.once('close', () => resolve(false))
    })
  }

  kill(): Promise<End> {
    this.#child.kill('SIGKILL')
    return this.ended
  }
}
