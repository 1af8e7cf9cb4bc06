/** The databases on which the SQL store is tried, each behind the adapter that the README shows. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SqlAdapter } from '@noticeline/sdk/stores'
import sqlite3 from 'node-sqlite3-wasm'
import pg from 'pg'
import { type DatabaseName, debianBinaries, openDatabaseServer } from '../running/database.ts'
import { startMariaDb, whyNoMariaDb } from '../running/mariadb.ts'
import { mariadb } from './mariadb.ts'
import { postgres } from './postgres.ts'
import { sqlite } from './sqlite.ts'

/** One program's access to a database, which can end as a killed program's does. */
export interface Access {
  readonly adapter: SqlAdapter
  /** From here on the database hears nothing more from it; what it had begun is undone. */
  kill(): Promise<void>
  end(): Promise<void>
}

export interface Database {
  readonly name: string
  /** Its files, all of them. */
  readonly folder: string
  access(): Promise<Access>
  stop(): Promise<void>
}

export interface DatabaseKind {
  readonly name: string
  /** Why it cannot be tried here, or null. */
  readonly why: string | null
  start(): Promise<Database>
}

export const databaseKinds: readonly DatabaseKind[] = [
  { name: 'SQLite', why: null, start: startSqlite },
  { name: 'PostgreSQL', why: null, start: () => startPostgres('embedded') },
  {
    name: "Debian's PostgreSQL",
    why: debianBinaries() === null ? "needs Debian's postgresql" : null,
    start: () => startPostgres('debian'),
  },
  { name: 'MariaDB', why: whyNoMariaDb(), start: startMaria },
]

async function startSqlite(): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'sqlite-'))
  const data = join(folder, 'data')
  mkdirSync(data)
  return {
    name: 'SQLite',
    folder: data,
    async access() {
      const database = new sqlite3.Database(join(data, 'inbox.db'))
      const end = async () => {
        if (database.isOpen) database.close()
      }
      return mortal(sqlite(database), end, end)
    },
    stop: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

async function startPostgres(which: DatabaseName): Promise<Database> {
  const server = await openDatabaseServer(which)
  return {
    name: which,
    folder: server.dataDir,
    async access() {
      const pool = new pg.Pool({ ...(await server.connection()), max: 4 })
      const clients = new Set<pg.PoolClient>()
      pool.on('error', () => {})
      pool.on('connect', (client) => {
        client.on('error', () => {})
        clients.add(client)
      })
      const kill = async () => {
        // As the system does for a process that is gone. pg has no name of its own for it.
        for (const client of clients)
          (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
      }
      return mortal(postgres(pool), kill, () => pool.end())
    },
    stop: () => server.destroy(),
  }
}

async function startMaria(): Promise<Database> {
  const server = await startMariaDb()
  return {
    name: 'MariaDB',
    folder: server.dataDir,
    async access() {
      const pool = server.pool()
      const connections = new Set<{ destroy(): void }>()
      pool.on('connection', (connection) => connections.add(connection as unknown as { destroy(): void }))
      const kill = async () => {
        for (const connection of connections) connection.destroy()
      }
      return mortal(mariadb(pool), kill, () => pool.end())
    },
    stop: () => server.stop(),
  }
}

/** A program's access that `kill` ends for good. */
export function mortal(adapter: SqlAdapter, cut: () => Promise<void>, end: () => Promise<void>): Access {
  let dead = false
  const alive = () => {
    if (dead) throw new Error('This program was killed.')
  }
  return {
    adapter: {
      async query(text, values) {
        alive()
        return adapter.query(text, values)
      },
      async transaction(work) {
        alive()
        return adapter.transaction((query) =>
          work(async (text, values) => {
            alive()
            return query(text, values)
          }),
        )
      },
    },
    async kill() {
      dead = true
      await cut()
    },
    end,
  }
}
