import type { InboxMessage } from '../inbox/inbox.ts'
import { durationMs, eventTypes, type NoticeIssued } from '../protocol.ts'
import type { Core } from './core.ts'
import type { Deadline, HandlerContext, NoticeContext } from './handlers.ts'
import { isErased, issuedIn, readStored } from './stored.ts'

export function contextOf(core: Core, message: InboxMessage, attempt: number): HandlerContext {
  return {
    receivedAt: new Date(message.receivedAt),
    attempt,
    signal: core.stopping,
    token: { jti: message.jti, setSha256: message.setSha256, raw: message.raw },
    now: () => core.clock.now(),
  }
}

export function noticeContextOf(
  core: Core,
  message: InboxMessage & { txn: string },
  thread: readonly InboxMessage[],
  attempt: number,
): NoticeContext {
  const notice = issuedIn(thread)
  return {
    ...contextOf(core, message, attempt),
    caseId: message.txn,
    // Where a message has no revision of its own, it speaks about the highest one that is held.
    seq: message.seq ?? highest(thread),
    notice,
    idempotencyKey: (item) =>
      `${message.txn}.${item}.${message.type.split('.')[1]}.${withdrawals(message, thread, item)}`,
    handled: [...new Set(thread.filter(({ id }) => id !== message.id).flatMap(({ handled }) => handled))],
    deadline: deadlineOf(core, message, notice, thread),
    preservation: notice?.preservation ?? { basis: 'none' },
  }
}

/** How often the item had been withdrawn before: what is put back and asked for again is another effect than the first. */
function withdrawals({ seq }: InboxMessage, thread: readonly InboxMessage[], item: string): number {
  return thread.filter(
    (other) => other.type === 'notice.withdrawn' && (other.seq ?? 0) < (seq ?? 0) && other.items.includes(item),
  ).length
}

export function highest(thread: readonly InboxMessage[]): number {
  return Math.max(1, ...thread.map(({ seq }) => seq ?? 1))
}

function deadlineOf(
  core: Core,
  message: InboxMessage,
  notice: NoticeIssued | null,
  thread: readonly InboxMessage[],
): Deadline | null {
  const changed = thread
    .filter(
      ({ type, raw, items }) =>
        type === 'deadline.changed' && !isErased(raw) && items.some((id) => concerns(message, id)),
    )
    .sort((one, other) => (other.seq ?? 0) - (one.seq ?? 0))
    .map(readStored)
    .flatMap((reading) =>
      reading.read === 'message' && reading.type === eventTypes.deadlineChanged ? reading.message.due : [],
    )
  // The first receipt starts the clock; a notice issued again does not start it again.
  const received = thread.filter(({ type }) => type === 'notice.issued').map(({ receivedAt }) => Date.parse(receivedAt))
  const [latest] = changed
  const within = notice?.deadline?.within
  if (latest === undefined && (within === undefined || received.length === 0)) return null
  const due = latest === undefined ? new Date(Math.min(...received) + durationMs(within ?? '')) : new Date(latest)
  return { due, remaining: () => due.getTime() - core.clock.now().getTime() }
}

function concerns(message: InboxMessage, item: string): boolean {
  return message.items.length === 0 || message.items.includes(item)
}
