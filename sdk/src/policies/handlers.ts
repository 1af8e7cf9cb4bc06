import { eventTypes, type NoticeIssued, type NoticeItem } from '../protocol.ts'
import type { Answer, Handlers, NoticeContext } from '../receiver/handlers.ts'
import type { Outcome, Reinstatement } from '../receiver/outcomes.ts'
import type { Desk, PolicyLine } from './desk.ts'
import type { PolicyItem } from './items.ts'
import { type Brought, type Judged, judge } from './judge.ts'
import type { Reach } from './rule.ts'

/** Your handlers, which from now on hear only of what the policy lets through. */
export function underPolicy(desk: Desk, on: Handlers): Handlers {
  const { items, turn } = desk
  /** What comes up under a name the handlers do not have goes where the receiver would have sent it. */
  const unknown = (type: string, body: unknown, context: NoticeContext) => on.onUnknown?.({ type, body }, context)

  async function act(
    handler: PolicyItem['handler'],
    notice: NoticeIssued | null,
    found: readonly NoticeItem[],
    context: NoticeContext,
    run: (items: NoticeItem[], context: NoticeContext) => Answer<Outcome>,
  ): Promise<readonly Outcome[] | undefined> {
    if (notice === null) return undefined
    const brought: Brought[] = await Promise.all(
      found.map(async (item) => ({
        handler,
        item,
        notice,
        context,
        reach: await reachOf(desk, notice, item, context),
      })),
    )
    const acting = await turn(async () => {
      const judged = brought.map((one) => [one, judge(desk, one)] as const)
      await write(desk, judged)
      return judged.flatMap(([{ item }, step]) => (step.act ? [item] : []))
    })
    let beside: readonly Outcome[] = []
    if (acting.length > 0) {
      const results = (await run(acting, withHandled(context, notice.notice))) ?? []
      beside = await turn(() => settle(notice.notice, acting, results, context))
    }
    const owed = items
      .of(notice.notice)
      .filter((item) => item.state === 'done' && !item.reported && item.handler === handler)
    const answer = [...owed.flatMap(({ results }) => results ?? []), ...beside]
    return answer.length === 0 ? undefined : answer
  }

  /** What a handler said, kept until it is known to be written down. Answers what it said of items it was not given. */
  async function settle(
    notice: string,
    acting: readonly NoticeItem[],
    results: readonly Outcome[],
    context: NoticeContext,
  ): Promise<Outcome[]> {
    const done = acting.flatMap(({ id }) => {
      const item = items.find(notice, id)
      if (item === null) return []
      const said = results.filter((result) => result.item === id)
      // Where a person decided, it was not a program that did.
      const own = item.decision === null ? said : said.map((result) => ({ ...result, by: 'human' as const }))
      return [{ ...item, state: 'done' as const, results: own, contents: null, reported: false }]
    })
    await items.write(done)
    for (const item of done) desk.log(lineOf(item, 'done', context.now()))
    const given = new Set(acting.map(({ id }) => id))
    return results.filter(({ item }) => !given.has(item))
  }

  function withHandled(context: NoticeContext, notice: string): NoticeContext {
    const kept = new Map(items.of(notice).map((item) => [item.item, item]))
    const handled = context.handled.filter((id) => kept.get(id)?.acted ?? true)
    return { ...context, handled }
  }

  /** What nobody has begun is over without a handler; what was begun, or was there before the policy, is for it. */
  async function withdrawn(
    withdrawal: Parameters<Handlers['notice.withdrawn']>[0],
    context: NoticeContext,
  ): Promise<readonly (Outcome | Reinstatement)[] | undefined> {
    const { notice } = withdrawal
    const began = (id: string) => items.find(notice, id)?.acted ?? true
    const theirs = withdrawal.items.filter(began)
    const quiet = withdrawal.items.filter((id) => !began(id))
    await over(notice, quiet, context)
    const answer =
      theirs.length === 0
        ? []
        : ((await on['notice.withdrawn']({ ...withdrawal, items: theirs }, withHandled(context, notice))) ?? [])
    await over(notice, theirs, context)
    if (desk.rule.rule === 'observe' || !withdrawal.restore) return answer
    const at = context.now().toISOString()
    const note = 'Nothing had been done about it.'
    return [...answer, ...quiet.map((item) => ({ item, outcome: 'reinstated', at, by: 'auto', note }) as const)]
  }

  function over(notice: string, ids: readonly string[], context: NoticeContext): Promise<void> {
    return turn(async () => {
      const ended = ids
        .flatMap((id) => items.find(notice, id) ?? [])
        .map((item) => ({
          ...item,
          state: 'over' as const,
          contents: null,
        }))
      await items.write(ended)
      for (const item of ended) desk.log(lineOf(item, 'over', context.now()))
    })
  }

  const corrected = on['notice.corrected']
  return {
    ...on,
    'notice.issued': (notice, context) =>
      act('notice.issued', notice, notice.items, context, (acting, own) =>
        on['notice.issued']({ ...notice, items: acting }, own),
      ),
    'notice.withdrawn': withdrawn,
    async 'notice.corrected'(correction, context) {
      const run = (acting: NoticeItem[], own: NoticeContext): Answer<Outcome> =>
        corrected?.call(on, { ...correction, items: acting }, own)
      if (corrected !== undefined) return act('notice.corrected', context.notice, correction.items, context, run)
      // Nobody to act on a correction; what waits is shown as it is now all the same.
      const waits = correction.items.filter(({ id }) =>
        /asked|approved|answered/.test(items.find(correction.notice, id)?.state ?? ''),
      )
      await act('notice.corrected', context.notice, waits, context, run)
      await unknown(eventTypes.corrected, correction, context)
      return undefined
    },
    async 'deadline.changed'(change, context) {
      await turn(async () => {
        const waiting = change.items.flatMap((id) => items.find(change.notice, id) ?? [])
        await items.write(
          waiting.map((item) => ({ ...item, due: context.deadline?.due.toISOString() ?? item.due, alarmed: false })),
        )
      })
      if (on['deadline.changed'] !== undefined) return on['deadline.changed'](change, context)
      await unknown(eventTypes.deadlineChanged, change, context)
      return undefined
    },
    async 'notice.closed'(closing, context) {
      const theirs = closing.items.filter(({ id }) => items.find(closing.notice, id)?.acted ?? true)
      const run = on['notice.closed']
      let answer: readonly Outcome[] | undefined
      if (run !== undefined && theirs.length > 0) {
        answer = await run.call(on, { ...closing, items: theirs }, withHandled(context, closing.notice))
      } else if (run === undefined) await unknown(eventTypes.closed, closing, context)
      await turn(() => items.forget(closing.notice))
      return answer
    },
  }
}

