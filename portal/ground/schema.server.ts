import type pg from 'pg'

/** The schema as text: every table with its columns, constraints, indexes and triggers, always in the same order. */
export async function describeSchema(pool: pg.Pool): Promise<string> {
  const { rows: columns } = await pool.query<Column>(`
    select c.relname as "table", a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
           a.attnotnull as "notNull", pg_get_expr(d.adbin, d.adrelid) as "default"
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname not like 'kysely%'
    order by c.relname collate "C", a.attnum`)
  // PostgreSQL 18 lists what may not be null among the constraints as well; older ones do not.
  const { rows: constraints } = await pool.query<Part>(`
    select c.relname as "table", format('constraint %I %s', k.conname, pg_get_constraintdef(k.oid)) as text
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    where k.connamespace = 'public'::regnamespace and k.contype <> 'n' and c.relname not like 'kysely%'
    order by c.relname collate "C", position(k.contype::text in 'pufc'), k.conname collate "C"`)
  const { rows: more } = await pool.query<Part>(`
    select c.relname as "table", pg_get_indexdef(i.indexrelid) || ';' as text, 1 as part, n.relname as name
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_class n on n.oid = i.indexrelid
    where c.relnamespace = 'public'::regnamespace and c.relname not like 'kysely%'
      and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
    union all
    select c.relname, pg_get_triggerdef(t.oid) || ';', 2, t.tgname
    from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where c.relnamespace = 'public'::regnamespace and not t.tgisinternal
    order by 1, 3, 4`)
  const { rows: functions } = await pool.query<{ text: string }>(`
    select pg_get_functiondef(oid) as text from pg_proc where pronamespace = 'public'::regnamespace order by proname`)
  const tables = [...new Set(columns.map((column) => column.table))]
  const parts = tables.map((table) => {
    const of = <T extends { table: string }>(list: T[]) => list.filter((one) => one.table === table)
    const inside = [...of(columns).map(lineOf), ...of(constraints).map((one) => one.text)]
    const after = of(more).map((one) => one.text.replaceAll('public.', ''))
    return [`create table ${table} (\n  ${inside.join(',\n  ')}\n);`, ...after].join('\n')
  })
  const bodies = functions.map(({ text }) => `${text.replaceAll('public.', '').trim()};`)
  return `-- What the migrations come to. Written by \`pnpm db:types\`; a test compares it.\n\n${[...parts, ...bodies].join('\n\n')}\n`
}

interface Column {
  table: string
  name: string
  type: string
  notNull: boolean
  default: string | null
}

interface Part {
  table: string
  text: string
}

function lineOf({ name, type, notNull, default: given }: Column): string {
  return `${name} ${type}${given === null ? '' : ` default ${given}`}${notNull ? ' not null' : ''}`
}
