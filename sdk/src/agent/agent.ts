import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import { fileStore } from '../inbox/file.ts'
import { loadOrCreateKeys } from '../inbox/own-keys-file.ts'
import type { Alarm } from '../receiver/core.ts'
import { createReceiver, type Receiver } from '../receiver/create-receiver.ts'
import type { Health } from '../receiver/health.ts'
import { actsBy } from './acts.ts'
import { type Answer, type Result, readAnswer } from './answer.ts'
import { type Ended, runCommand } from './command-run.ts'
import type { AgentConfig } from './config.ts'
import { endLeftovers, runMark } from './leftovers.ts'
import { Progress } from './progress.ts'
import type { AgentRequest } from './request.ts'
import { Slots } from './slots.ts'

/** What the agent tells while it works: ids, codes and counts, so it may go to any log. */
export type AgentEvent =
  | { readonly event: 'started'; readonly mode: AgentConfig['mode']; readonly leftovers: number }
  | { readonly event: 'connected'; readonly by: 'poll' | 'push' }
  | {
      readonly event: 'ran'
      readonly case: string
      readonly item: string
      readonly act: AgentRequest['act']
      readonly attempt: number
      /** The outcome that is reported, or `later`, `done`, `again`. */
      readonly answer: string
      readonly exit: number
      readonly milliseconds: number
      readonly stderr_bytes: number
    }
  | { readonly event: 'observed'; readonly case: string; readonly items: number }
  | {
      readonly event: 'alarm'
      readonly code: string
      readonly id?: string | undefined
      readonly case?: string | undefined
      readonly item?: string
    }
  | { readonly event: 'stopped' }

export interface AgentHealth extends Health {
  readonly mode: AgentConfig['mode']
  readonly started_at: string
  /** Runs of the command since the start: in all, and those that are to be run again. */
  readonly runs: { readonly all: number; readonly again: number; readonly now: number }
  readonly last_run: { readonly at: string; readonly answer: string } | null
}

export interface AgentParts {
  readonly config: AgentConfig & { readonly portal: string; readonly state: string; readonly directory: string }
  /** The program and its arguments. */
  readonly command: readonly string[]
  /** All that the command finds in its environment, beside what names the run. */
  readonly environment: Readonly<Record<string, string>>
  now(): Date
  tell(event: AgentEvent): void
  /** What the command wrote to standard error; only where a person asked to see it. */
  readonly stderr?: ((item: string, text: string) => void) | undefined
}

export interface Agent {
  readonly receiver: Receiver
  health(): Promise<AgentHealth>
  /** Reports what a person decided about an item for which the command said "later". */
  report(notice: string, result: Result): Promise<void>
  /** Lets running commands end, ends those that do not, and closes the inbox. */
  stop(): Promise<void>
}

/** Opens the folder, ends what a killed agent left behind there, and carries on with what waits in it. */
export async function startAgent(parts: AgentParts): Promise<Agent> {
  const { config, now, tell } = parts
  const state = resolve(config.state)
  const mark = createHash('sha256').update(state).digest('hex').slice(0, 32)
  const keys = await loadOrCreateKeys(join(state, 'keys.json'))
  const store = fileStore(join(state, 'inbox'))
  const slots = new Slots(config.concurrency)
  const working = new Set<Promise<unknown>>()
  const startedAt = now().toISOString()
  const runs = { all: 0, again: 0 }
  let last: AgentHealth['last_run'] = null
  let progress: Progress | null = null
  let leftovers = 0

  // The lock of the inbox comes first: whoever holds it may end commands and write the progress beside it.
  const opened = {
    ...store,
    async open() {
      await store.open()
      leftovers = await endLeftovers(mark)
      progress = await Progress.open(join(state, 'progress'), now())
    },
  }

  async function run(request: AgentRequest, signal: AbortSignal): Promise<Answer> {
    const ended = slots.run(() => runOnce(request, signal))
    working.add(ended)
    return ended.finally(() => working.delete(ended))
  }

  async function runOnce(request: AgentRequest, signal: AbortSignal): Promise<Answer> {
    const ended = await runCommand({
      command: parts.command,
      directory: config.directory,
      environment: {
        ...parts.environment,
        NOTICELINE_ACT: request.act,
        NOTICELINE_CASE: request.case,
        NOTICELINE_ITEM: request.item,
        NOTICELINE_KEY: request.key,
        [runMark]: mark,
      },
      input: `${JSON.stringify(request)}\n`,
      timeout: config.timeout * 1000,
      signal,
      onStderr: parts.stderr && ((text) => parts.stderr?.(request.item, text)),
    })
    const answer = readAnswer(request, ended, now(), exitCodesOf(config))
    tellOf(request, ended, answer, signal)
    return answer
  }

  function tellOf(request: AgentRequest, ended: Ended, answer: Answer, signal: AbortSignal): void {
    const word = wordOf(answer)
    runs.all += 1
    if (answer.answer === 'again') runs.again += 1
    last = { at: now().toISOString(), answer: word }
    const { case: notice, item, act, attempt } = request
    const { code: exit, milliseconds, stderrBytes: stderr_bytes } = ended
    tell({ event: 'ran', case: notice, item, act, attempt, answer: word, exit, milliseconds, stderr_bytes })
    if (answer.answer === 'again' && answer.code !== 'asked' && !signal.aborted) {
      tell({ event: 'alarm', code: answer.code, case: notice, item })
    }
  }

  const acts = actsBy({
    get progress() {
      if (progress === null) throw new TypeError('The inbox is open before a handler runs.')
      return progress
    },
    run,
    report: (notice, results) => receiver.report(notice, results),
  })
  const receiver: Receiver = await createReceiver({
    issuer: config.portal,
    keys,
    inbox: opened,
    concurrency: config.concurrency,
    clock: { now },
    onAlarm: ({ code, id, txn }: Alarm) => tell({ event: 'alarm', code, id, case: txn }),
    on: config.mode === 'observe' ? observing(tell) : { ...acts, 'deadline.changed': () => undefined },
  })
  tell({ event: 'started', mode: config.mode, leftovers })

  return {
    receiver,
    report: (notice, result) => receiver.report(notice, [result]),
    async health() {
      const health = await receiver.health()
      return {
        ...health,
        mode: config.mode,
        started_at: startedAt,
        runs: { ...runs, now: working.size },
        last_run: last,
      }
    },
    async stop() {
      await receiver.stop(config.stop_grace * 1000)
      await Promise.allSettled(working)
      await progress?.close()
      tell({ event: 'stopped' })
    },
  }
}

function exitCodesOf({ exit_codes: codes }: AgentConfig) {
  return Object.fromEntries(Object.entries(codes).map(([code, said]) => [Number(code), said]))
}

function wordOf(answer: Answer): string {
  return answer.answer === 'outcome' ? answer.result.outcome : answer.answer
}

/** Nothing runs and nothing is reported; what came is in the log by number. */
function observing(tell: AgentParts['tell']) {
  return {
    'notice.issued': (notice: { items: readonly unknown[] }, context: { caseId: string }) => {
      tell({ event: 'observed', case: context.caseId, items: notice.items.length })
      return undefined
    },
    'notice.withdrawn': () => undefined,
    'notice.corrected': () => undefined,
    'notice.closed': () => undefined,
    'deadline.changed': () => undefined,
  }
}
