import { Contents, type Write } from './contents.ts'
import type { InboxStore } from './inbox.ts'
import { Journal } from './journal.ts'

/**
 * A store in a folder of its own, for one process at a time; everything it holds is also in memory. What it writes is
 * on the disk (`fdatasync`) before its promise resolves. Contents are sealed with AES-256-GCM under the key in
 * `<folder>/key`, which is made on first use and readable by its owner only: keep a copy of it apart from copies of
 * the folder. A folder in use is refused with `store_in_use`; the lock of a process that died is taken over.
 */
export function fileStore(folder: string): InboxStore {
  const journal = new Journal<Contents, Write>(folder, 'inbox.log', () => new Contents())
  return {
    open: () => journal.open(),
    add: (message, reports) => journal.written((contents) => contents.adding(message, reports)),
    change: (change) => journal.written(() => ({ write: change, answer: undefined })),
    find: (id) => journal.read((contents) => contents.find(id)),
    thread: (txn) => journal.read((contents) => contents.thread(txn)),
    messages: (state) => journal.read((contents) => contents.messages(state)),
    reports: (state) => journal.read((contents) => contents.reports(state)),
    counts: () => journal.read((contents) => contents.counts()),
    setting: (name) => journal.read((contents) => contents.setting(name)),
    keep: (name, value) => journal.written(() => ({ write: { settings: { [name]: value } }, answer: undefined })),
    forget: (before) =>
      journal.written((contents) => {
        const write = contents.forgetting(before)
        return { write, answer: write.forget.messages.length }
      }),
    close: () => journal.close(),
  }
}
