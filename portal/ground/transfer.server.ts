import { createReadStream, createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import type pg from 'pg'
import { emptyDatabase, migrate, migrationNames } from './migrate.server.ts'
import { type CarriedTable, countOn, listTables, readRows, writeRows } from './transfer-tables.server.ts'

/** How many rows of which table went over. */
export type Counts = Readonly<Record<string, number>>

type Line =
  | { file: 'noticeline'; version: 1; migration: string; queueVersion: number }
  | { table: CarriedTable }
  | { rows: (string | null)[][] }
  | { end: Counts }

type Client = Pick<pg.PoolClient, 'query'>

/** What is wrong with the file or the database, in words for whoever runs the command. */
export class TransferError extends Error {
  override readonly name = 'TransferError'
}

/**
 * Writes everything in the database, as it is at one moment, to a file that only its owner may read. Locators in it are
 * sealed as they are in the database; the key of the environment, which opens them, is not part of it.
 */
export async function exportDatabase(pool: pg.Pool, file: string): Promise<Counts> {
  const client = await pool.connect()
  let counts: Counts = {}
  const lines = writeLines(client, (end) => {
    counts = end
  })
  try {
    const target = createWriteStream(file, { flags: 'wx', mode: 0o600 })
    await pipeline(Readable.from(lines, { objectMode: true }), createGzip(), target)
    return counts
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new TransferError(`${file} is already there.`)
    await rm(file, { force: true })
    throw error
  } finally {
    client.release()
  }
}

async function* writeLines(client: Client, ended: (counts: Counts) => void): AsyncGenerator<string> {
  const line = (content: Line) => `${JSON.stringify(content)}\n`
  await client.query('begin isolation level repeatable read read only')
  try {
    await client.query("set local timezone = 'UTC'; set local bytea_output = 'hex'; set local datestyle = 'ISO'")
    yield line({ file: 'noticeline', version: 1, ...(await versionsOf(client)) })
    const counts: Record<string, number> = {}
    for (const table of await listTables(client)) {
      yield line({ table })
      let count = 0
      for await (const rows of readRows(client, table)) {
        yield line({ rows })
        count += rows.length
      }
      counts[table.name] = count
    }
    ended(counts)
    yield line({ end: counts })
  } finally {
    await client.query('rollback')
  }
}

async function versionsOf(client: Client): Promise<{ migration: string; queueVersion: number }> {
  const { rows: migrations } = await client.query('select name from kysely_migration order by name desc limit 1')
  const { rows: versions } = await client.query('select version from queue.version')
  return { migration: migrations[0]?.name ?? '', queueVersion: versions[0]?.version ?? 0 }
}

export interface ImportOptions {
  /** Looks at what was imported before it counts; what it throws undoes the import. */
  readonly check: (client: pg.PoolClient) => Promise<void>
}

export interface Imported {
  readonly counts: Counts
  /** False: another version keeps its jobs differently. What they were to do is queued again by the sweep. */
  readonly withJobs: boolean
}

/** Fills an empty database from such a file, in one transaction, and brings it to the newest schema after. */
export async function importDatabase(pool: pg.Pool, file: string, options: ImportOptions): Promise<Imported> {
  const lines = readLines(file)
  const { value: first } = await lines.next()
  if (!first || !('file' in first) || first.version !== 1) {
    throw new TransferError(`${file} was not made by an export of this or an earlier version.`)
  }
  await refuseFilled(pool)
  await bringTo(pool, first.migration)
  const client = await pool.connect()
  try {
    await client.query('begin')
    await refuseFilled(client)
    const withJobs = (await versionsOf(client)).queueVersion === first.queueVersion
    const counts = await takeLines(client, lines, withJobs)
    await countOn(client)
    await options.check(client)
    await client.query('commit')
    await migrate(pool)
    return { counts, withJobs }
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

/** The schema the file was made with; what came later is added after its rows are in. */
async function bringTo(pool: pg.Pool, migration: string): Promise<void> {
  if (!(await migrationNames()).includes(migration)) {
    throw new TransferError(`The export comes from a newer version (${migration}). Update first.`)
  }
  const { rows } = await pool.query("select to_regclass('public.kysely_migration') is not null as there")
  if (rows[0].there && (await versionsOf(pool)).migration > migration) await emptyDatabase(pool)
  await migrate(pool, migration)
}

async function takeLines(client: Client, lines: AsyncIterable<Line>, withJobs: boolean): Promise<Counts> {
  const counts: Record<string, number> = {}
  const known = (await listTables(client)).map((one) => JSON.stringify(one))
  let table: CarriedTable | undefined
  for await (const line of lines) {
    if ('table' in line) {
      table = line.table
      const carried = !table.name.startsWith('queue.') || withJobs
      // Names from a file end up in statements, so only those that are tables here.
      if (carried && !known.includes(JSON.stringify(table))) break
      counts[table.name] = 0
    } else if ('rows' in line && table) {
      counts[table.name] = (counts[table.name] ?? 0) + line.rows.length
      if (withJobs || !table.name.startsWith('queue.')) await writeRows(client, table, line.rows)
    } else if ('end' in line) {
      if (JSON.stringify(line.end) !== JSON.stringify(counts)) break
      return counts
    }
  }
  throw new TransferError('The file is cut off, or was changed: it does not hold what its last line says.')
}

async function* readLines(file: string): AsyncGenerator<Line> {
  const unpacked = createGunzip()
  createReadStream(file)
    .on('error', (error) => unpacked.destroy(error))
    .pipe(unpacked)
  let rest = ''
  try {
    for await (const chunk of unpacked.setEncoding('utf8')) {
      const texts = (rest + chunk).split('\n')
      rest = texts.pop() ?? ''
      for (const text of texts) yield JSON.parse(text) as Line
    }
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') throw new TransferError(`${file} is not there.`)
    throw new TransferError('The file cannot be read to its end: it is cut off, or is no export.', { cause: error })
  }
}

/** Two histories cannot be one: an import goes into a database nobody has used. */
async function refuseFilled(client: Client): Promise<void> {
  const { rows: tables } = await client.query(
    "select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relname not like 'kysely%'",
  )
  for (const { name } of tables) {
    const { rowCount } = await client.query(`select 1 from "${name}" limit 1`)
    if (rowCount) throw new TransferError('The database is not empty. Import into a fresh one, or reset it first.')
  }
}
