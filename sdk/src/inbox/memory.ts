import { Refusal } from '../refusals.ts'
import { Contents, type Write } from './contents.ts'
import type { InboxStore } from './inbox.ts'

/**
 * A store that is gone with its process. For tests and for looking around: a notice answered with 202 and then lost is
 * exactly what a receiver must not do, so a server that counts takes `fileStore`, or a store of its own.
 */
export function memoryStore(): InboxStore {
  const contents = new Contents()
  let closed = false
  const asked = <T>(answer: () => T): Promise<T> =>
    closed
      ? Promise.reject(new Refusal('store_closed', 'The store was closed: it takes no more calls.'))
      : Promise.resolve().then(answer)
  // What goes in and comes out is a copy, as from any store, so that nobody's later change reaches what is kept.
  const copied = <T>(answer: () => T): Promise<T> => asked(() => structuredClone(answer()))
  const write = (change: Write): void => contents.apply(structuredClone(change))

  return {
    open: () => asked(() => undefined),
    add: (message, reports) =>
      copied(() => {
        const { write: change, answer } = contents.adding(message, reports)
        if (change !== null) write(change)
        return answer
      }),
    change: (change) => asked(() => write(change)),
    find: (id) => copied(() => contents.find(id)),
    thread: (txn) => copied(() => contents.thread(txn)),
    messages: (state) => copied(() => contents.messages(state)),
    reports: (state) => copied(() => contents.reports(state)),
    counts: () => asked(() => contents.counts()),
    setting: (name) => asked(() => contents.setting(name)),
    keep: (name, value) => asked(() => write({ settings: { [name]: value } })),
    forget: (before) =>
      asked(() => {
        const change = contents.forgetting(before)
        write(change)
        return change.forget.messages.length
      }),
    close: async () => {
      closed = true
    },
  }
}
