import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import { fileCases } from '../inbox/cases.ts'
import { fileStore } from '../inbox/file.ts'
import { loadOrCreateKeys } from '../inbox/own-keys-file.ts'
import { openPolicy, type Policy } from '../policies/open-policy.ts'
import { approve, auto, observe, type Rule } from '../policies/rule.ts'
import { createReceiver, type Receiver } from '../receiver/create-receiver.ts'
import type { Outcome } from '../receiver/outcomes.ts'
import { actsBy } from './acts.ts'
import type { Result } from './answer.ts'
import type { AgentConfig } from './config.ts'
import type { AgentHealth } from './events.ts'
import { endLeftovers } from './leftovers.ts'
import { Progress } from './progress.ts'
import { Runner, type RunnerParts } from './runner.ts'

export interface AgentParts extends RunnerParts {
  readonly config: AgentConfig & { readonly portal: string; readonly state: string; readonly directory: string }
}

export interface Agent {
  readonly receiver: Receiver
  readonly policy: Policy
  health(): Promise<AgentHealth>
  /** What a person answers about an item instead of the command: to the policy where it waits there, otherwise at once. */
  answer(notice: string, result: Result, by: string): Promise<void>
  /** Lets running commands end, ends those that do not, and closes the folder. */
  stop(): Promise<void>
}

/** Opens the folder, ends what a killed agent left behind there, and carries on with what waits in it. */
export async function startAgent(parts: AgentParts): Promise<Agent> {
  const { config, now, tell } = parts
  const state = resolve(config.state)
  const mark = createHash('sha256').update(state).digest('hex').slice(0, 32)
  const keys = await loadOrCreateKeys(join(state, 'keys.json'))
  const startedAt = now().toISOString()
  const clock = { now }
  const cases = fileCases(join(state, 'cases'))
  // From here on the folder is ours: nobody else's commands can be running for it.
  await cases.open()
  try {
    const leftovers = await endLeftovers(mark)
    const progress = await Progress.open(cases, now())
    const runner = new Runner(parts, mark)
    const policy = await openPolicy({
      cases,
      keys,
      clock,
      rule: ruleOf(config),
      guard: config.guard,
      onAlarm: ({ code, notice, item }) => tell({ event: 'alarm', code, case: notice, item }),
      log: ({ code, notice, item, why }) => tell({ event: code, case: notice, item, why }),
    })
    const acts = actsBy({
      progress,
      run: (request, signal) => runner.run(request, signal),
      async report(notice, results) {
        const decided = new Set((await policy.decisions(notice)).flatMap(({ approved }) => approved))
        // Where a person decided, it was not a program that did.
        const own = results.map((result) => (decided.has(result.item) ? { ...result, by: 'human' as const } : result))
        await receiver.report(notice, own)
      },
    })
    const receiver: Receiver = await createReceiver({
      issuer: config.portal,
      keys,
      inbox: fileStore(join(state, 'inbox')),
      concurrency: config.concurrency,
      clock,
      onAlarm: ({ code, id, txn }) => tell({ event: 'alarm', code, id, case: txn }),
      on: policy.wrap({ ...acts, 'deadline.changed': () => undefined }),
    })
    await policy.start(receiver)
    tell({ event: 'started', mode: config.mode, leftovers })

    return {
      receiver,
      policy,
      async answer(notice, result, by) {
        const waits = policy.waiting().some((one) => one.notice === notice && one.item === result.item)
        if (waits) await policy.decide(notice, { by, answered: [result as Outcome] })
        else await receiver.report(notice, [{ ...result, by: 'human' }])
      },
      async health() {
        const { runs, last } = runner
        const own = { mode: config.mode, started_at: startedAt, waiting: policy.waiting().length }
        return { ...(await receiver.health()), ...own, runs, last_run: last }
      },
      async stop() {
        await receiver.stop(config.stop_grace * 1000)
        await runner.ended()
        await policy.stop()
        await cases.close()
        tell({ event: 'stopped' })
      },
    }
  } catch (error) {
    await cases.close()
    throw error
  }
}

function ruleOf({ mode, auto: listed }: AgentConfig): Rule {
  if (mode === 'observe') return observe()
  if (mode === 'approve' || listed === undefined) return approve()
  const { notifiers, regimes, categories, items_an_hour: itemsAnHour } = listed
  // A command cannot say how large an account is; of shares nothing is known here.
  return auto({ notifiers, regimes, categories, itemsAnHour, shareOfAccount: 1 })
}
