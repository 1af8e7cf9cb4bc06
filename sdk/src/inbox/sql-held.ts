import { setTimeout as wait } from 'node:timers/promises'
import { Refusal } from '../refusals.ts'
import { readOrMakeKey, readSecret } from './key-file.ts'
import { seal, unseal } from './sealing.ts'
import type { SqlAdapter, SqlQuery } from './sql-adapter.ts'
import { Lease } from './sql-lease.ts'
import { beginStore, findStore, type Tables, tablesNamed } from './sql-schema.ts'
import { type StoreKeys, type StoreName, storeKeys } from './sql-sealed.ts'
import { Turns } from './sql-turns.ts'

/** How a store in a database is sealed, named and shared. */
export interface SqlStoreOptions {
  /** The file with the key under which everything is sealed; made on first use, readable by its owner only. */
  readonly key: string
  /** What the names of the tables begin with; `noticeline` unless said otherwise. */
  readonly tables?: string
  /**
   * Milliseconds without a sign of life after which a receiver on another machine is taken for dead and its store taken
   * over; 30,000 unless said otherwise. One that died on this machine is taken over at once.
   */
  readonly silence?: number
}

/** A row of no meaning, on which it is tried whether the adapter undoes. */
interface Probed {
  putProbe(): Promise<void>
  hasProbe(): Promise<boolean>
  dropProbe(): Promise<void>
}

interface HeldOptions<Rows extends Probed> extends SqlStoreOptions {
  readonly name: StoreName
  readonly adapter: SqlAdapter
  rows(query: SqlQuery, table: string, keys: StoreKeys): Rows
  /** The first to see the rows once they are ours. */
  begin?(rows: Rows): Promise<void>
}

/** Tables in the hands of this process. */
export interface Held<Rows> {
  open(): Promise<void>
  /** `work` in its turn: reads one at a time, writes that wait in one transaction. It may run twice. */
  asked<T>(writes: boolean, work: (rows: Rows) => Promise<T>): Promise<T>
  close(): Promise<void>
}

const proofPlace = 'noticeline-sql 1 proof'

/** What every store in a database does, whatever it keeps: the key, the turn, the transactions, and their lost answers. */
export function heldTables<Rows extends Probed>(options: HeldOptions<Rows>): Held<Rows> {
  const { adapter, name } = options
  const tables = tablesNamed(options.tables ?? 'noticeline', name)
  const silence = options.silence ?? 30_000
  let opened: { keys: StoreKeys; lease: Lease; timer: ReturnType<typeof setInterval> } | null = null
  let lastWrite = 0
  let lost: Refusal | null = null
  let closing: Promise<void> | null = null

  const rowsThrough = (query: SqlQuery, keys: StoreKeys) => options.rows(query, tables.rows, keys)
  const turns = new Turns<Rows>({
    read: (work) => failing(() => work(rowsThrough(adapter.query, ready().keys))),
    write: (work) => failing(() => committed(work)),
  })

  /** What the database throws may quote what was written; it goes along as the cause only. */
  async function failing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (cause) {
      if (Refusal.is(cause)) {
        if (cause.code === 'store_in_use') lost = cause
        throw cause
      }
      throw new Refusal('store_failed', 'The database did not do it. Is it reachable, and is its disk full?', { cause })
    }
  }

  async function committed<T>(work: (rows: Rows) => Promise<T>): Promise<T> {
    const { keys, lease } = ready()
    let done: { number: number; answer: T } | null = null
    try {
      await adapter.transaction(async (query) => {
        done = null
        const number = await lease.count(query)
        const answer = await work(rowsThrough(query, keys))
        done = { number, answer }
      })
    } catch (error) {
      if (done === null) throw error
      if (!(await arrived((done as { number: number }).number))) throw error
    }
    lastWrite = performance.now()
    if (done === null)
      throw new Refusal('store_failed', 'transaction of the adapter resolved without running its work.')
    return (done as { answer: T }).answer
  }

  /**
   * The commit was sent and its answer got lost. Whether it counted is asked until the database says: a write that was
   * refused and is there all the same would be a notice that nobody hands over.
   */
  async function arrived(number: number): Promise<boolean> {
    for (let tries = 0; ; tries += 1) {
      try {
        // A transaction of its own: it waits for the one before to end, whichever way.
        return (await adapter.transaction((query) => ready().lease.writes(query))) >= number
      } catch (error) {
        if (Refusal.is(error) || closing !== null) throw error
        await wait(Math.min(100 * 2 ** tries, 5000))
      }
    }
  }

  function ready() {
    if (lost !== null) throw lost
    if (opened !== null) return opened
    throw new Refusal('store_failed', 'The store is not open: wait for open() first.')
  }

  async function open(): Promise<void> {
    const keys = await keysOf(adapter, tables, options.key)
    const lease = new Lease({ adapter, tables, key: keys.sealing, silence })
    await lease.take()
    try {
      await provenUndone(adapter, lease, (query) => rowsThrough(query, keys))
      await options.begin?.(rowsThrough(adapter.query, keys))
    } catch (error) {
      await letGo(lease)
      throw error
    }
    lastWrite = performance.now()
    opened = { keys, lease, timer: setInterval(beat, silence / 6).unref() }
  }

  /** Any write says that we live; where there was none, this one. */
  function beat(): void {
    if (performance.now() - lastWrite < silence / 12 || lost !== null) return
    turns.write(async () => undefined).catch(() => undefined)
  }

  async function close(): Promise<void> {
    clearInterval(opened?.timer)
    await turns.idle()
    if (opened === null || lost !== null) return
    await letGo(opened.lease)
  }

  return {
    open: () => failing(open),
    asked(writes, work) {
      if (closing !== null)
        return Promise.reject(new Refusal('store_closed', 'The store was closed: it takes no more calls.'))
      return writes ? turns.write(work) : turns.read(work)
    },
    close() {
      closing ??= close()
      return closing
    },
  }
}

