import { randomBytes } from 'node:crypto'
import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Refusal } from '../refusals.ts'
import { Contents, type Write } from './contents.ts'
import { holdLock } from './file-lock.ts'
import type { InboxStore } from './inbox.ts'
import { readOrMakeSecret } from './key-file.ts'
import { SealedLog } from './sealed-log.ts'

/** Below this many lines a file is not worth writing anew. */
const smallest = 1000

interface Waiting {
  readonly write: Write | null
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * A store in a folder of its own, for one process at a time; everything it holds is also in memory. What it writes is
 * on the disk (`fdatasync`) before its promise resolves. Contents are sealed with AES-256-GCM under the key in
 * `<folder>/key`, which is made on first use and readable by its owner only: keep a copy of it apart from copies of
 * the folder. A folder in use is refused with `store_in_use`; the lock of a process that died is taken over.
 */
export function fileStore(folder: string): InboxStore {
  let contents = new Contents()
  let log: SealedLog | null = null
  let release: (() => Promise<void>) | null = null
  let closed = false
  const queue: Waiting[] = []
  let writing: Promise<void> | null = null

  async function load(): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    release = await holdLock(folder)
    try {
      log = await SealedLog.open(join(folder, 'inbox.log'), await keyOf(folder), replay)
      await compact()
    } catch (error) {
      await release()
      release = null
      throw error
    }
  }

  function replay(line: string): void {
    contents.apply(JSON.parse(line) as Write)
  }

  /** Rewrites the file when most of it says what no longer holds. */
  async function compact(): Promise<void> {
    if (log === null || log.lines < smallest || log.lines < 4 * contents.size) return
    await log.replace([JSON.stringify(contents.whole())])
  }

  /** Everything waiting goes in one write and one sync; meanwhile the next batch gathers. */
  async function flush(): Promise<void> {
    while (queue.length > 0) {
      while (queue.length > 0) await writeBatch(queue.splice(0))
      await compact().catch(() => undefined) // the file as it is holds everything; the next write tries again
    }
    writing = null
  }

  async function writeBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const lines = batch.flatMap(({ write }) => (write === null ? [] : JSON.stringify(write)))
      if (lines.length > 0) await opened().append(lines)
      for (const { resolve } of batch) resolve()
    } catch (error) {
      // Memory ran ahead of the disk. What the file holds is what is true; whoever waits hears that nothing was written.
      const refusal = new Refusal('store_failed', 'The inbox file could not be written. Is the disk full?', {
        cause: error,
      })
      await reload()
      for (const { reject } of [...batch, ...queue.splice(0)]) reject(refusal)
    }
  }

  async function reload(): Promise<void> {
    const before = log
    log = null // until it is read again, nothing is answered from memory that ran ahead
    contents = new Contents()
    await before?.close().catch(() => undefined)
    log = await SealedLog.open(join(folder, 'inbox.log'), await keyOf(folder), replay).catch(() => null)
  }

  function opened(): SealedLog {
    if (closed) throw new Refusal('store_closed', 'The store was closed: it takes no more calls.')
    if (log === null)
      throw new Refusal('store_failed', 'The inbox file is not open. Restart when the disk is well again.')
    return log
  }

  /** Takes effect in memory at once, so that order is decided here, and resolves when the disk has caught up. */
  function written<T>(decide: () => { write: Write | null; answer: T }): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      opened()
      const { write, answer } = decide()
      const kept = structuredClone(write)
      if (kept !== null) contents.apply(kept)
      queue.push({ write: kept, resolve: () => resolve(structuredClone(answer)), reject })
      writing ??= flush()
    })
  }

  async function read<T>(answer: () => T): Promise<T> {
    opened()
    return structuredClone(answer())
  }

  return {
    open: load,
    add: (message, reports) => written(() => contents.adding(message, reports)),
    change: (change) => written(() => ({ write: change, answer: undefined })),
    find: (id) => read(() => contents.find(id)),
    thread: (txn) => read(() => contents.thread(txn)),
    messages: (state) => read(() => contents.messages(state)),
    reports: (state) => read(() => contents.reports(state)),
    counts: () => read(() => contents.counts()),
    setting: (name) => read(() => contents.setting(name)),
    keep: (name, value) => written(() => ({ write: { settings: { [name]: value } }, answer: undefined })),
    forget: (before) =>
      written(() => {
        const write = contents.forgetting(before)
        return { write, answer: write.forget.messages.length }
      }),
    async close() {
      if (closed) return
      await writing
      closed = true
      await log?.close()
      await release?.()
    },
  }
}

async function keyOf(folder: string): Promise<Uint8Array> {
  const path = join(folder, 'key')
  const used = await exists(join(folder, 'inbox.log'))
  if (used && !(await exists(path))) {
    throw new Refusal('store_key_missing', 'There is an inbox file but not its key. Put the file "key" back beside it.')
  }
  const text = await readOrMakeSecret(path, async () => `${randomBytes(32).toString('base64url')}\n`)
  const key = Buffer.from(text.trim(), 'base64url')
  if (key.length !== 32) throw new Refusal('store_key_missing', 'The file "key" beside the inbox does not hold a key.')
  return key
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
