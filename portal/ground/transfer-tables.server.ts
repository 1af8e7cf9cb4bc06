import type pg from 'pg'

/** A table as it is carried: every value as PostgreSQL's own text, which it reads back to exactly the same. */
export interface CarriedTable {
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
}

type Client = Pick<pg.PoolClient, 'query'>

/** Jobs travel as well, as long as both sides keep them the same way; what is finished stays behind. */
const queueTables = ['queue.queue', 'queue.job']

/** All tables, each after those it refers to. */
export async function listTables(client: Client): Promise<CarriedTable[]> {
  const { rows: columns } = await client.query<{ table: string; name: string; type: string }>(`
    select case n.nspname when 'public' then c.relname else n.nspname || '.' || c.relname end as "table",
           a.attname as name, format_type(a.atttypid, a.atttypmod) as type
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where (n.nspname = 'public' and c.relkind = 'r' and c.relname not like 'kysely%')
       or (n.nspname = 'queue' and c.relname in ('queue', 'job'))
    order by n.nspname = 'queue', c.relname, a.attnum`)
  const { rows: references } = await client.query<{ from: string; to: string }>(`
    select conrelid::regclass::text as "from", confrelid::regclass::text as "to"
    from pg_constraint where contype = 'f' and conrelid <> confrelid and connamespace = 'public'::regnamespace`)
  const names = [...new Set(columns.map(({ table }) => table))].filter((name) => !queueTables.includes(name))
  const ordered: string[] = []
  while (ordered.length < names.length) {
    const next = names.filter(
      (name) => !ordered.includes(name) && references.every(({ from, to }) => from !== name || ordered.includes(to)),
    )
    if (next.length === 0) throw new Error('Tables refer to each other in a circle, so that none can be first.')
    ordered.push(...next)
  }
  return [...ordered, ...queueTables].map((name) => ({
    name,
    columns: columns.filter(({ table }) => table === name).map((column) => ({ name: column.name, type: column.type })),
  }))
}

/** Hands over the rows of a table in the order of its key, some hundred at a time. */
export async function* readRows(client: Client, table: CarriedTable): AsyncGenerator<(string | null)[][]> {
  const values = table.columns.map(({ name }) => `"${name}"::text`).join(', ')
  // By the key, because ids are given in order of time: what a row refers to in its own table comes before it.
  const { rows: key } = await client.query<{ name: string }>(
    `select a.attname as name from pg_index i
     join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
     where i.indrelid = $1::regclass and i.indisprimary order by array_position(i.indkey::int2[], a.attnum)`,
    [table.name],
  )
  const order = key.map(({ name }) => `"${name}"`).join(', ')
  const some = table.name === 'queue.job' ? `where state <> 'completed'` : ''
  await client.query(`declare carried no scroll cursor for
    select array[${values}] as row from ${table.name} ${some} order by ${order}`)
  while (true) {
    const { rows } = await client.query<{ row: (string | null)[] }>('fetch 500 from carried')
    if (rows.length === 0) break
    yield rows.map(({ row }) => row)
  }
  await client.query('close carried')
}

export async function writeRows(client: Client, table: CarriedTable, rows: (string | null)[][]): Promise<void> {
  const names = table.columns.map(({ name }) => `"${name}"`).join(', ')
  const casts = table.columns.map(({ type }, index) => `given.c${index}::${type}`).join(', ')
  const lists = table.columns.map((_, index) => `$${index + 1}::text[]`).join(', ')
  const aliases = table.columns.map((_, index) => `c${index}`).join(', ')
  // The queues that a migrated database has already.
  const more = table.name === 'queue.queue' ? 'on conflict do nothing' : ''
  await client.query(
    `insert into ${table.name} (${names}) select ${casts} from unnest(${lists}) as given(${aliases}) ${more}`,
    table.columns.map((_, index) => rows.map((row) => row[index] ?? null)),
  )
}

/** Columns that count by themselves go on behind what was brought. */
export async function countOn(client: Pick<pg.PoolClient, 'query'>): Promise<void> {
  const { rows } = await client.query<{ table: string; column: string }>(`
    select format('%I.%I', n.nspname, c.relname) as "table", a.attname as "column"
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind = 'r' and a.attidentity <> ''`)
  for (const { table, column } of rows) {
    await client.query(
      `select setval(pg_get_serial_sequence($1, $2), coalesce((select max("${column}") from ${table}), 0) + 1, false)`,
      [table, column],
    )
  }
}
