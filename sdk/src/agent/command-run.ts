import { type ChildProcess, spawn } from 'node:child_process'

/** How a command ended. */
export interface Ended {
  readonly how: 'exited' | 'missing' | 'timeout' | 'killed' | 'flooded'
  /** -1 where it did not exit by itself. */
  readonly code: number
  readonly stdout: string
  /** Counted, not kept: it may name addresses. */
  readonly stderrBytes: number
  readonly milliseconds: number
}

export interface CommandOptions {
  /** The program and its arguments; no shell reads them. */
  readonly command: readonly string[]
  readonly directory: string
  /** All of it: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>
  readonly input: string
  readonly timeout: number
  /** Ends the command early: the agent stops. */
  readonly signal: AbortSignal
  readonly onStderr?: ((text: string) => void) | undefined
}

const mostOutput = 64 * 1024
/** Between SIGTERM and SIGKILL. */
const lastWord = 5000
/** The same while the agent stops: it must be over before the inbox is closed. */
const lastWordAtStop = 1000

/**
 * One run of the command in a process group of its own: what it has started ends with it. It gets the input on standard
 * input, a closed one after that. Never rejects.
 */
export function runCommand(options: CommandOptions): Promise<Ended> {
  const { command, directory, environment, input, timeout, signal, onStderr } = options
  const [program = '', ...rest] = command
  const began = performance.now()
  return new Promise((resolve) => {
    let how: Ended['how'] = 'exited'
    let stdout = ''
    let stderrBytes = 0
    let killing: ReturnType<typeof setTimeout> | undefined
    const child = spawn(program, rest, {
      cwd: directory,
      env: { ...environment } as NodeJS.ProcessEnv,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    })
    const end = (why: Ended['how'], wait: number) => {
      how = why
      signalGroup(child, 'SIGTERM')
      clearTimeout(killing)
      killing = setTimeout(letGo, wait)
    }
    // Whatever has left the group keeps the pipes open for as long as it likes: they are closed on our side.
    const letGo = () => {
      signalGroup(child, 'SIGKILL')
      child.stdout.destroy()
      child.stderr.destroy()
    }
    const timer = setTimeout(() => end('timeout', lastWord), timeout)
    const stopped = () => end('killed', lastWordAtStop)
    signal.addEventListener('abort', stopped, { once: true })
    if (signal.aborted) stopped()

    const over = (code: number, as: Ended['how']) => {
      clearTimeout(timer)
      clearTimeout(killing)
      signal.removeEventListener('abort', stopped)
      // What it left behind in its group would go on without anybody waiting for it.
      signalGroup(child, 'SIGKILL')
      resolve({ how: as, code, stdout, stderrBytes, milliseconds: Math.round(performance.now() - began) })
    }
    child.once('error', () => over(-1, 'missing'))
    child.once('exit', () => {
      // Its children may hold the pipes open for ever; after the exit the rest gets a moment, no more.
      if (how === 'exited') killing = setTimeout(letGo, lastWord)
    })
    child.once('close', (code) => over(code ?? -1, how === 'exited' && code === null ? 'killed' : how))
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (how === 'flooded') return
      if (stdout.length + text.length > mostOutput) end('flooded', lastWord)
      else stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderrBytes += Buffer.byteLength(text)
      onStderr?.(text)
    })
    // A command that does not read its input may still know what to do: how it exits counts.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}

function signalGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // The group is gone already.
  }
}
