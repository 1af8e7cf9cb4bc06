import type { CaseStore } from '../inbox/cases.ts'
import { checkOutgoing, eventTypes, type NoticeItem } from '../protocol.ts'
import type { Clock } from '../receiver/core.ts'
import type { Receiver } from '../receiver/create-receiver.ts'
import type { Handlers, NoticeContext } from '../receiver/handlers.ts'
import type { Outcome } from '../receiver/outcomes.ts'
import { checkKeys, type KeyPair, type OwnKeys } from '../receiver/own-keys.ts'
import { rerun } from '../receiver/rerun.ts'
import { Refusal } from '../refusals.ts'
import { Breaker, type Spent } from './breaker.ts'
import { type SignedDecision, sameAnswer, signDecision } from './decision.ts'
import type { Desk, PolicyAlarm, PolicyLine } from './desk.ts'
import { lineOf, underPolicy } from './handlers.ts'
import { type About, type PolicyItem, PolicyItems } from './items.ts'
import { type PolicyHandlers, withStatement } from './policy-context.ts'
import { approve, beyond, type Guard, type Reach, type Rule, type Why } from './rule.ts'
import type { Provider } from './statement.ts'

/** What a policy is made from. */
export interface PolicyOptions {
  /** Where the queue, the decisions and what was spent are kept: `fileCases(folder)`, or `sqlCases` in a database. */
  readonly cases: CaseStore
  /** The first signing key signs decisions: the receiver's keys will do. */
  readonly keys: OwnKeys
  /** `approve()` unless said otherwise. */
  readonly rule?: Rule
  /** How far one measure may reach, under every rule: one site and one mailbox unless said otherwise. */
  readonly guard?: Partial<Guard>
  /**
   * How far the measure for an item would reach, asked before anything is done. Left out: a file or a page is one site, and
   * how much an account or a site is, nobody knows, so that nothing is done about one.
   */
  readonly reach?: (item: NoticeItem, context: NoticeContext) => Promise<Reach>
  /** Who you are to your customers, for `context.customerStatement`. */
  readonly provider?: Provider
  /** Told what a person should know: ids and codes, never an address. */
  readonly onAlarm?: (alarm: PolicyAlarm) => void
  /** Told what became of each item: ids and codes, never an address. With `observe` this is all there is. */
  readonly log?: (line: PolicyLine) => void
  readonly clock?: Clock
}

/** An item that waits for a person, without its address: that is `reveal`. */
export interface Waiting extends About {
  readonly notice: string
  readonly item: string
  readonly seq: number
  readonly why: Why | null
  readonly askedAt: string
  readonly due: string | null
  readonly reach: Reach | null
}

/** What a person says. Each item is named once: `approved` lets your handler act, `answered` reports this instead. */
export interface Decide {
  /** Who decided, as your company names its people. */
  readonly by: string
  readonly approved?: readonly string[]
  readonly answered?: readonly Outcome[]
  /** Why, for your own files. It is signed with the rest: name no address. */
  readonly reason?: string
}

/** What a person decided. */
export type Decided =
  /** Durable, signed, and about to be carried out. */
  | { readonly result: 'recorded'; readonly decision: SignedDecision }
  /** The same was decided before; that decision holds, and nothing happens twice. */
  | { readonly result: 'already-recorded'; readonly decision: SignedDecision }
  /** Nothing was recorded, for any item named: */
  | { readonly result: 'unknown-item' | 'decided-otherwise' | 'over' | 'beyond-guard'; readonly item: string }

/** What stands between the receiver and the handlers. */
export interface Policy {
  readonly rule: Rule
  /** Your handlers under this policy: what `createReceiver` takes as `on`. */
  wrap(handlers: PolicyHandlers): Handlers
  /** What waits for a person, the least time left first. */
  waiting(): Waiting[]
  /** The item with its address, for somebody who has to decide. Who looked is kept. Null where nothing waits. */
  reveal(notice: string, item: string, by: string): Promise<NoticeItem | null>
  /**
   * A person's decision, as a whole or not at all. Durable and signed when it resolves; carried out after that, through
   * the receiver, as often as a crash needs. Saying the same again changes nothing.
   */
  decide(notice: string, decide: Decide): Promise<Decided>
  /** The signed decisions about a notice, in their order. They stay when the notice is closed: they are evidence. */
  decisions(notice: string): Promise<SignedDecision[]>
  /** From here on decisions are carried out and deadlines watched; begins with what was decided before a restart. */
  start(receiver: Pick<Receiver, 'attach'>): Promise<void>
  /** Does what is due now; for tests and scripts. */
  drain(): Promise<void>
  /** After `receiver.stop`. */
  stop(): Promise<void>
}

