import type { InboxMessage } from '../inbox/inbox.ts'
import { eventTypes, type Message, type NoticeIssued, type NoticeItem, type TypedMessage } from '../protocol.ts'
import { contextOf, noticeContextOf } from './context.ts'
import type { Core } from './core.ts'
import type { Answer, HandlerContext, Handlers, NoticeContext } from './handlers.ts'
import type { Outcome, Reinstatement } from './outcomes.ts'
import { fromStored, isErased, readStored } from './stored.ts'

export interface Ran {
  /** False: there is no function for it. */
  readonly ran: boolean
  readonly results: readonly (Outcome | Reinstatement)[]
  readonly context: NoticeContext | null
}

/** Gives one stored message to the function for it, with the items that are still to be dealt with. */
export async function runHandler(
  core: Core,
  on: Handlers,
  message: InboxMessage,
  thread: readonly InboxMessage[],
  items: readonly string[],
): Promise<Ran> {
  const { txn, attempts } = message
  const reading = readStored(message)
  const context = txn === null ? null : noticeContextOf(core, { ...message, txn }, thread, attempts)
  const simple = context ?? contextOf(core, message, attempts)
  // Which message a handler takes goes by its name, as `Handlers` says; the type of one cannot be told from a name at hand.
  const handler = on[message.type as keyof Handlers] as Handler | undefined
  if (reading.read === 'message' && handler !== undefined) {
    return { ran: true, results: (await handler.call(on, bodyFor(reading, thread, items), simple)) ?? [], context }
  }
  await on.onUnknown?.(fromStored(message.raw).event, simple)
  return { ran: on.onUnknown !== undefined, results: [], context: null }
}

type Handler = (body: Message, context: HandlerContext) => Answer<Outcome | Reinstatement>

function bodyFor(reading: TypedMessage, thread: readonly InboxMessage[], items: readonly string[]): Message {
  switch (reading.type) {
    case eventTypes.issued:
      return newest(reading.message, thread, items)
    case eventTypes.withdrawn:
      return { ...reading.message, items: [...items] }
    case eventTypes.corrected:
      return { ...reading.message, items: reading.message.items.filter(({ id }) => items.includes(id)) }
    default:
      return reading.message
  }
}

/** The items left to deal with, each as the latest correction has it. */
function newest(notice: NoticeIssued, thread: readonly InboxMessage[], items: readonly string[]): NoticeIssued {
  const corrected = new Map<string, NoticeItem>()
  const corrections = thread
    .filter(({ type, raw, seq }) => type === 'notice.corrected' && !isErased(raw) && (seq ?? 0) > notice.seq)
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
