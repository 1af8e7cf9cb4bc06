import { readdir, readFile } from 'node:fs/promises'
import { Kysely, type Migration, Migrator, PostgresDialect, sql } from 'kysely'
import type pg from 'pg'
import { installQueue } from './queue.server.ts'

const folder = new URL('./migrations/', import.meta.url)

/** Brings a database to the newest schema. Any number of starts may do so at once: one does it, the others wait. */
export async function migrate(pool: pg.Pool): Promise<{ applied: string[] }> {
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: keptOpen(pool) }) })
  const migrator = new Migrator({ db, provider: { getMigrations: readMigrations } })
  const { error, results } = await migrator.migrateToLatest()
  if (error) throw error
  await installQueue(pool)
  return { applied: results?.filter((one) => one.status === 'Success').map((one) => one.migrationName) ?? [] }
}

async function readMigrations(): Promise<Record<string, Migration>> {
  const migrations: Record<string, Migration> = {}
  for (const name of (await readdir(folder)).filter((file) => /^\d{4}-[a-z-]+\.sql$/.test(file)).sort()) {
    const text = await readFile(new URL(name, folder), 'utf8')
    migrations[name.replace('.sql', '')] = { up: async (db) => void (await sql.raw(text).execute(db)) }
  }
  return migrations
}

/** Kysely ends the pool it was given when it is destroyed; this one is the caller's. */
function keptOpen(pool: pg.Pool) {
  return { connect: () => pool.connect(), end: async () => {} }
}