const second = 1000
const day = 86_400_000

/**
 * Few want to act unseen on everything. A policy stands between the receiver and your handlers:
 * `openPolicy({ cases, keys })` lets nothing through until a person has decided; `auto` and `observe` are the other rules.
 */
export async function openPolicy(options: PolicyOptions): Promise<Policy> {
  const keys = await checkKeys(options.keys)
  const { cases } = options
  const clock = options.clock ?? { now: () => new Date() }
  await cases.open()
  const items = new PolicyItems(cases)
  await items.load()
  const spent = (await cases.list('policy spent ')).map(([name, value]) => [name, JSON.parse(value) as Spent] as const)
  let queue: Promise<unknown> = Promise.resolve()
  let receiver: Pick<Receiver, 'attach'> | null = null
  let timer: ReturnType<typeof setInterval> | undefined
  let stopped = false

  const desk: Desk = {
    rule: options.rule ?? approve(),
    guard: { sites: 1, mailboxes: 1, ...options.guard },
    reach: options.reach ?? null,
    cases,
    keys,
    clock,
    items,
    breaker: new Breaker(spent),
    alarm: (alarm) => options.onAlarm?.(alarm),
    log: (line) => options.log?.(line),
    turn(work) {
      const mine = queue.then(work)
      queue = mine.catch(() => undefined)
      return mine
    },
  }

  /** Whether the receiver has still to be asked to run its notice again. */
  const owes = ({ state, nudged }: PolicyItem) =>
    !nudged && (/^(approved|answered)$/.test(state) || (state === 'observed' && desk.rule.rule !== 'observe'))

  async function nudge(notice: string): Promise<void> {
    await desk.turn(async () => {
      const kept = items.of(notice)
      if (receiver === null || desk.rule.rule === 'observe' || !kept.some(owes) || !(await rerun(receiver, notice)))
        return
      // It ran to its end before it could be asked again, so what was done by then has been written down as a report.
      await items.write(
        kept
          .filter((item) => owes(item) || (item.state === 'done' && !item.reported))
          .map((item) => (item.state === 'done' ? { ...item, reported: true } : { ...item, nudged: true })),
      )
    })
  }

  async function drain(): Promise<void> {
    for (const notice of new Set(
      items
        .all()
        .filter(owes)
        .map((item) => item.notice),
    ))
      await nudge(notice)
    await desk.turn(async () => {
      const late = items.all().filter((item) => item.state === 'asked' && !item.alarmed && isLate(item, clock.now()))
      await items.write(late.map((item) => ({ ...item, alarmed: true })))
      for (const { notice, item, due } of late)
        desk.alarm({ code: 'decision_due', notice, item, due: due ?? undefined })
    })
  }

  async function decide(notice: string, given: Decide): Promise<Decided> {
    const { approved = [], answered = [] } = given
    check(notice, given)
    const decided = await desk.turn(async (): Promise<Decided> => {
      const named = [
        ...approved.map((id) => [id, null] as const),
        ...answered.map((answer) => [answer.item, answer] as const),
      ]
      const fresh: PolicyItem[] = []
      let known: PolicyItem | undefined
      for (const [id, answer] of named) {
        const item = items.find(notice, id)
        if (item === null) return { result: 'unknown-item', item: id }
        if (item.state === 'over' || item.state === 'observed') return { result: 'over', item: id }
        if (item.state !== 'asked') {
          if (item.decision === null || !sameAnswer(item.answer, answer))
            return { result: 'decided-otherwise', item: id }
          known = item
          continue
        }
        const guarded =
          answer === null && (item.reach !== null || desk.reach === null) ? beyond(desk.guard, item.reach) : null
        if (guarded !== null) return { result: 'beyond-guard', item: id }
        fresh.push({ ...item, state: answer === null ? 'approved' : 'answered', answer: answer && human(answer) })
      }
      const [first] = fresh
      if (first === undefined)
        return { result: 'already-recorded', decision: await keptDecision(notice, known?.decision) }
      const at = clock.now()
      const decision = await signDecision(
        {
          v: 1,
          notice,
          seq: Math.max(...fresh.map(({ seq }) => seq)),
          set_sha256: first.setSha256,
          by: given.by,
          at: at.toISOString(),
          approved: fresh.filter(({ state }) => state === 'approved').map(({ item }) => item),
          answered: fresh.flatMap(({ item, answer }) =>
            answer === null ? [] : { item, outcome: answer.outcome, ...(answer.reason && { reason: answer.reason }) },
          ),
          ...(given.reason !== undefined && { reason: given.reason }),
        },
        keys.signing[0] as KeyPair,
      )
      const written = fresh.map((item) => ({ ...item, decision: decision.id, nudged: false, alarmed: false }))
      await items.write(written, {
        [`policy decision ${notice} ${decision.at} ${decision.id}`]: JSON.stringify(decision),
      })
      for (const item of written) desk.log(lineOf(item, 'decided', at))
      return { result: 'recorded', decision }
    })
    if (decided.result === 'recorded') await nudge(notice)
    return decided
  }

  async function decisions(notice: string): Promise<SignedDecision[]> {
    return (await cases.list(`policy decision ${notice} `)).map(([, value]) => JSON.parse(value) as SignedDecision)
  }

  async function keptDecision(notice: string, id: string | null | undefined): Promise<SignedDecision> {
    return (await decisions(notice)).find((decision) => decision.id === id) as SignedDecision
  }

  return {
    rule: desk.rule,
    wrap: (handlers) => underPolicy(desk, withStatement(handlers, desk, options.provider ?? null)),
    waiting: () =>
      items
        .all()
        .filter(({ state }) => state === 'asked')
        .sort(
          (one, other) => (one.due ?? '9').localeCompare(other.due ?? '9') || one.askedAt.localeCompare(other.askedAt),
        )
        .map(({ notice, item, seq, why, askedAt, due, reach, about }) => ({
          notice,
          item,
          seq,
          why,
          askedAt,
          due,
          reach,
          ...about,
        })),
    async reveal(notice, item, by) {
      const found = items.find(notice, item)
      if (found?.state !== 'asked' || found.contents === null) return null
      await cases.write({ [`policy revealed ${notice} ${clock.now().toISOString()} ${item}`]: by })
      return found.contents
    },
    decide,
    decisions,
    async start(to) {
      receiver = to
      await drain()
      clearInterval(timer)
      timer = setInterval(() => void drain().catch(() => undefined), second)
      timer.unref()
    },
    drain,
    async stop() {
      if (stopped) return
      stopped = true
      clearInterval(timer)
      receiver = null
      await queue
      await cases.close()
    },
  }
}

/** No more than a quarter of its time is left; of a day, where the notice names no time. */
function isLate({ askedAt, due }: PolicyItem, now: Date): boolean {
  const from = Date.parse(askedAt)
  const end = due === null ? from + day : Date.parse(due)
  return now.getTime() >= end - Math.max(end - from, 0) / 4
}

function human(answer: Outcome): Outcome {
  return { ...answer, by: 'human' }
}

function check(notice: string, { by, approved = [], answered = [] }: Decide): void {
  const named = [...approved, ...answered.map(({ item }) => item)]
  if (typeof by !== 'string' || by.trim() === '')
    throw new Refusal('policy_invalid', 'A decision says who made it: give by.')
  if (named.length === 0 || new Set(named).size < named.length) {
    throw new Refusal('policy_invalid', 'Name each item once, among approved or answered, and at least one.')
  }
  if (answered.length === 0) return
  const body = { v: 1, notice, seq: 1, results: answered.map(human) }
  const checked = checkOutgoing(eventTypes.reported, body)
  if (checked.ok) return
  const told = checked.errors.map(({ pointer, message }) => `${pointer || '/'}: ${message}`).join(' ')
  throw new Refusal('report_invalid', `This cannot be reported. ${told}`)
}
