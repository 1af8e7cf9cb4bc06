import type { CaseStore } from '../inbox/cases.ts'
import type { Guard, Reach } from '../policies/rule.ts'
import type { NoticeItem } from '../protocol.ts'
import type { Clock } from '../receiver/core.ts'
import type { Handlers, NoticeContext } from '../receiver/handlers.ts'
import type { Outcome, Reinstatement } from '../receiver/outcomes.ts'
import { always, type Chain, putBack, refOf, removeItem, run } from './chain.ts'
import { type Copy, type Progress, ProgressStore, sameState } from './progress.ts'
import { type Kept, StepFailed, type StepName, type Steps } from './steps.ts'

/**
 * Something a person should know: ids and codes only.
 *
 * - `beyond_guard`: the measure would reach further than the guard lets through; nothing was done.
 * - `step_failing`: a step failed, for the `attempt`-th time, and is tried again.
 * - `step_failed`: a step failed as often as it is tried, and the item was answered `cannot_execute`.
 * - `changed_by_another`: the state is neither the one before nor the one we made, so nothing was put back over it.
 * - `rested_on`: a withdrawal put nothing back, since another notice found the place as this one had left it, and still stands.
 * - `held`: the notice is closed and what was set aside stays, since a hold has no end, or nobody knows how far its removal came.
 * - `copy_left`: the hold on a copy of something that was put back has ended, and there is no step `discard` to delete it.
 */
export interface RemovalAlarm {
  readonly code:
    | 'beyond_guard'
    | 'step_failing'
    | 'step_failed'
    | 'changed_by_another'
    | 'rested_on'
    | 'held'
    | 'copy_left'
  readonly notice: string
  readonly item: string
  readonly step?: StepName
  readonly attempt?: number
}

/** What a removal is made from. */
export interface RemovalOptions<Target extends Kept, State extends Kept> {
  /** Where it is kept how far each item has come: `fileCases(folder)`, or `sqlCases` in a database. A policy may use the same. */
  readonly cases: CaseStore
  readonly steps: Steps<Target, State>
  /** How far one measure may reach: one site and one mailbox unless said otherwise. */
  readonly guard?: Partial<Guard>
  /** Whether `suspend` may be used for items of scope `account`. Off unless said otherwise. */
  readonly suspend?: boolean
  /** Looks in a row that have to find it gone; 3 unless said otherwise. */
  readonly looks?: number
  /** Milliseconds between two looks; 2000 unless said otherwise. */
  readonly between?: number
  /** How often a step is tried, minutes apart in the end, before the item is answered `cannot_execute`; 5 unless said otherwise. */
  readonly tries?: number
  readonly onAlarm?: (alarm: RemovalAlarm) => void
  readonly clock?: Clock
}

/** A removal in steps, as the receiver calls it. */
export interface Removal {
  /** What `createReceiver` takes as `on`, or a policy's `wrap`. */
  readonly on: Pick<Handlers, 'notice.issued' | 'notice.withdrawn'> &
    Required<Pick<Handlers, 'notice.corrected' | 'notice.closed'>>
  /** How far the measure for an item would reach, for a policy. */
  reach(item: NoticeItem, context: NoticeContext): Promise<Reach>
  /** Destroys what was closed, and copies of what was put back, once their hold has ended; by itself every minute. */
  drain(): Promise<void>
  /** After `receiver.stop`. */
  stop(): Promise<void>
}

const minute = 60_000

/**
 * Handlers made of steps: resolve, block, preserve, purge, verify, report. Each step's answer is durable before the next
 * begins, so that a crash or a failure repeats the step that was running and no other. A withdrawal puts back the state
 * read before; a closing destroys, once no hold runs any more.
 */
