import type { InboxStore } from '../inbox/inbox.ts'
import type { Core } from './core.ts'
import type { createDispatcher } from './dispatch.ts'
import type { createSender } from './send-reports.ts'

/** Something that was given up and waits for a person. */
export interface DeadLetter {
  readonly id: string
  readonly kind: 'message' | 'report' | 'quarantined'
  readonly txn: string | null
  /** The event type of a message; `receipt` or `outcomes` for a report. */
  readonly type: string
  readonly at: string
  readonly attempts: number
  /** How it failed last: your handler's error, or the portal's `err` and description. May quote what your code put in. */
  readonly reason: string | null
}

export async function listDead(store: InboxStore): Promise<DeadLetter[]> {
  const [dead, quarantined, reports] = await Promise.all([
    store.messages('dead'),
    store.messages('quarantined'),
    store.reports('dead'),
  ])
  const messages = [...dead, ...quarantined].map(({ id, txn, type, receivedAt, attempts, note, state }) => ({
    id,
    kind: state === 'dead' ? ('message' as const) : ('quarantined' as const),
    txn,
    type,
    at: receivedAt,
    attempts,
    reason: note,
  }))
  const refused = reports.map(({ id, txn, kind, createdAt, attempts, err, description }) => ({
    id,
    kind: 'report' as const,
    txn,
    type: kind,
    at: createdAt,
    attempts,
    reason: description === null ? err : `${err}: ${description}`,
  }))
  return [...messages, ...refused].sort((one, other) => one.at.localeCompare(other.at))
}

export async function retryDead(
  core: Core,
  dispatcher: ReturnType<typeof createDispatcher>,
  sender: ReturnType<typeof createSender>,
  id: string,
): Promise<boolean> {
  const nextAt = core.clock.now().toISOString()
  const again = { state: 'waiting', attempts: 0, nextAt } as const
  const message = await core.store.find(id)
  if (message?.state === 'dead') {
    await core.store.change({ messages: [{ id, patch: again }] })
    dispatcher.add({ ...message, ...again })
    return true
  }
  const report = (await core.store.reports('dead')).find((dead) => dead.id === id)
  if (report === undefined) return false
  await core.store.change({ reports: [{ id, patch: again }] })
  sender.add({ ...report, ...again })
  return true
}
