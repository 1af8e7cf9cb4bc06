import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../scripts/noticeline.mjs', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  /** What it has said until now. */
  said(): { readonly stdout: string; readonly stderr: string }
}

/** `noticeline` as a process of its own, with an empty environment but for what is given. */
export function startCommand(
  line: readonly string[],
  given: { readonly cwd?: string; readonly env?: Record<string, string>; readonly input?: string } = {},
): Started {
  const env: Record<string, string> = { PATH: process.env['PATH'] ?? '', ...given.env }
  const child = spawn(process.execPath, [program, ...line], {
    ...(given.cwd === undefined ? {} : { cwd: given.cwd }),
    env: env as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text
  })
  child.stdin.on('error', () => undefined) // it may end without reading
  child.stdin.end(given.input ?? '')
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, ...said }))
  })
  return { process: child, ended, said: () => said }
}

export function runCommand(...given: Parameters<typeof startCommand>): Promise<Ended> {
  return startCommand(...given).ended
}
