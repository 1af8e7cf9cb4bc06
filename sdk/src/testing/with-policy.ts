import { type CaseStore, memoryCases } from '../inbox/cases.ts'
import { memoryStore } from '../inbox/memory.ts'
import type { PolicyAlarm, PolicyLine } from '../policies/desk.ts'
import { openPolicy, type Policy, type PolicyOptions } from '../policies/open-policy.ts'
import type { PolicyHandlers } from '../policies/policy-context.ts'
import { createReceiver, type Receiver } from '../receiver/create-receiver.ts'
import { generateKeys } from '../receiver/own-keys.ts'
import { createTestPortal, type TestPortal } from './test-portal.ts'
import { type HandClock, handClock, reinstated, removed } from './with-receiver.ts'

export const policyKeys = await generateKeys()

export interface PolicyScene {
  readonly portal: TestPortal
  readonly receiver: Receiver
  readonly policy: Policy
  readonly clock: HandClock
  readonly cases: CaseStore
  readonly alarms: PolicyAlarm[]
  readonly lines: PolicyLine[]
  readonly ran: string[]
  /** What was reported, item by item, receipts left out. */
  reported(): string[]
  drain(): Promise<void>
  /** Another policy over the same cases and receiver, as after a restart. */
  restarted(options?: Partial<PolicyOptions>): Promise<Policy>
}

export type GivenPolicy = Partial<PolicyOptions> & { readonly on?: (ran: string[]) => Partial<PolicyHandlers> }

/** A portal, a receiver, and a policy between it and its handlers, on a clock that only moves by hand. */
export async function withPolicy(
  { on, ...options }: GivenPolicy,
  work: (scene: PolicyScene) => Promise<void>,
): Promise<void> {
  const clock = handClock('2026-11-21T09:00:00.000Z')
  const portal = await createTestPortal({ clock })
  const cases = options.cases ?? memoryCases()
  const [alarms, lines, ran]: [PolicyAlarm[], PolicyLine[], string[]] = [[], [], []]
  const own = {
    cases,
    keys: policyKeys,
    clock,
    onAlarm: (alarm: PolicyAlarm) => void alarms.push(alarm),
    log: (line: PolicyLine) => void lines.push(line),
    ...options,
  }
  let policy = await openPolicy(own)
  const opened = [policy]
  const handlers: PolicyHandlers = {
    'notice.issued': (notice, { handled }) => {
      ran.push(['issued', ...notice.items.map(({ id }) => id), ...handled.map((id) => `(${id})`)].join(' '))
      return notice.items.map(({ id }) => removed(id))
    },
    'notice.withdrawn': (withdrawal) => {
      ran.push(`withdrawn ${withdrawal.items.join(' ')}`)
      return withdrawal.items.map((id) => reinstated(id))
    },
    'notice.closed': (closing) => {
      ran.push(`closed ${closing.items.map(({ id }) => id).join(' ')}`)
      return undefined
    },
    ...on?.(ran),
  }
  let wrapped = policy.wrap(handlers)
  const receiver: Receiver = await createReceiver({
    issuer: portal.issuer,
    audience: portal.attach({
      signingKeys: policyKeys.signing.map(({ publicJwk }) => publicJwk),
      sealingKey: policyKeys.sealing[0]?.publicJwk ?? null,
      to: (request) => receiver.handle(request),
    }).audience,
    keys: policyKeys,
    inbox: memoryStore(),
    clock,
    // Whatever policy stands at present: a restarted one takes over.
    on: new Proxy({} as PolicyHandlers, { get: (_, name) => wrapped[name as keyof PolicyHandlers] }) as never,
  })
  await policy.start(receiver)
  const scene: PolicyScene = {
    portal,
    receiver,
    get policy() {
      return policy
    },
    clock,
    cases,
    alarms,
    lines,
    ran,
    reported: () =>
      portal.reports.flatMap((report) =>
        report.type === 'items.reported'
          ? report.message.results.map(({ item, outcome, by }) => `${item} ${outcome} ${by}`)
          : [],
      ),
    async drain() {
      await policy.drain()
      await receiver.drain()
    },
    async restarted(changed = {}) {
      await policy.stop()
      policy = await openPolicy({ ...own, ...changed })
      opened.push(policy)
      wrapped = policy.wrap(handlers)
      await policy.start(receiver)
      return policy
    },
  }
  try {
    await work(scene)
  } finally {
    await receiver.stop(0)
    for (const each of opened) await each.stop()
    await portal.stop()
  }
}
