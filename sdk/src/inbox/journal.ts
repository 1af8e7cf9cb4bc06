import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Refusal } from '../refusals.ts'
import { holdLock } from './file-lock.ts'
import { readOrMakeKey } from './key-file.ts'
import { SealedLog } from './sealed-log.ts'

/** Below this many lines a file is not worth writing anew. */
const smallest = 1000

/** What a journal keeps, in memory. Applying its writes in their order gives its contents. */
export interface Journalled<Write> {
  apply(write: Write): void
  /** One write that makes these contents from nothing. */
  whole(): Write
  readonly size: number
}

interface Waiting<Write> {
  readonly write: Write | null
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Sealed writes in a folder of its own, for one process at a time. */
export class Journal<Contents extends Journalled<Write>, Write> {
  readonly #folder: string
  readonly #path: string
  readonly #make: () => Contents
  #contents: Contents
  #log: SealedLog | null = null
  #release: (() => Promise<void>) | null = null
  #closing: Promise<void> | null = null
  readonly #queue: Waiting<Write>[] = []
  #writing: Promise<void> | null = null

  constructor(folder: string, name: string, make: () => Contents) {
    this.#folder = folder
    this.#path = join(folder, name)
    this.#make = make
    this.#contents = make()
  }

  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    this.#release = await holdLock(this.#folder)
    try {
      this.#log = await this.#load()
      await this.#compact()
    } catch (error) {
      await this.#release()
      this.#release = null
      throw error
    }
  }

  /** Takes effect in memory at once, so that order is decided here, and resolves when the disk has caught up. */
  written<T>(decide: (contents: Contents) => { write: Write | null; answer: T }): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#refuseClosed()
      this.#opened()
      const { write, answer } = decide(this.#contents)
      const kept = structuredClone(write)
      if (kept !== null) this.#contents.apply(kept)
      this.#queue.push({ write: kept, resolve: () => resolve(structuredClone(answer)), reject })
      this.#writing ??= this.#flush()
    })
  }

  async read<T>(answer: (contents: Contents) => T): Promise<T> {
    this.#refuseClosed()
    this.#opened()
    return structuredClone(answer(this.#contents))
  }

  /** What was asked for before is written; nothing asked for later is taken. */
  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #end(): Promise<void> {
    await this.#writing
    await this.#log?.close()
    await this.#release?.()
  }

  async #load(): Promise<SealedLog> {
    return SealedLog.open(this.#path, await this.#key(), (line) => this.#contents.apply(JSON.parse(line) as Write))
  }

  /** Rewrites the file when most of it says what no longer holds. */
  async #compact(): Promise<void> {
    if (this.#log === null || this.#log.lines < smallest || this.#log.lines < 4 * this.#contents.size) return
    await this.#log.replace([JSON.stringify(this.#contents.whole())])
  }

  /** Everything waiting goes in one write and one sync; meanwhile the next batch gathers. */
  async #flush(): Promise<void> {
    while (this.#queue.length > 0) {
      while (this.#queue.length > 0) await this.#writeBatch(this.#queue.splice(0))
      await this.#compact().catch(() => undefined) // the file as it is holds everything; the next write tries again
    }
    this.#writing = null
  }

  async #writeBatch(batch: readonly Waiting<Write>[]): Promise<void> {
    try {
      const lines = batch.flatMap(({ write }) => (write === null ? [] : JSON.stringify(write)))
      if (lines.length > 0) await this.#opened().append(lines)
      for (const { resolve } of batch) resolve()
    } catch (error) {
      // Memory ran ahead of the disk. What the file holds is what is true; whoever waits hears that nothing was written.
      const refusal = new Refusal('store_failed', 'The inbox file could not be written. Is the disk full?', {
        cause: error,
      })
      await this.#reload()
      for (const { reject } of [...batch, ...this.#queue.splice(0)]) reject(refusal)
    }
  }

  async #reload(): Promise<void> {
    const before = this.#log
    this.#log = null // until it is read again, nothing is answered from memory that ran ahead
    this.#contents = this.#make()
    await before?.close().catch(() => undefined)
    this.#log = await this.#load().catch(() => null)
  }

  #refuseClosed(): void {
    if (this.#closing !== null) throw new Refusal('store_closed', 'The store was closed: it takes no more calls.')
  }

  #opened(): SealedLog {
    if (this.#log === null)
      throw new Refusal('store_failed', 'The inbox file is not open. Restart when the disk is well again.')
    return this.#log
  }

  async #key(): Promise<Uint8Array> {
    const path = join(this.#folder, 'key')
    if ((await exists(this.#path)) && !(await exists(path))) {
      throw new Refusal(
        'store_key_missing',
        'There is an inbox file but not its key. Put the file "key" back beside it.',
      )
    }
    return readOrMakeKey(path)
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
