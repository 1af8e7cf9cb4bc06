import { createHash } from 'node:crypto'
import type { CaseStore } from '../inbox/cases.ts'
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

const prefix = 'agent item '
const kept = 90 * 24 * 60 * 60 * 1000

/**
 * What the agent remembers beside the inbox: so that of five items of a notice the one that failed is run again alone, and
 * so that a corrected address is put back where it was taken down by mistake.
 */
export class Progress {
  readonly #cases: CaseStore
  readonly #entries = new Map<string, Entry>()

  private constructor(cases: CaseStore) {
    this.#cases = cases
  }

  /** Of an opened store. What nobody has asked about for 90 days is forgotten. */
  static async open(cases: CaseStore, now: Date): Promise<Progress> {
    const progress = new Progress(cases)
    const oldest = new Date(now.getTime() - kept).toISOString()
    const entries = (await cases.list(prefix)).map(([, value]) => JSON.parse(value) as Entry)
    for (const entry of entries) if (entry.at >= oldest) progress.#entries.set(entry.key, entry)
    const old = entries.filter(({ at }) => at < oldest).map(({ key }) => [prefix + key, null] as const)
    if (old.length > 0) await cases.write(Object.fromEntries(old))
    return progress
  }

  of(key: string): Entry | null {
    return this.#entries.get(key) ?? null
  }

  /** Durable when it resolves. */
  async note(entry: Entry): Promise<void> {
    await this.#cases.write({ [prefix + entry.key]: JSON.stringify(entry) })
    this.#entries.set(entry.key, entry)
  }
}

/** Which address an act was about; it cannot be read back. */
export function locatorDigest(place: object): string {
  return createHash('sha256').update(JSON.stringify(place)).digest('base64url').slice(0, 22)
}
