import { type Answer, readAnswer } from './answer.ts'
import { runCommand } from './command-run.ts'
import type { AgentConfig } from './config.ts'
import type { AgentEvent, AgentHealth } from './events.ts'
import { runMark } from './leftovers.ts'
import type { AgentRequest } from './request.ts'
import { Slots } from './slots.ts'

export interface RunnerParts {
  readonly config: Pick<AgentConfig, 'concurrency' | 'timeout' | 'exit_codes'> & { readonly directory: string }
  /** The program and its arguments. */
  readonly command: readonly string[]
  /** All that the command finds in its environment, beside what names the run. */
  readonly environment: Readonly<Record<string, string>>
  now(): Date
  tell(event: AgentEvent): void
  /** What the command wrote to standard error; only where a person asked to see it. */
  readonly stderr?: ((item: string, text: string) => void) | undefined
}

/** Runs the command for one request after another, so many at once, and counts. */
export class Runner {
  readonly #parts: RunnerParts
  readonly #mark: string
  readonly #slots: Slots
  readonly #working = new Set<Promise<unknown>>()
  #all = 0
  #again = 0
  #last: AgentHealth['last_run'] = null

  constructor(parts: RunnerParts, mark: string) {
    this.#parts = parts
    this.#mark = mark
    this.#slots = new Slots(parts.config.concurrency)
  }

  get runs(): AgentHealth['runs'] {
    return { all: this.#all, again: this.#again, now: this.#working.size }
  }

  get last(): AgentHealth['last_run'] {
    return this.#last
  }

  run(request: AgentRequest, signal: AbortSignal): Promise<Answer> {
    const ended = this.#slots.run(() => this.#once(request, signal))
    this.#working.add(ended)
    return ended.finally(() => this.#working.delete(ended))
  }

  /** Resolves when nothing runs any more. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#working)
  }

  async #once(request: AgentRequest, signal: AbortSignal): Promise<Answer> {
    const { config, command, environment, stderr, now, tell } = this.#parts
    const ended = await runCommand({
      command,
      directory: config.directory,
      environment: { ...environment, ...namesOf(request), [runMark]: this.#mark },
      input: `${JSON.stringify(request)}\n`,
      timeout: config.timeout * 1000,
      signal,
      onStderr: stderr && ((text) => stderr(request.item, text)),
    })
    const answer = readAnswer(request, ended, now(), exitCodesOf(config))
    const word = wordOf(answer)
    this.#all += 1
    if (answer.answer === 'again') this.#again += 1
    this.#last = { at: now().toISOString(), answer: word }
    const { case: notice, item, act, attempt } = request
    const { code: exit, milliseconds, stderrBytes: stderr_bytes } = ended
    tell({ event: 'ran', case: notice, item, act, attempt, answer: word, exit, milliseconds, stderr_bytes })
    if (answer.answer === 'again' && answer.code !== 'asked' && !signal.aborted) {
      tell({ event: 'alarm', code: answer.code, case: notice, item })
    }
    return answer
  }
}

/** What names a run, for commands that would rather not read JSON to know. */
export function namesOf({ act, case: notice, item, key }: AgentRequest): Record<string, string> {
  return { NOTICELINE_ACT: act, NOTICELINE_CASE: notice, NOTICELINE_ITEM: item, NOTICELINE_KEY: key }
}

export function exitCodesOf({ exit_codes: codes }: Pick<AgentConfig, 'exit_codes'>) {
  return Object.fromEntries(Object.entries(codes).map(([code, said]) => [Number(code), said]))
}

export function wordOf(answer: Answer): string {
  return answer.answer === 'outcome' ? answer.result.outcome : answer.answer
}
