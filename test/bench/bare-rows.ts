/** Copies of the portal's tables, for peers that only write rows: the same columns, indexes and references. */
import pg from 'pg'
import { type IdPrefix, newId } from '../../portal/facts/id.ts'
import type { Connection } from '../../portal/ground/database.server.ts'

const tables = [
  'notices',
  'items',
  'attributions',
  'addressees',
  'fact_heads',
  'facts',
  'inbox_rows',
  'idempotency',
  'deliveries',
  'attempts',
] as const

// Every value as the server writes it: what is copied is never interpreted.
const asText = { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig

export function openPool(connection: Connection, connections: number): pg.Pool {
  return new pg.Pool({ ...connection, max: connections, types: asText, options: '-c search_path=bare,public' })
}

export async function makeBareTables(pool: pg.Pool): Promise<void> {
  await pool.query('drop schema if exists bare cascade')
  await pool.query('create schema bare')
  for (const table of tables) await pool.query(`create table bare.${table} (like public.${table} including all)`)
  await pool.query('create table bare.job (like queue.job_common including all)')
  const { rows } = await pool.query<{ table: string; name: string; definition: string }>(
    `select rel.relname as "table", con.conname as name,
            replace(pg_get_constraintdef(con.oid), 'REFERENCES public.', 'REFERENCES ') as definition
     from pg_constraint con join pg_class rel on rel.oid = con.conrelid
     where con.contype = 'f' and con.connamespace = 'public'::regnamespace and rel.relname = any($1)`,
    [tables],
  )
  for (const { table, name, definition } of rows) {
    await pool.query(`alter table bare.${table} add constraint ${name} ${definition}`)
  }
}

type Row = Record<string, string | null>
export type Sample = readonly { readonly table: string; readonly rows: readonly Row[] }[]

/** Every row that submitting this notice wrote, the job queue's included. */
export async function sampleNotice(pool: pg.Pool, noticeId: string): Promise<Sample> {
  const of = async (table: string, from: string, where: string) => {
    const { rows } = await pool.query<Row>(`select t.* from ${from} t where ${where}`, [noticeId])
    return { table, rows }
  }
  return [
    await of('notices', 'public.notices', 't.id = $1'),
    await of('items', 'public.items', 't.notice_id = $1'),
    await of('attributions', 'public.attributions', 't.item_id in (select id from public.items where notice_id = $1)'),
    await of('addressees', 'public.addressees', 't.notice_id = $1'),
    await of('fact_heads', 'public.fact_heads', 't.chain = $1'),
    await of('facts', 'public.facts', 't.chain = $1'),
    await of('inbox_rows', 'public.inbox_rows', 't.notice_id = $1'),
    await of('idempotency', 'public.idempotency', "t.answer like '%' || $1 || '%'"),
    await of('job', 'queue.job', "t.data ->> 'factId' in (select id from public.facts where chain = $1)"),
  ]
}

export function countRows(sample: Sample): number {
  return sample.reduce((sum, { rows }) => sum + rows.length, 0)
}

const ids = /\b(ntc|itm|att|fct)_[0-9a-z]{26}\b/g

/** The same rows under new ids, in one transaction with one statement a table. */
export async function insertSample(pool: pg.Pool, sample: Sample): Promise<void> {
  const renamed = new Map<string, string>()
  const rename = (value: string | null) =>
    value?.replace(ids, (id, prefix) => {
      const known = renamed.get(id) ?? newId(prefix as IdPrefix)
      renamed.set(id, known)
      return known
    }) ?? null
  const client = await pool.connect()
  try {
    await client.query('begin')
    for (const { table, rows } of sample) {
      const columns = Object.keys(rows[0] ?? {})
      if (columns.length === 0) continue
      const values = rows.flatMap((row) => columns.map((column) => fresh(table, column, rename(row[column] ?? null))))
      const places = rows.map((_, row) => `(${columns.map((_, at) => `$${row * columns.length + at + 1}`).join(', ')})`)
      const names = columns.map((column) => `"${column}"`).join(', ')
      await client.query({
        name: `${table} ${rows.length}`,
        text: `insert into bare.${table} (${names}) values ${places.join(', ')}`,
        values,
      })
    }
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

/** What is unique in a table without being one of our ids. */
function fresh(table: string, column: string, value: string | null): string | null {
  if (table === 'job' && column === 'id') return crypto.randomUUID()
  if (table === 'idempotency' && column === 'key_hash') return `\\x${crypto.randomUUID().replaceAll('-', '')}`
  return value
}
