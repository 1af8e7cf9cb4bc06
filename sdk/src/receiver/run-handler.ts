import type { InboxMessage } from '../inbox/inbox.ts'
import { eventTypes, type NoticeIssued, type NoticeItem, type TypedMessage } from '../protocol.ts'
import { contextOf, noticeContextOf } from './context.ts'
import type { Core } from './core.ts'
import type { Handlers, NoticeContext } from './handlers.ts'
import type { Outcome, Reinstatement } from './outcomes.ts'
import { fromStored, readStored } from './stored.ts'

export type Ran =
  | {
      readonly ran: true
      readonly results: readonly (Outcome | Reinstatement)[]
      readonly context: NoticeContext | null
    }
  | { readonly ran: false }

/** Gives one stored message to the function for it, with the items that are still to be dealt with. */
export async function runHandler(
  core: Core,
  on: Handlers,
  message: InboxMessage,
  thread: readonly InboxMessage[],
  items: readonly string[],
): Promise<Ran> {
  const attempt = message.attempts
  const reading = readStored(message)
  const simple = contextOf(core, message, attempt)
  if (reading.read !== 'message') return unknown()
  const context = message.txn === null ? null : noticeContextOf(core, { ...message, txn: message.txn }, thread, attempt)

  const typed: TypedMessage = reading
  switch (typed.type) {
    case eventTypes.issued:
      return answered(on['notice.issued'](newest(typed.message, thread, items), need(context)))
    case eventTypes.withdrawn:
      return answered(on['notice.withdrawn']({ ...typed.message, items: [...items] }, need(context)))
    case eventTypes.corrected: {
      const some = typed.message.items.filter(({ id }) => items.includes(id))
      return on['notice.corrected']
        ? answered(on['notice.corrected']({ ...typed.message, items: some }, need(context)))
        : unknown()
    }
    case eventTypes.deadlineChanged:
      return on['deadline.changed'] ? answered(on['deadline.changed'](typed.message, need(context))) : unknown()
    case eventTypes.closed:
      return on['notice.closed'] ? answered(on['notice.closed'](typed.message, need(context))) : unknown()
    case eventTypes.disputeAnswered:
      return on['dispute.answered'] ? answered(on['dispute.answered'](typed.message, need(context))) : unknown()
    case eventTypes.hashRecalled:
      if (!on['hash.recalled']) return unknown()
      await on['hash.recalled'](typed.message, simple)
      return { ran: true, results: [], context }
    case eventTypes.verification: // the 202 and the receipt were the answer
      return { ran: true, results: [], context }
    case eventTypes.received:
    case eventTypes.reported:
    case eventTypes.streamUpdated:
      return unknown()
  }

  async function answered(answer: ReturnType<Handlers['notice.withdrawn']>): Promise<Ran> {
    return { ran: true, results: (await answer) ?? [], context }
  }

  async function unknown(): Promise<Ran> {
    if (on.onUnknown === undefined) return { ran: false }
    await on.onUnknown(fromStored(message.raw).event, simple)
    return { ran: true, results: [], context: null }
  }
}

function need(context: NoticeContext | null): NoticeContext {
  if (context === null) throw new TypeError('A message about a notice has a notice.')
  return context
}

/** The items left to deal with, each as the latest correction has it. */
function newest(notice: NoticeIssued, thread: readonly InboxMessage[], items: readonly string[]): NoticeIssued {
  const corrected = new Map<string, NoticeItem>()
  const corrections = thread
    .filter(({ type, raw, seq }) => type === 'notice.corrected' && raw !== '' && (seq ?? 0) > notice.seq)
    .sort((one, other) => (one.seq ?? 0) - (other.seq ?? 0))
  for (const reading of corrections.map(readStored)) {
    if (reading.read !== 'message' || reading.type !== eventTypes.corrected) continue
    for (const item of reading.message.items) corrected.set(item.id, item)
  }
  return {
    ...notice,
    items: notice.items.filter(({ id }) => items.includes(id)).map((item) => corrected.get(item.id) ?? item),
  }
}
