import { Refusal } from '../refusals.ts'
import { Journal, type Journalled } from './journal.ts'

/** Records by name; null takes one away. */
export type CaseWrite = Readonly<Record<string, string | null>>

/**
 * Where it is kept what was decided about an item and which steps were taken: small named texts. Some name addresses, so
 * a store on disk seals them. What it promises:
 *
 * - a promise that resolves means *durable*; a rejected one means that nothing of it was written;
 * - `write` happens as a whole or not at all, and what is read later shows it;
 * - of one process at a time.
 *
 * One table of two columns is enough for a store of your own: `name` as its key, `value` sealed.
 */
export interface CaseStore {
  /** Called before anything else, by everybody who uses it: policy and removal may share one store. */
  open(): Promise<void>
  get(name: string): Promise<string | null>
  /** What begins with `prefix`, in the order of the names. */
  list(prefix: string): Promise<readonly (readonly [name: string, value: string])[]>
  write(records: CaseWrite): Promise<void>
  /** Closed for good when everybody who opened it has closed it. */
  close(): Promise<void>
}

class Records implements Journalled<CaseWrite> {
  readonly #kept = new Map<string, string>()

  apply(write: CaseWrite): void {
    for (const [name, value] of Object.entries(write)) {
      if (value === null) this.#kept.delete(name)
      else this.#kept.set(name, value)
    }
  }

  whole(): CaseWrite {
    return Object.fromEntries(this.#kept)
  }

  get size(): number {
    return this.#kept.size
  }

  get(name: string): string | null {
    return this.#kept.get(name) ?? null
  }

  list(prefix: string): [string, string][] {
    return [...this.#kept].filter(([name]) => name.startsWith(prefix)).sort(([one], [other]) => (one < other ? -1 : 1))
  }
}

/**
 * In a folder of its own, for one process at a time, sealed and durable as `fileStore` is; everything it holds is also in
 * memory. Not the inbox's folder: each has its own key.
 */
export function fileCases(folder: string): CaseStore {
  let journal: Journal<Records, CaseWrite> | null = null
  let users = 0
  let opening: Promise<void> | null = null
  const opened = (): Journal<Records, CaseWrite> => {
    if (journal === null) throw closed()
    return journal
  }
  return {
    async open() {
      users += 1
      if (opening === null) {
        journal = new Journal(folder, 'cases.log', () => new Records())
        opening = journal.open()
      }
      await opening.catch((error: unknown) => {
        ;[journal, opening, users] = [null, null, 0]
        throw error
      })
    },
    get: async (name) => opened().read((records) => records.get(name)),
    list: async (prefix) => opened().read((records) => records.list(prefix)),
    write: async (records) => opened().written(() => ({ write: records, answer: undefined })),
    async close() {
      users -= 1
      if (users > 0 || journal === null) return
      const last = journal
      ;[journal, opening] = [null, null]
      await last.close()
    },
  }
}

/** Gone with its process: for tests, and for `observe`. */
export function memoryCases(): CaseStore {
  const records = new Records()
  let users = 0
  const asked = async <T>(answer: () => T): Promise<T> => {
    if (users < 1) throw closed()
    return answer()
  }
  return {
    async open() {
      users += 1
    },
    get: (name) => asked(() => records.get(name)),
    list: (prefix) => asked(() => records.list(prefix)),
    write: (write) => asked(() => records.apply(write)),
    async close() {
      users -= 1
    },
  }
}

function closed(): Refusal {
  return new Refusal('store_closed', 'The store was closed: it takes no more calls.')
}