export async function openRemoval<Target extends Kept, State extends Kept>(
  options: RemovalOptions<Target, State>,
): Promise<Removal> {
  const { cases, steps, tries = 5 } = options
  await cases.open()
  const kept = new ProgressStore<Target, State>(cases)
  const alarm = (given: RemovalAlarm) => options.onAlarm?.(given)
  const clock = options.clock ?? { now: () => new Date() }
  const stopping = new AbortController()
  let sweeping: Promise<void> = Promise.resolve()
  const chain: Chain<Target, State> = {
    steps,
    kept,
    guard: { sites: 1, mailboxes: 1, ...options.guard },
    suspend: options.suspend ?? false,
    looks: Math.max(1, options.looks ?? 3),
    between: options.between ?? 2000,
    alarm: (code, notice, item) => alarm({ code, notice, item }),
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  }

  /** All items side by side. What failed is tried again with the next run; what was done answers at once then. */
  async function each<Given extends { readonly id: string }, Answer>(
    given: readonly Given[],
    context: NoticeContext,
    work: (one: Given) => Promise<Answer>,
  ): Promise<(Answer | Outcome)[]> {
    const ended = await Promise.allSettled(given.map(work))
    const failed = ended.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []))
    if (failed.length > 0 && (context.attempt < tries || !failed.every((error) => error instanceof StepFailed))) {
      for (const error of failed) if (error instanceof StepFailed) warn(error, context.caseId, context.attempt)
      throw failed[0]
    }
    return ended.map((end, index) => {
      if (end.status === 'fulfilled') return end.value
      const { step, item } = end.reason as StepFailed
      alarm({ code: 'step_failed', notice: context.caseId, item, step })
      const note = `The step ${step} failed ${context.attempt} times.`
      const at = context.now().toISOString()
      return {
        ...always(given[index] ?? { id: item }, at),
        outcome: 'cannot_execute',
        reason: 'technical',
        note,
      } as const
    })
  }

  const warn = ({ step, item }: StepFailed, notice: string, attempt: number) =>
    alarm({ code: 'step_failing', notice, item, step, attempt })

  const remove = (items: readonly NoticeItem[], context: NoticeContext) =>
    each(items, context, (item) => removeItem(chain, item, context))

  // Of two withdrawals about one place each has to see what the other has left.
  let lastTakenBack: Promise<unknown> = Promise.resolve()
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = lastTakenBack.then(work, work)
    lastTakenBack = mine
    return mine
  }

  async function takeBack(id: string, context: NoticeContext): Promise<Outcome | Reinstatement> {
    const progress = await kept.find(context.caseId, id)
    const result = progress === null ? 'nothing' : await putBack(chain, progress, refOf(context, id, progress.round))
    const base = always({ id }, context.now().toISOString())
    if (result === 'another') {
      const note = 'Another has changed it since; a person has to look.'
      return { ...base, outcome: 'cannot_execute', reason: 'technical', note }
    }
    if (result === 'passed-on') {
      const note = 'Another notice rests on it, and has it from now on: its withdrawal puts it back.'
      return { ...base, outcome: 'cannot_execute', reason: 'technical', note }
    }
    return { ...base, outcome: 'reinstated', ...(result === 'nothing' && { note: 'Nothing had been done about it.' }) }
  }

  /** What the police hold, what has no end to its hold, and what was only half done is not for the clock to destroy. */
  async function close(progress: Progress<Target, State>, context: NoticeContext): Promise<void> {
    const { before, after, measure, undone } = progress
    const ours = before !== undefined && !(after !== undefined && sameState(before.state, after.state))
    if (undone !== undefined || !ours || steps.destroy === undefined) return kept.forget(progress)
    const { basis, until } = context.preservation
    const ends = [until, progress.preserved?.until].filter((end) => end !== undefined).sort()
    if (measure === undefined || progress.held || progress.left || (basis !== 'none' && ends.length === 0)) {
      alarm({ code: 'held', notice: progress.notice, item: progress.item })
      await kept.keep({ ...progress, held: true })
      return
    }
    const destroyAfter = ends.at(-1) ?? context.now().toISOString()
    await destroyDue(await kept.keep({ ...progress, destroyAfter }), context.now())
  }

  const laterRef = ({ notice, item, round }: { notice: string; item: string; round: number }) =>
    refOf({ caseId: notice, deadline: null, signal: stopping.signal, now: () => clock.now() }, item, round)

  async function destroyDue(progress: Progress<Target, State>, now: Date): Promise<void> {
    const { destroyAfter, target, preserved, item } = progress
    if (destroyAfter === undefined || progress.held || Date.parse(destroyAfter) > now.getTime()) return
    await run('destroy', item, async () => steps.destroy?.(target, preserved ?? null, laterRef(progress)))
    await kept.forget(progress)
  }

  async function discardDue(copy: Copy<Target>, now: Date): Promise<void> {
    const { target, preserved, notice, item } = copy
    if (copy.held || Date.parse(preserved.until) > now.getTime()) return
    if (steps.discard === undefined) alarm({ code: 'copy_left', notice, item })
    else await run('discard', item, async () => steps.discard?.(target, preserved, laterRef(copy)))
    await kept.forgetCopy(copy)
  }

  // What fails here is tried every minute, for years if need be, and is said at the first time and every hour.
  const failures = new Map<string, number>()
  async function tryLater(about: { notice: string; item: string }, work: () => Promise<void>): Promise<void> {
    const name = `${about.notice} ${about.item}`
    try {
      await work()
      failures.delete(name)
    } catch (error) {
      const attempt = (failures.get(name) ?? 0) + 1
      failures.set(name, attempt)
      if (error instanceof StepFailed && attempt % 60 === 1) warn(error, about.notice, attempt)
    }
  }

  async function sweep(): Promise<void> {
    for (const progress of await kept.all()) await tryLater(progress, () => destroyDue(progress, clock.now()))
    for (const copy of await kept.allCopies()) await tryLater(copy, () => discardDue(copy, clock.now()))
  }

  const drain = (): Promise<void> => {
    sweeping = sweeping.then(sweep, sweep)
    return sweeping
  }
  const timer = setInterval(() => void drain().catch(() => undefined), minute)
  timer.unref()

  return {
    on: {
      'notice.issued': (notice, context) => remove(notice.items, context) as Promise<Outcome[]>,
      'notice.corrected': (correction, context) => remove(correction.items, context) as Promise<Outcome[]>,
      async 'notice.withdrawn'({ items, restore, reason }, context) {
        if (restore)
          return each(
            items.map((id) => ({ id })),
            context,
            ({ id }) => inTurn(() => takeBack(id, context)),
          )
        for (const id of items) {
          const progress = await kept.find(context.caseId, id)
          if (progress === null) continue
          await kept.keep({ ...progress, left: true, ...(reason === 'police_hold' && { held: true as const }) })
        }
        return undefined
      },
      async 'notice.closed'({ items }, context) {
        for (const { id } of items) {
          const progress = await kept.find(context.caseId, id)
          if (progress !== null) await close(progress, context)
        }
        return undefined
      },
    },
    async reach(item, context) {
      const ref = refOf(context, item.id)
      const resolved = await run('resolve', item.id, () => steps.resolve(item, ref))
      return resolved.found ? resolved.reach : { sites: 0, mailboxes: 0 }
    },
    drain,
    async stop() {
      clearInterval(timer)
      stopping.abort()
      await sweeping.catch(() => undefined)
      await cases.close()
    },
  }
}
