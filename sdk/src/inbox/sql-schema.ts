import { Refusal } from '../refusals.ts'
import type { SqlAdapter } from './sql-adapter.ts'
import { rowsOf, type StoreName } from './sql-sealed.ts'

/** The version of these tables. A later release brings an older one up to its own; an older release refuses a later. */
export const schemaVersion = 1

export interface Tables {
  /** Whose row of `store` it is. */
  readonly name: StoreName
  /** A row for the inbox and a row for cases: version, whose turn it is, how many writes there were. */
  readonly store: string
  readonly rows: string
}

export function tablesNamed(prefix: string, name: StoreName): Tables {
  if (!/^[a-z_][a-z0-9_]{0,40}$/.test(prefix)) {
    throw new Refusal(
      'store_option_invalid',
      'tables must be a lower-case name of letters, digits and _, as in "noticeline".',
    )
  }
  return { name, store: `${prefix}_store`, rows: `${prefix}_${name === 'inbox' ? 'rows' : 'cases'}` }
}

// Every constraint is one that SQLite, PostgreSQL, MariaDB and MySQL all read alike; unique ones are there as indexes.
const rowsOfInbox = `
    kind VARCHAR(1) NOT NULL,
    id VARCHAR(64) NOT NULL,
    part INTEGER NOT NULL,
    place BIGINT NOT NULL,
    thread VARCHAR(64) NOT NULL,
    state VARCHAR(16) NOT NULL,
    received_on INTEGER NOT NULL,
    sealed TEXT NOT NULL,
    PRIMARY KEY (kind, id, part),
    UNIQUE (kind, state, place, part),
    UNIQUE (thread, place, part)`

const rowsOfCases = `
    id VARCHAR(64) NOT NULL,
    part INTEGER NOT NULL,
    below_1 VARCHAR(64) NOT NULL,
    below_2 VARCHAR(64) NOT NULL,
    below_3 VARCHAR(64) NOT NULL,
    sealed TEXT NOT NULL,
    PRIMARY KEY (id, part),
    UNIQUE (below_1, id, part),
    UNIQUE (below_2, id, part),
    UNIQUE (below_3, id, part)`

const statements = ({ name, store, rows }: Tables) => [
  `CREATE TABLE IF NOT EXISTS ${rows} (${name === 'inbox' ? rowsOfInbox : rowsOfCases}
  )`,
  `CREATE TABLE IF NOT EXISTS ${store} (
    name VARCHAR(16) NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    writes BIGINT NOT NULL,
    holder VARCHAR(36) NOT NULL,
    held_by TEXT NOT NULL,
    proof TEXT NOT NULL
  )`,
]

export interface StoreRow {
  readonly version: number
  readonly writes: number
  /** Empty where nobody uses the store. */
  readonly holder: string
  readonly heldBy: string
  readonly proof: string
}

/** Null where no store was ever opened on these tables, which are there afterwards. */
export async function findStore(adapter: SqlAdapter, tables: Tables): Promise<StoreRow | null> {
  try {
    return await lookForStore(adapter, tables)
  } catch (error) {
    if (Refusal.is(error)) throw error
    // Asked first, made second: who was given the tables by somebody else needs no right to make any. Another process may
    // be making them at this moment, and only one of two gets through with that; what counts is whether they are there.
    const making = await Promise.allSettled([makeTables(adapter, tables)])
    return lookForStore(adapter, tables).catch((missing: unknown) => {
      throw making[0].status === 'rejected' ? making[0].reason : missing
    })
  }
}

/** The inbox and the cases share a table: that it is there says nothing yet about the other one. */
async function lookForStore(adapter: SqlAdapter, tables: Tables): Promise<StoreRow | null> {
  const store = await readStore(adapter.query, tables)
  if (store === null) await adapter.query(`SELECT COUNT(*) AS counted FROM ${tables.rows}`, [])
  return store
}

// Each in a transaction: on a connection that is shared it waits for whoever is in the middle of one.
async function makeTables(adapter: SqlAdapter, tables: Tables): Promise<void> {
  for (const statement of statements(tables)) await adapter.transaction((query) => query(statement, []))
}

export async function readStore(query: SqlAdapter['query'], { name, store }: Tables): Promise<StoreRow | null> {
  const text = `SELECT version, writes, holder, held_by, proof FROM ${store} WHERE name = ?`
  const [found] = rowsOf(await query(text, [name]))
  if (found === undefined) return null
  const row = {
    version: Number(found['version']),
    writes: Number(found['writes']),
    holder: String(found['holder']),
    heldBy: String(found['held_by']),
    proof: String(found['proof']),
  }
  if (row.version > schemaVersion) {
    throw new Refusal(
      'store_newer',
      `These tables are of version ${row.version}, written by a later release. Install that release again.`,
    )
  }
  return row
}

export async function beginStore(adapter: SqlAdapter, { name, store }: Tables, proof: string): Promise<void> {
  const text = `INSERT INTO ${store} (name, version, writes, holder, held_by, proof) VALUES (?, ?, 0, '', '', ?)`
  await adapter.transaction((query) => query(text, [name, schemaVersion, proof]))
}
