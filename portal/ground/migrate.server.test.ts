import { readFile } from 'node:fs/promises'
import type pg from 'pg'
import { expect, test } from 'vitest'
import { makeEmptyDatabase } from '../testing/databases.ts'
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

/** A database of its own: one that is lent may hold what tests before left in it. */
async function migrated(look: (pool: pg.Pool) => Promise<void>): Promise<void> {
  const { connection, drop } = await makeEmptyDatabase()
  const pool = openPool(connection, 1)
  try {
    await migrate(pool)
    await look(pool)
  } finally {
    await pool.end()
    await drop()
  }
}

test('the migrations come to the schema that is written down', () =>
  migrated(async (pool) => {
    const written = await readFile(new URL('./schema.sql', import.meta.url), 'utf8')
    expect(await describeSchema(pool)).toBe(written)
  }))

test('every column that is written down has its type', () =>
  migrated(async (pool) => {
    const types = await readFile(new URL('./tables.d.ts', import.meta.url), 'utf8')
    const { rows } = await pool.query<{ table: string; columns: string[] }>(
      `select initcap(table_name) as "table", array_agg(column_name::text order by column_name) as columns
       from information_schema.columns where table_schema = 'public' and table_name not like 'kysely%'
       group by table_name order by table_name`,
    )
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
