import { Refusal } from '../refusals.ts'
import { Journal, type Journalled } from './journal.ts'

/** Records by name; null takes one away. */
export type CaseWrite = Readonly<Record<string, string | null>>

/**
 * Where it is kept what was decided about an item and which steps were taken: small named texts. Some name addresses, so
 * a store on disk seals them. What it promises:
 *
 * - a promise that resolves means *durable*; a rejected one means that nothing of it was written;
 * - `write` happens as a whole or not at all, writes in the order in which they were asked for, and what is read later
 *   shows them;
 * - of one process at a time: `open` in a second one rejects with `store_in_use`.
 *
 * `fileCases` keeps it in a folder, `sqlCases` in a database, and a store of your own passes `caseConformance`.
 */
export interface CaseStore {
  /** Called before anything else, by everybody who uses it: policy and removal may share one store. */
  open(): Promise<void>
  get(name: string): Promise<string | null>
  /** What begins with `prefix`, in the order of the names. */
  list(prefix: string): Promise<readonly (readonly [name: string, value: string])[]>
  write(records: CaseWrite): Promise<void>
  /** When everybody who opened it has closed it, every call rejects with `store_closed`, until somebody opens it again. */
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

/** One that everybody opens, and the last one closes. `make` is asked each time it is opened from nothing. */
export function openedTogether(make: () => CaseStore): CaseStore {
  let current: { readonly store: CaseStore; readonly opening: Promise<void>; users: number } | null = null
  let ended: Promise<void> = Promise.resolve()
  const opened = (): CaseStore => {
    if (current === null) throw closed()
    return current.store
  }
  return {
    async open() {
      if (current === null) {
        const store = make()
        current = { store, opening: ended.then(() => store.open()), users: 0 }
      }
      const mine = current
      mine.users += 1
      await mine.opening.catch((error: unknown) => {
        if (current === mine) current = null
        throw error
      })
    },
    get: async (name) => opened().get(name),
    list: async (prefix) => opened().list(prefix),
    write: async (records) => opened().write(records),
    async close() {
      if (current === null) return ended
      current.users -= 1
      if (current.users > 0) return
      const { store, opening } = current
      current = null
      const closing = opening.then(() => store.close())
      ended = closing.catch(() => undefined)
      await closing
    },
  }
}

/**
 * In a folder of its own, for one process at a time, sealed and durable as `fileStore` is; everything it holds is also in
 * memory. Not the inbox's folder: each has its own key.
 */
export function fileCases(folder: string): CaseStore {
  return openedTogether(() => {
    const journal = new Journal<Records, CaseWrite>(folder, 'cases.log', () => new Records())
    return {
      open: () => journal.open(),
      get: (name) => journal.read((records) => records.get(name)),
      list: (prefix) => journal.read((records) => records.list(prefix)),
      write: (records) => journal.written(() => ({ write: records, answer: undefined })),
      close: () => journal.close(),
    }
  })
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
      users = Math.max(0, users - 1)
    },
  }
}

function closed(): Refusal {
  return new Refusal('store_closed', 'The store was closed: it takes no more calls.')
}
