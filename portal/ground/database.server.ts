import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import {
  CamelCasePlugin,
  Kysely,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  type Transaction,
} from 'kysely'
import pg from 'pg'
import { arrayText } from './array-text.server.ts'
import type { BellName, Clock, Database, DB, JobData, RecordedFact, Tx } from './ground.ts'
import { createStatementNames } from './statement-names.server.ts'

/** Where a PostgreSQL is: an address, or the socket of the embedded one. */
export type Connection =
  | { readonly connectionString: string }
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string }

export interface DatabaseOptions {
  readonly connection: Connection
  readonly clock: Clock
  /** What the queue does with a job, inside the transaction. */
  readonly enqueue: (
    tx: Transaction<DB>,
    job: string,
    data: JobData,
    options: { startAfter?: Date } | undefined,
  ) => Promise<void>
  /** Called after the commit with the names of the jobs it brought. */
  readonly committed: (jobs: readonly string[]) => void
  /** Called after the commit with the bells that were rung in it. */
  readonly rung?: (names: readonly BellName[]) => void
  readonly reactionsTo: (kind: string) => readonly string[]
  /** Called with what was recorded, before the commit. */
  readonly project: (tx: Tx, facts: readonly RecordedFact[]) => Promise<void>
  /** Told after the commit what was recorded in it. */
  readonly recorded?: (facts: readonly RecordedFact[]) => void
  readonly connections?: number
  /** In tests: whoever reads past its transaction is told so, instead of waiting for a second connection under load. */
  readonly strict?: boolean
  readonly onError: (error: unknown) => void
}

export interface OpenDatabase extends Database {
  readonly connection: Connection
  readonly pool: pg.Pool
  close(): Promise<void>
}

const int8 = 20
/** Counts and sequence numbers stay far below 2^53, so bigints are read as numbers, here and nowhere else. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === int8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
}

export function openPool(connection: Connection, connections = 10): pg.Pool {
  const pool = new pg.Pool({
    ...connection,
    types,
    max: connections,
    application_name: 'noticeline',
    connectionTimeoutMillis: 20_000,
    statement_timeout: 60_000,
    // A transaction that waits for anything but the database holds locks others wait for.
    idle_in_transaction_session_timeout: 60_000,
  })
  // A connection that breaks fails the query of whoever holds it; without a listener of its own it would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  // And one that nobody holds is replaced by the pool.
  pool.on('error', () => {})
  return pool
}

// 53300: others are starting as well, or a server that was killed still holds its own.
const mayPass = ['57P03', '53300', 'ECONNREFUSED', 'ENOENT', 'EAI_AGAIN', 'ETIMEDOUT']

/** Waits for a database that is only just starting, as it does beside us after a reboot. */
export async function untilReachable(pool: pg.Pool, patienceMs = 30_000): Promise<void> {
  const until = performance.now() + patienceMs
  while (true) {
    try {
      await pool.query('select 1')
      return
    } catch (error) {
      const code = String((error as { code?: unknown }).code)
      if (!mayPass.includes(code) || performance.now() > until) throw error
      await wait(250)
    }
  }
}

/** What time it is there. */
export async function askTime(pool: pg.Pool): Promise<Date> {
  const { rows } = await pool.query<{ now: Date }>('select clock_timestamp() as now')
  if (!rows[0]) throw new Error('A database without a time')
  return rows[0].now
}

