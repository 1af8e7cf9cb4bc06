import type { Receiver } from './create-receiver.ts'
import { isErased } from './stored.ts'

/**
 * Gives a notice to its handlers again, with every item that still stands, as if none had run for them: after a person has
 * decided, say. False where there is none of that id, where it was closed, or while it waits for a handler anyway.
 */
export async function rerun(receiver: Pick<Receiver, 'attach'>, notice: string): Promise<boolean> {
  let found = false
  await receiver.attach(async ({ store, clock, dispatcher }) => {
    const patch = { state: 'waiting', attempts: 0, nextAt: clock.now().toISOString(), handled: [] } as const
    const again = (await store.thread(notice)).filter(
      ({ type, state, raw }) => state !== 'quarantined' && !isErased(raw) && /^notice\.(issued|corrected)$/.test(type),
    )
    if (again.length === 0 || again.some(({ state }) => state === 'waiting')) return null
    await store.change({ messages: again.map(({ id }) => ({ id, patch })) })
    for (const message of again) dispatcher.add({ ...message, ...patch })
    found = true
    return null
  })
  return found
}