/**
 * Tried a few times, since somebody else's look may be in the way. But a database that cannot be reached must not keep a
 * process from ending: then its death or its silence says it.
 */
async function letGo(lease: Lease): Promise<void> {
  const patience = new AbortController()
  const released = async () => {
    for (let pause = 10; pause <= 80; pause *= 2) {
      const answer = await lease.release().catch((error: unknown) => error)
      if (answer === undefined || Refusal.is(answer)) return
      await wait(pause)
    }
  }
  await Promise.race([released(), wait(5000, undefined, { signal: patience.signal }).catch(() => undefined)])
  patience.abort()
}

/** The keys, of which the database holds a proof: another key would only be noticed when it is too late. */
async function keysOf(adapter: SqlAdapter, tables: Tables, path: string): Promise<StoreKeys> {
  for (let tries = 0; ; tries += 1) {
    const store = await findStore(adapter, tables)
    if (store !== null && (await readSecret(path)) === null) {
      throw new Refusal('store_key_missing', 'The database holds a store but its key file is not there. Put it back.')
    }
    const keys = storeKeys(await readOrMakeKey(path), tables.name)
    if (store === null) {
      // Of two that begin a store at once, one does; the other reads it.
      await beginStore(adapter, tables, seal(keys.sealing, 'noticeline', proofPlace)).catch((error: unknown) => {
        if (tries > 3) throw error
      })
      continue
    }
    if (unseal(keys.sealing, store.proof, proofPlace) !== null) return keys
    throw new Refusal(
      'store_key_missing',
      'The key file holds another key than the store was made with. Put that one back.',
    )
  }
}

/** An adapter that begins on one connection and writes on another looks right until the day it matters. */
async function provenUndone(
  adapter: SqlAdapter,
  lease: Lease,
  rowsThrough: (query: SqlQuery) => Probed,
): Promise<void> {
  const stop = Symbol('undo this')
  const dropProbe = () => adapter.transaction((query) => rowsThrough(query).dropProbe())
  await dropProbe()
  const undone = await adapter
    .transaction(async (query) => {
      await lease.count(query)
      await rowsThrough(query).putProbe()
      throw stop
    })
    .then(
      () => false,
      (error: unknown) => {
        if (error === stop) return true
        throw error
      },
    )
  if (undone && !(await rowsThrough(adapter.query).hasProbe())) return
  await dropProbe()
  throw new Refusal(
    'store_failed',
    'transaction of the adapter does not undo: begin, work and commit on one and the same connection, on tables that know transactions, and reject when the work does.',
  )
}
