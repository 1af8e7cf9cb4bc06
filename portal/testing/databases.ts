import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import pg from 'pg'
import { inject } from 'vitest'
import type { OpenDatabase } from '../ground/database.server.ts'
import type { EmbeddedConnection } from '../ground/embedded.server.ts'
import type { JobData } from '../ground/ground.ts'

/** A database like the migrated template, to be dropped after. */
export async function copyTemplate(): Promise<{ connection: EmbeddedConnection; drop(): Promise<void> }> {
  const template = inject('cluster')
  const name = `test_${randomBytes(6).toString('hex')}`
  await asOwner(template, `create database ${name} template ${template.database}`)
  return {
    connection: { ...template, database: name },
    drop: () => asOwner(template, `drop database ${name} with (force)`),
  }
}

/** A database with nothing in it, to be dropped after. */
export async function makeEmptyDatabase(): Promise<{ connection: EmbeddedConnection; drop(): Promise<void> }> {
  const template = inject('cluster')
  const name = `empty_${randomBytes(6).toString('hex')}`
  await asOwner(template, `create database ${name} template template0`)
  return {
    connection: { ...template, database: name },
    drop: () => asOwner(template, `drop database ${name} with (force)`),
  }
}

async function asOwner(connection: EmbeddedConnection, statement: string): Promise<void> {
  const client = new pg.Client({ ...connection, database: 'postgres' })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

export interface WaitingJob {
  readonly id: string
  readonly job: string
  readonly data: JobData
  readonly startAfter: Date
}

/** Jobs that nobody has taken yet, oldest first; of one transaction, in the order of their facts. */
export async function listJobs(db: OpenDatabase): Promise<WaitingJob[]> {
  const { rows } = await sql<WaitingJob>`
    select id, name as job, data, start_after from queue.job where state in ('created', 'retry')
    order by created_on, data ->> 'factId', name
  `.execute(db.read)
  return rows
}

export async function removeJob(db: OpenDatabase, id: string): Promise<void> {
  await sql`delete from queue.job where id = ${id}`.execute(db.read)
}
