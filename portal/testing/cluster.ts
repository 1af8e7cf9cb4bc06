import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openPool } from '../ground/database.server.ts'
import { destroyEmbedded, type EmbeddedConnection, openEmbedded } from '../ground/embedded.server.ts'
import { findProcess } from '../ground/embedded-processes.server.ts'
import { migrate } from '../ground/migrate.server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's PostgreSQL, connected to the migrated template that every test's database is copied from. */
    cluster: EmbeddedConnection
  }
}

const prefix = 'noticeline-test-'

/** One PostgreSQL a run. Nothing in it waits for the disk, and nothing of it is left. */
export default async function startCluster(project: TestProject): Promise<() => Promise<void>> {
  await removeForsaken()
  const dataDir = join(tmpdir(), `${prefix}${process.pid}-${randomBytes(4).toString('hex')}`)
  await mkdir(dataDir)
  // PostgreSQL may have to run as another user than we are.
  await chmod(dataDir, 0o755)
  const embedded = await openEmbedded({ dataDir, careless: true, database: 'template_noticeline' })
  const pool = openPool(embedded.connection, 1)
  await migrate(pool)
  await pool.end()
  project.provide('cluster', embedded.connection)
  return () => remove(dataDir)
}

/** What a run that was killed could not clear away itself. */
async function removeForsaken(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue
    const owner = Number(name.slice(prefix.length).split('-')[0])
    if (!(await findProcess(owner))) await remove(join(tmpdir(), name)).catch(() => {})
  }
}

async function remove(dataDir: string): Promise<void> {
  await destroyEmbedded(dataDir)
  await rm(dataDir, { recursive: true, force: true })
}
