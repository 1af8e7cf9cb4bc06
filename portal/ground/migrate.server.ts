import { readdir, readFile } from 'node:fs/promises'
import { Kysely, type Migration, Migrator, PostgresDialect, sql } from 'kysely'
import type pg from 'pg'
import { installQueue } from './queue.server.ts'

const folder = new URL('./migrations/', import.meta.url)

/** Brings a database to the newest schema, or to an older one by name. Any number of starts may do so at once: one does it, the others wait. */
export async function migrate(pool: pg.Pool, upTo?: string): Promise<{ applied: string[] }> {
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: keptOpen(pool) }) })
  const migrator = new Migrator({ db, provider: { getMigrations: readMigrations } })
  const { error, results } = await (upTo === undefined ? migrator.migrateToLatest() : migrator.migrateTo(upTo))
  if (error) throw error
  await installQueue(pool)
  return { applied: results?.filter((one) => one.status === 'Success').map((one) => one.migrationName) ?? [] }
}

/** The names of all migrations there are, in their order. */
export async function migrationNames(): Promise<string[]> {
  const files = (await readdir(folder)).filter((file) => /^\d{4}-[a-z-]+\.sql$/.test(file)).sort()
  return files.map((file) => file.replace('.sql', ''))
}

/** Removes everything, as if nothing had ever been migrated. */
export async function emptyDatabase(pool: pg.Pool): Promise<void> {
  await pool.query('drop schema if exists queue cascade; drop schema public cascade; create schema public')
}

async function readMigrations(): Promise<Record<string, Migration>> {
  const migrations: Record<string, Migration> = {}
  for (const name of await migrationNames()) {
    const text = await readFile(new URL(`${name}.sql`, folder), 'utf8')
    migrations[name] = { up: async (db) => void (await sql.raw(text).execute(db)) }
  }
  return migrations
}

/** Kysely ends the pool it was given when it is destroyed; this one is the caller's. */
function keptOpen(pool: pg.Pool) {
  return { connect: () => pool.connect(), end: async () => {} }
}