async function write(desk: Desk, judged: readonly (readonly [Brought, Judged])[]): Promise<void> {
  const spent = judged.flatMap(([, { spends }]) => spends ?? [])
  const { now } = judged[0]?.[0].context ?? { now: () => desk.clock.now() }
  const old = spent.length === 0 ? [] : desk.breaker.forget(now())
  const next = judged.flatMap(([, step]) => step.next ?? [])
  try {
    await desk.items.write(next, {
      ...Object.fromEntries(old.map((name) => [name, null])),
      ...Object.fromEntries(spent.map((name) => [name, JSON.stringify(desk.breaker.spentOn(name))])),
    })
  } catch (error) {
    for (const name of spent) desk.breaker.giveBack(name)
    throw error
  }
  for (const [, { next, alarm }] of judged) {
    if (next === null) continue
    desk.log(lineOf(next, codes[next.state], now()))
    if (alarm !== undefined)
      desk.alarm({ code: alarm, notice: next.notice, item: next.item, due: next.due ?? undefined })
  }
}

const codes = {
  observed: 'observed',
  asked: 'asked',
  approved: 'decided',
  answered: 'decided',
  acting: 'acting',
  done: 'done',
  over: 'over',
} as const satisfies Record<PolicyItem['state'], PolicyLine['code']>

export function lineOf(item: PolicyItem, code: PolicyLine['code'], at: Date): PolicyLine {
  const { notice, why, about } = item
  const { regime, category, notifier } = about
  return { at: at.toISOString(), code, notice, item: item.item, why, regime, category, notifier: notifier.id }
}

/** Null where it is not known. A file or a page is at most the site it stands on. */
async function reachOf(
  desk: Desk,
  notice: NoticeIssued,
  item: NoticeItem,
  context: NoticeContext,
): Promise<Reach | null> {
  if (desk.rule.rule === 'observe') return null
  if (desk.reach === null) return item.scope === 'file' || item.scope === 'page' ? { sites: 1, mailboxes: 0 } : null
  const before = desk.items.find(notice.notice, item.id)
  if (before?.state === 'done' || before?.state === 'answered') return before.reach
  try {
    return await desk.reach(item, context)
  } catch (error) {
    // A decision is not undone because a panel does not answer: the handler runs again. Before one, a person may see it.
    if (before?.state === 'approved' || before?.state === 'acting') throw error
    return null
  }
}
