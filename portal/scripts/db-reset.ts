/** `pnpm db:reset`: migrate from nothing; what the demo's cast kept goes too, and the next start seeds it anew. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { emptyDatabase, migrate } from '../ground/migrate.server.ts'
import { TransferError } from '../ground/transfer.server.ts'
import { withDatabase } from './with-database.ts'

await withDatabase(async (pool, config) => {
  if (config.mode === 'production') throw new TransferError('In production nothing is reset.')
  const { rows } = await pool.query(
    `select count(*)::int as n from pg_stat_activity
     where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`,
  )
  if (rows[0].n > 0) throw new TransferError('Something is connected to the database. Stop the portal first.')
  await emptyDatabase(pool)
  const { applied } = await migrate(pool)
  // Tern Hosting remembers a portal that no longer remembers it.
  for (const name of ['tern', 'files', 'demo.json', 'demo.previous.json']) {
    await rm(join(config.dataDir, name), { recursive: true, force: true })
  }
  return `Emptied, and migrated from nothing: ${applied.length} migrations.`
})
