import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import pg from 'pg'
import { inject } from 'vitest'
import type { OpenDatabase } from '../ground/database.server.ts'
import type { EmbeddedConnection } from '../ground/embedded.server.ts'
import type { JobData } from '../ground/ground.ts'

export interface BorrowedDatabase {
  readonly connection: EmbeddedConnection
  /** Empties it for the next test of the same file. */
  giveBack(): Promise<void>
}

/** Kept from one file to the next; they go with the cluster. */
const free: EmbeddedConnection[] = []

/** A migrated database with nothing in it. Copying the template takes longer than emptying what a test wrote. */
export async function borrowDatabase(): Promise<BorrowedDatabase> {
  const connection = free.pop() ?? (await copyTemplate())
  return {
    connection,
    giveBack: async () => {
      await run(connection, emptied)
      free.push(connection)
    },
  }
}

async function copyTemplate(): Promise<EmbeddedConnection> {
  const template = inject('cluster')
  const name = `test_${randomBytes(6).toString('hex')}`
  await run({ ...template, database: 'postgres' }, `create database ${name} template ${template.database}`)
  return { ...template, database: name }
}

// In the role of a replica no trigger fires: neither the one that keeps facts as they are, nor those of foreign keys.
const emptied = `
  set session_replication_role = replica;
  do $$
  declare
    name regclass;
  begin
    for name in
      select oid from pg_class
      where relnamespace in ('public'::regnamespace, 'queue'::regnamespace) and relkind in ('r', 'p')
        and not relispartition and relname not like 'kysely%' and relname <> 'version' and relname <> 'queue'
    loop
      execute format('delete from %s', name);
    end loop;
    delete from queue.queue where queue.name <> 'dead-letters';
  end $$`

/** A database with nothing in it, to be dropped after. */
export async function makeEmptyDatabase(): Promise<{ connection: EmbeddedConnection; drop(): Promise<void> }> {
  const template = inject('cluster')
  const name = `empty_${randomBytes(6).toString('hex')}`
  const owner = { ...template, database: 'postgres' }
  await run(owner, `create database ${name} template template0`)
  return {
    connection: { ...template, database: name },
    drop: async () => {
      await untilLeft(owner, name)
      await run(owner, `drop database ${name} with (force)`)
    },
  }
}

/** A pool that has ended says goodbye a moment later; one whose connection is cut off meanwhile would fail the run. */
async function untilLeft(owner: EmbeddedConnection, name: string): Promise<void> {
  const client = new pg.Client(owner)
  await client.connect()
  try {
    for (let looked = 0; looked < 100; looked += 1) {
      const { rowCount } = await client.query('select from pg_stat_activity where datname = $1', [name])
      if (!rowCount) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  } finally {
    await client.end()
  }
}

async function run(connection: EmbeddedConnection, statement: string): Promise<void> {
  const client = new pg.Client(connection)
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
