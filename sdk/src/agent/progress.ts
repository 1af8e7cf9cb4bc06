import { createHash, randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readOrMakeSecret } from '../inbox/key-file.ts'
import { SealedLog } from '../inbox/sealed-log.ts'
import type { Result } from './answer.ts'

/** What is known about one item: which act was begun last, with which address, and what came of it. */
export interface Entry {
  readonly key: string
  readonly act: 'take_down' | 'put_back' | 'closed'
  /** A digest of the address as it was when the act was begun; corrected addresses differ. */
  readonly locator: string
  /** The token whose message asked for it. */
  readonly jti: string
  readonly at: string
  readonly ended: boolean
  /** What the command said, where it said something. */
  readonly result?: Result | undefined
  /** It is in a report already, ahead of the other items of its message. */
  readonly reported?: boolean
}

const kept = 90 * 24 * 60 * 60 * 1000
/** Below this many lines a file is not worth writing anew. */
const smallest = 2000

/**
 * What the agent remembers beside the inbox: so that of five items of a notice the one that failed is run again alone, and
 * so that a corrected address is put back where it was taken down by mistake. Sealed like the inbox; in its own folder,
 * under the lock of the inbox.
 */
export class Progress {
  readonly #log: SealedLog
  readonly #entries = new Map<string, Entry>()
  #last: Promise<void> = Promise.resolve()

  private constructor(log: SealedLog) {
    this.#log = log
  }

  static async open(folder: string, now: Date): Promise<Progress> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const key = await readOrMakeSecret(join(folder, 'key'), async () => `${randomBytes(32).toString('base64url')}\n`)
    const entries: Entry[] = []
    const log = await SealedLog.open(join(folder, 'progress.log'), Buffer.from(key.trim(), 'base64url'), (line) =>
      entries.push(JSON.parse(line) as Entry),
    )
    const progress = new Progress(log)
    const oldest = new Date(now.getTime() - kept).toISOString()
    for (const entry of entries) progress.#entries.set(entry.key, entry)
    for (const { key: old, at } of [...progress.#entries.values()]) if (at < oldest) progress.#entries.delete(old)
    await progress.#compact()
    return progress
  }

  of(key: string): Entry | null {
    return this.#entries.get(key) ?? null
  }

  /** Durable when it resolves. */
  note(entry: Entry): Promise<void> {
    const written = this.#last.then(async () => {
      await this.#log.append([JSON.stringify(entry)])
      this.#entries.set(entry.key, entry)
      await this.#compact()
    })
    this.#last = written.catch(() => undefined)
    return written
  }

  async close(): Promise<void> {
    await this.#last
    await this.#log.close()
  }

  async #compact(): Promise<void> {
    if (this.#log.lines < smallest || this.#log.lines < 4 * this.#entries.size) return
    await this.#log.replace([...this.#entries.values()].map((entry) => JSON.stringify(entry)))
  }
}

/** Which address an act was about; it cannot be read back. */
export function locatorDigest(place: object): string {
  return createHash('sha256').update(JSON.stringify(place)).digest('base64url').slice(0, 22)
}
