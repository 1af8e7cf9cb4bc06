import { setTimeout as wait } from 'node:timers/promises'
import { Refusal } from '../refusals.ts'
import type { InboxStore } from './inbox.ts'
import { readOrMakeKey, readSecret } from './key-file.ts'
import { seal, unseal } from './sealing.ts'
import type { SqlAdapter } from './sql-adapter.ts'
import { contentsOf } from './sql-contents.ts'
import { Lease } from './sql-lease.ts'
import { Rows, rowsOf, type StoreKeys, storeKeys } from './sql-rows.ts'
import { beginStore, findStore, type Tables, tablesNamed } from './sql-schema.ts'
import { Turns } from './sql-turns.ts'

/** How a store in a database is sealed, named and shared. */
export interface SqlStoreOptions {
  /** The file with the key under which everything is sealed; made on first use, readable by its owner only. */
  readonly key: string
  /** What the names of the two tables begin with; `noticeline` unless said otherwise. */
  readonly tables?: string
  /**
   * Milliseconds without a sign of life after which a receiver on another machine is taken for dead and its store taken
   * over; 30,000 unless said otherwise. One that died on this machine is taken over at once.
   */
  readonly silence?: number
}

const proofPlace = 'noticeline-sql 1 proof'

/**
 * A store in a database of yours, through two functions: SQLite, PostgreSQL, MariaDB, MySQL and others that understand
 * the same plain SQL. It makes its two tables on first use. What it writes is committed before its promise resolves, as
 * durably as the database commits. Contents are sealed with AES-256-GCM under the key file, and ids stand there as
 * digests under the same key: keep a copy of that file apart from copies of the database.
 *
 * One receiver uses the tables at a time: a second one is refused with `store_in_use`, that of a process that died is
 * taken over, and a process that was taken for dead and comes back writes nothing more. The connection stays yours to
 * close, after `receiver.stop()`.
 */
export function sqlStore(adapter: SqlAdapter, options: SqlStoreOptions): InboxStore {
  const tables = tablesNamed(options.tables ?? 'noticeline')
  const silence = options.silence ?? 30_000
  let opened: { keys: StoreKeys; lease: Lease; timer: ReturnType<typeof setInterval> } | null = null
  let lastPlace = 0
  let lastWrite = 0
  let lost: Refusal | null = null
  let closing: Promise<void> | null = null

  const turns = new Turns<Rows>({
    read: (work) => failing(() => work(new Rows(adapter.query, tables.rows, ready().keys))),
    write: (work) => failing(() => committed(work)),
  })
  const contents = contentsOf(asked, () => {
    lastPlace += 1
    return lastPlace
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
        const answer = await work(new Rows(query, tables.rows, keys))
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

  function asked<T>(writes: boolean, work: (rows: Rows) => Promise<T>): Promise<T> {
    if (closing !== null)
      return Promise.reject(new Refusal('store_closed', 'The store was closed: it takes no more calls.'))
    return writes ? turns.write(work) : turns.read(work)
  }

  async function open(): Promise<void> {
    const keys = await keysOf(adapter, tables, options.key)
    const lease = new Lease({ adapter, tables, key: keys.sealing, silence })
    await lease.take()
    try {
      await provenUndone(adapter, lease, new Rows(adapter.query, tables.rows, keys), tables)
      lastPlace = await new Rows(adapter.query, tables.rows, keys).lastPlace()
    } catch (error) {
      await lease.release().catch(() => undefined)
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
    // A database that cannot be reached must not keep a process from ending: then the silence says it.
    const patience = new AbortController()
    await Promise.race([
      opened.lease.release().catch(() => undefined),
      wait(5000, undefined, { signal: patience.signal, ref: true }).catch(() => undefined),
    ])
    patience.abort()
  }

  return {
    ...contents,
    open: () => failing(open),
    close() {
      closing ??= close()
      return closing
    },
  }
}

/** The keys, of which the database holds a proof: another key would only be noticed when it is too late. */
async function keysOf(adapter: SqlAdapter, tables: Tables, path: string): Promise<StoreKeys> {
  for (let tries = 0; ; tries += 1) {
    const store = await findStore(adapter, tables)
    if (store !== null && (await readSecret(path)) === null) {
      throw new Refusal('store_key_missing', 'The database holds a store but its key file is not there. Put it back.')
    }
    const keys = storeKeys(await readOrMakeKey(path))
    if (store === null) {
      // Of two that begin a store at once, one does; the other reads it.
      await beginStore(adapter.query, tables, seal(keys.sealing, 'noticeline', proofPlace)).catch((error: unknown) => {
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
async function provenUndone(adapter: SqlAdapter, lease: Lease, rows: Rows, tables: Tables): Promise<void> {
  const stop = Symbol('undo this')
  const id = rows.digest('s', 'probe')
  const row = { kind: 's', id, thread: '', state: '', day: 0, place: 0 } as const
  await rows.drop('s', id)
  const undone = await adapter
    .transaction(async (query) => {
      await lease.count(query)
      await rows.through(query).put(row, 'probe')
      throw stop
    })
    .then(
      () => false,
      (error: unknown) => {
        if (error === stop) return true
        throw error
      },
    )
  const [found] = rowsOf(await adapter.query(`SELECT id FROM ${tables.rows} WHERE kind = 's' AND id = ?`, [id]))
  if (undone && found === undefined) return
  await rows.drop('s', id)
  throw new Refusal(
    'store_failed',
    'transaction of the adapter does not undo: begin, work and commit on one and the same connection, on tables that know transactions, and reject when the work does.',
  )
}
