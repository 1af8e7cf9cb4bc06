import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { findDatabase } from '../ground/build-ground.server.ts'
import { type Config, ConfigError, readConfig, readEnvironment } from '../ground/config.server.ts'
import { openPool } from '../ground/database.server.ts'
import { TransferError } from '../ground/transfer.server.ts'

const portal = dirname(dirname(fileURLToPath(import.meta.url)))

/** Runs a command on the configured database; what it says goes to standard output, what is wrong ends it with 1. */
export async function withDatabase(work: (pool: pg.Pool, config: Config) => Promise<string>): Promise<void> {
  try {
    const config = readConfig(readEnvironment(join(portal, '.env')), { dataDirDefault: join(portal, '.data') })
    const { connection, leave } = await findDatabase(config)
    const pool = openPool(connection, 3)
    try {
      process.stdout.write(`${await work(pool, config)}\n`)
    } finally {
      await pool.end()
      await leave()
    }
  } catch (error) {
    const expected = error instanceof TransferError || error instanceof ConfigError
    process.stderr.write(`${expected ? error.message : String(error instanceof Error ? error.stack : error)}\n`)
    process.exitCode = 1
  }
}

export function tellCounts(counts: Readonly<Record<string, number>>): string {
  const filled = Object.entries(counts).filter(([, count]) => count > 0)
  return filled.map(([table, count]) => `  ${table} ${count}`).join('\n')
}