export function kyselyOn(pool: PostgresPool): Kysely<DB> {
  return new Kysely<DB>({
    dialect: new PostgresDialect({ pool: writingArrays(pool) }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  })
}

const plansKeptMs = 60_000

// One for the process: a connection may serve several of the pools below, and a name has one meaning on it.
const statementNames = createStatementNames()

/** The same pool, with lists written by us, see `arrayText`; and with names where a transaction asks for them. */
function writingArrays(pool: PostgresPool): PostgresPool {
  const plans = planKeeper()
  return {
    async connect() {
      const client = await pool.connect()
      await plans.renew(client)
      return {
        query: ((text: string, given: readonly unknown[]) => {
          const values = given.map((value) => (Array.isArray(value) ? (arrayText(value) ?? value) : value))
          const name = insideTransaction.getStore()?.repeated ? statementNames.of(text) : undefined
          return name === undefined
            ? client.query(text, values)
            : (client as unknown as pg.PoolClient).query({ name, text, values })
        }) as PostgresPoolClient['query'],
        release: () => client.release(),
      }
    },
    end: () => pool.end(),
  }
}

/**
 * A plan that is kept is one for tables of the size they had. A server forgets it when it counts a table anew, which may be
 * long after it has grown; so each connection's are made again from time to time.
 */
function planKeeper() {
  const since = new WeakMap<PostgresPoolClient, number>()
  return {
    async renew(client: PostgresPoolClient): Promise<void> {
      const now = performance.now()
      const made = since.get(client)
      if (made !== undefined && now - made < plansKeptMs) return
      since.set(client, now)
      if (made === undefined) return
      // One that is broken fails whoever asks it next.
      await client.query('discard plans', []).catch(() => {})
    },
  }
}

export function openDatabase(options: DatabaseOptions): OpenDatabase {
  const pool = openPool(options.connection, options.connections)
  pool.on('error', options.onError)
  const read = kyselyOn(pool)
  return {
    get read() {
      if (options.strict && insideTransaction.getStore()) {
        throw new Error('`db.read` was used inside a transaction: read through `tx.db`, or before it.')
      }
      return read
    },
    pool,
    connection: options.connection,
    transaction: (work, { repeated = false } = {}) => runTransaction(read, options, work, repeated),
    close: () => read.destroy(),
  }
}

const insideTransaction = new AsyncLocalStorage<{ repeated: boolean }>()

async function runTransaction<T>(
  db: Kysely<DB>,
  options: DatabaseOptions,
  work: (tx: Tx) => Promise<T>,
  repeated: boolean,
): Promise<T> {
  if (insideTransaction.getStore()) {
    throw new Error(
      'A transaction was begun inside another: hand `tx` down instead. Two at once can wait for each other.',
    )
  }
  for (let attempt = 1; ; attempt += 1) {
    const jobs: string[] = []
    const recorded: RecordedFact[] = []
    const bells = new Set<BellName>()
    try {
      // Read committed: what must not change under us is locked by name, and a lock that was waited for shows the newest
      // row. Repeatable read would refuse exactly those, and every append to one chain waits for its head. Without its
      // key (`for no key update`), since every projection refers to what others lock, and they would wait for each other.
      const result = await insideTransaction.run({ repeated }, () =>
        db
          .transaction()
          .setIsolationLevel('read committed')
          .execute(async (trx) => {
            const tx = txOn(trx, options, { jobs, recorded, bells })
            const done = await work(tx)
            if (recorded.length > 0) await options.project(tx, recorded)
            return done
          }),
      )
      if (jobs.length > 0) options.committed(jobs)
      if (recorded.length > 0) options.recorded?.(recorded)
      if (bells.size > 0) options.rung?.([...bells])
      return result
    } catch (error) {
      if (attempt >= triesAfter(error)) throw error
      if ((error as { code?: unknown }).code === '0A000') statementNames.renew()
      await wait(Math.random() * 10 * 2 ** attempt)
    }
  }
}

/**
 * How often it is tried in all. 40001 could not be put in an order with others; 40P01 deadlock; 23505 somebody wrote the same
 * row in the same moment, and whoever looks again finds it there; 0A000 a table was altered under a plan that is kept. In each
 * case nothing was written.
 */
function triesAfter(error: unknown): number {
  const code = (error as { code?: unknown } | null)?.code
  if (code === '40001' || code === '40P01') return 8
  if (code === '0A000') return 2
  return code === '23505' ? 3 : 1
}

/** What a transaction brings beyond its rows. */
interface Brought {
  jobs: string[]
  recorded: RecordedFact[]
  bells: Set<BellName>
}

function txOn(trx: Transaction<DB>, options: DatabaseOptions, { jobs, recorded, bells }: Brought): Tx {
  return {
    db: trx,
    now: options.clock.now(),
    enqueue: async (job, data, more) => {
      await options.enqueue(trx, job, data, more)
      jobs.push(job)
    },
    ring: (name) => void bells.add(name),
    reactionsTo: options.reactionsTo,
    project: (fact) => void recorded.push(fact),
    heads: new Map(),
  }
}
