/** Writes what follows from the migrations: `ground/schema.sql` and `ground/tables.d.ts`. Touches no data. */
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { openPool } from '../ground/database.server.ts'
import { destroyEmbedded, openEmbedded } from '../ground/embedded.server.ts'
import { migrate } from '../ground/migrate.server.ts'
import { describeSchema } from '../ground/schema.server.ts'

const portal = fileURLToPath(new URL('..', import.meta.url))
const dataDir = await mkdtemp(join(tmpdir(), 'noticeline-types-'))
await chmod(dataDir, 0o755)
try {
  const { connection } = await openEmbedded({ dataDir, careless: true })
  const pool = openPool(connection, 1)
  await migrate(pool)
  await writeFile(join(portal, 'ground', 'schema.sql'), await describeSchema(pool))
  await pool.end()
  const { host, user, database } = connection
  const url = `postgres:///${database}?host=${encodeURIComponent(host)}&user=${user}`
  const args = ['--dialect', 'postgres', '--url', url, '--camel-case', '--default-schema', 'public']
  // As `openPool` reads them.
  const numbers = ['--type-mapping', '{"int8":"number"}']
  const tables = [
    '--include-pattern',
    'public.*',
    '--exclude-pattern',
    '*.kysely_*',
    '--out-file',
    'ground/tables.d.ts',
  ]
  await promisify(execFile)(join(portal, 'node_modules', '.bin', 'kysely-codegen'), [...args, ...numbers, ...tables], {
    cwd: portal,
  })
  process.stdout.write('ground/schema.sql and ground/tables.d.ts are what the migrations say.\n')
} finally {
  await destroyEmbedded(dataDir)
  await rm(dataDir, { recursive: true, force: true })
}
