import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { makeEmptyDatabase } from '../testing/databases.ts'
import { withGround } from '../testing/with-ground.ts'
import { openPool } from './database.server.ts'
import { migrate } from './migrate.server.ts'
import { describeSchema } from './schema.server.ts'

test('five starts at once migrate once', async () => {
  const { connection, drop } = await makeEmptyDatabase()
  const pools = Array.from({ length: 5 }, () => openPool(connection, 3))
  try {
    const done = await Promise.all(pools.map((pool) => migrate(pool)))
    const applied = done.flatMap((one) => one.applied)
    expect(applied.length).toBeGreaterThan(7)
    expect(new Set(applied).size).toBe(applied.length)
    expect(await migrate(pools[0] as (typeof pools)[number])).toEqual({ applied: [] })
  } finally {
    for (const pool of pools) await pool.end()
    await drop()
  }
})

test('the migrations come to the schema that is written down', () =>
  withGround('2026-01-01T00:00:00Z', async (ground) => {
    const written = await readFile(new URL('./schema.sql', import.meta.url), 'utf8')
    expect(await describeSchema(ground.db.pool)).toBe(written)
  }))

test('every column that is written down has its type', () =>
  withGround('2026-01-01T00:00:00Z', async (ground) => {
    const types = await readFile(new URL('./tables.d.ts', import.meta.url), 'utf8')
    const { rows } = await sql<{ table: string; columns: string[] }>`
      select initcap(table_name) as "table", array_agg(column_name::text order by column_name) as columns
      from information_schema.columns where table_schema = 'public' and table_name not like 'kysely%'
      group by table_name order by table_name
    `.execute(ground.db.read)
    for (const { table, columns } of rows) {
      const body = new RegExp(`interface ${table.replaceAll('_', '')} \\{([^}]*)\\}`).exec(types)?.[1] ?? ''
      const typed = [...body.matchAll(/^ {2}(\w+):/gm)].map((match) => match[1]).sort()
      expect({ table, typed }).toEqual({ table, typed: columns.map(camel).sort() })
    }
    expect(rows.length).toBeGreaterThan(20)
  }))

function camel(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}
