import type { InboxMessage, MessagePatch } from '../inbox/inbox.ts'
import { Refusal } from '../refusals.ts'
import { handlerDelays, isDue, jittered } from './backoff.ts'
import { highest } from './context.ts'
import type { Core } from './core.ts'
import type { Handlers } from './handlers.ts'
import { Lanes } from './lanes.ts'
import { signOutcomes } from './report.ts'
import { inOrder, planOf } from './revisions.ts'
import { runHandler } from './run-handler.ts'
import type { createSender } from './send-reports.ts'
import { issuedIn } from './stored.ts'

const longestNote = 500

/** From the inbox to the handlers: side by side between notices, one at a time within each. */
export function createDispatcher(
  core: Core,
  on: Handlers,
  sender: ReturnType<typeof createSender>,
  atOnce: number,
): Lanes<InboxMessage> {
  const attemptsAllowed = handlerDelays.length + 1

  async function work({ id }: InboxMessage): Promise<InboxMessage | 'parked' | null> {
    const message = await core.store.find(id)
    if (message === null || message.state !== 'waiting') return null
    const thread = message.txn === null ? [message] : await core.store.thread(message.txn)
    const plan = planOf(message, thread)
    if (plan.do === 'wait') return 'parked'
    if (plan.do === 'nothing') return settle(message, { state: 'done', note: plan.note })
    // Counted before it runs: a message on which the process dies must not take it down for ever.
    if (message.attempts >= attemptsAllowed) return giveUp(message, message.note ?? 'the process ended while it ran')
    const begun = { ...message, attempts: message.attempts + 1 }
    // And put off in case it dies once more, so that a process that starts and dies all the time gives nothing up in a minute.
    const nextAt = after(handlerDelays[message.attempts - 1] ?? 0)
    await core.store.change({ messages: [{ id, patch: { attempts: begun.attempts, nextAt } }] })
    try {
      return await run(begun, thread, plan.items)
    } catch (error) {
      return failed(begun, error)
    }
  }

  async function run(message: InboxMessage, thread: readonly InboxMessage[], items: readonly string[]): Promise<null> {
    const { ran, results, context } = await runHandler(core, on, message, thread, items)
    // A closing asks for nothing of those who set nothing aside.
    if (!ran && message.type !== 'notice.closed') {
      core.alarm({ code: 'message_unhandled', id: message.id, txn: message.txn ?? undefined })
    }
    const reports = []
    if (results.length > 0 && message.txn !== null) {
      checkItems(results, thread)
      const about = { notice: message.txn, seq: context?.seq ?? highest(thread) }
      reports.push(await signOutcomes(core, about, results, issuedIn(thread)?.report_to ?? null))
    }
    // The end of the handler and what it says are one write: the report is neither lost nor made twice.
    const handled = ran ? { handled: items, note: null } : { note: 'unhandled' }
    const done = { id: message.id, patch: { state: 'done', ...handled } as const }
    const over = message.type === 'notice.closed' ? emptied(message, thread) : []
    await core.store.change({ messages: [done, ...over], addReports: reports })
    for (const report of reports) sender.add(report)
    return null
  }

  async function failed(message: InboxMessage, error: unknown): Promise<InboxMessage | 'parked' | null> {
    if (core.stopping.aborted) {
      const { id, attempts, nextAt } = message
      await core.store.change({ messages: [{ id, patch: { attempts: attempts - 1, nextAt } }] })
      return 'parked'
    }
    const note = (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, longestNote)
    const delay = handlerDelays[message.attempts - 1]
    if (delay === undefined) return giveUp(message, note)
    const nextAt = after(delay)
    await core.store.change({ messages: [{ id: message.id, patch: { nextAt, note } }] })
    return { ...message, nextAt, note }
  }

  function after(delay: number): string {
    return new Date(core.clock.now().getTime() + jittered(delay)).toISOString()
  }

  async function giveUp(message: InboxMessage, note: string): Promise<null> {
    await settle(message, { state: 'dead', note })
    core.alarm({ code: 'message_dead', id: message.id, txn: message.txn ?? undefined })
    return null
  }

  async function settle(message: InboxMessage, patch: MessagePatch): Promise<null> {
    await core.store.change({ messages: [{ id: message.id, patch }] })
    return null
  }

  return new Lanes<InboxMessage>({
    lane: ({ txn, id }) => txn ?? id,
    pick: (waiting, now) => waiting.filter(({ nextAt }) => isDue(nextAt, now)).sort(inOrder)[0] ?? null,
    work,
    now: () => core.clock.now(),
    atOnce,
    failed: () => core.alarm({ code: 'store_failed' }),
  })
}

export function checkItems(results: readonly { readonly item: string }[], thread: readonly InboxMessage[]): void {
  const known = new Set(thread.flatMap(({ items }) => items))
  for (const { item } of results) {
    if (!known.has(item)) {
      throw new Refusal(
        'unknown_item',
        `The notice has no item ${String(item).slice(0, 80)}. Report on its own items only.`,
      )
    }
  }
}

/** Once a notice is closed nothing needs what its tokens say, and they name addresses; header and signature stay as evidence. */
function emptied(closing: InboxMessage, thread: readonly InboxMessage[]) {
  const others = thread.filter(({ id }) => id !== closing.id)
  if (others.some(({ state }) => state !== 'done')) return []
  return [closing, ...others].map(({ id, raw }) => ({ id, patch: { raw: raw.replace(/\..*\./, '..') } }))
}
