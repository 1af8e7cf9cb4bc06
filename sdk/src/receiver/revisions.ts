import type { InboxMessage } from '../inbox/inbox.ts'

/** What to do with a message, seen beside everything else that is held about its notice. */
export type Plan =
  | { readonly do: 'run'; readonly items: readonly string[] }
  | { readonly do: 'nothing'; readonly note: 'withdrawn' | 'closed' | 'handled' | 'superseded' }
  /** Something before it has to be settled first. */
  | { readonly do: 'wait' }

type Ground = 'withdrawn' | 'closed' | 'handled' | 'superseded'

/** Items are what is decided about: the highest revision that names an item says what holds for it. */
export function planOf(message: InboxMessage, thread: readonly InboxMessage[]): Plan {
  const others = thread.filter(({ id, state }) => id !== message.id && state !== 'quarantined')
  const later = others.filter(({ seq }) => (seq ?? 0) > (message.seq ?? 0))
  const handled = (item: string) =>
    others.some(
      (other) =>
        other.type === 'notice.issued' &&
        other.handled.includes(item) &&
        !withdrawnBetween(other, message, thread, item),
    )
  const names = (type: string, item: string) => later.some((other) => other.type === type && other.items.includes(item))

  const against = (item: string): Ground | null => {
    const { type } = message
    if (type === 'notice.issued' || type === 'notice.corrected') {
      if (names('notice.withdrawn', item)) return 'withdrawn'
      if (names('notice.closed', item)) return 'closed'
      if (names(type, item)) return 'superseded'
      return type === 'notice.issued' && handled(item) ? 'handled' : null
    }
    // A withdrawal is never overtaken by a closing: what was taken down unjustly is put back first.
    if (type === 'notice.withdrawn') return names('notice.issued', item) ? 'superseded' : null
    return null
  }

  if (message.type === 'notice.closed' && others.some((other) => before(other, message) && holdsUp(other))) {
    return { do: 'wait' }
  }
  const grounds = message.items.map((item) => [item, against(item)] as const)
  const items = grounds.filter(([, ground]) => ground === null).map(([item]) => item)
  const [first] = grounds
  return items.length === 0 && first?.[1] ? { do: 'nothing', note: first[1] } : { do: 'run', items }
}

/** What was put back after a withdrawal and is then issued once more has to be dealt with once more. */
function withdrawnBetween(
  from: InboxMessage,
  to: InboxMessage,
  thread: readonly InboxMessage[],
  item: string,
): boolean {
  return thread.some(
    (other) =>
      other.type === 'notice.withdrawn' && before(from, other) && before(other, to) && other.items.includes(item),
  )
}

function before(other: InboxMessage, message: InboxMessage): boolean {
  return (other.seq ?? 0) < (message.seq ?? 0)
}

/** Closing deletes for good, so a withdrawal that has not been carried out, dead ones included, stands in its way. */
function holdsUp(other: InboxMessage): boolean {
  return other.type === 'notice.withdrawn' && (other.state === 'waiting' || other.state === 'dead')
}

/** The order in which what waits is tried: by revision, since later ones build on earlier ones. */
export function inOrder(one: InboxMessage, other: InboxMessage): number {
  return (one.seq ?? 0) - (other.seq ?? 0) || one.receivedAt.localeCompare(other.receivedAt)
}
