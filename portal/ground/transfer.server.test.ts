import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import type pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { record } from '../facts/record.ts'
import { checkChains } from '../scripts/check-chains.ts'
import { makeEmptyDatabase } from '../testing/databases.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { openPool } from './database.server.ts'
import { exportDatabase, importDatabase } from './transfer.server.ts'

const at = '2026-03-29T01:30:00+01:00'
const check = async (client: pg.PoolClient) => void (await checkChains(client))
const reactions = { 'key.published': [async function tell() {}] }

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noticeline-transfer-'))
  file = join(folder, 'all.ndjson.gz')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Something of every type there is, with what text formats stumble over. */
async function fill(ground: TestGround): Promise<void> {
  const { db, now } = { db: ground.db.read, now: new Date('2026-03-29T00:30:00.123Z') }
  const name = 'Tern "Hosting" {a,b}\\ \n\t, NULL – ✓'
  await db.insertInto('organisations').values({ id: 'org_a', kind: 'provider', name, createdAt: now }).execute()
  await db
    .insertInto('apiTokens')
    .values([
      {
        id: 'tok_a',
        orgId: 'org_a',
        name: '',
        tokenHash: Buffer.from([0, 255, 92, 39]),
        hint: 'NULL',
        live: true,
        scopes: ['notices:read', '', 'NULL', 'a"b,c'],
        createdAt: now,
      },
      {
        id: 'tok_b',
        orgId: 'org_a',
        name: 'none',
        tokenHash: Buffer.alloc(0),
        hint: '',
        live: false,
        scopes: [],
        createdAt: now,
      },
    ])
    .execute()
  const jwk = JSON.stringify({ kty: 'EC', x: 'a"b\\c', deep: [1.5, null, { z: true }] })
  await sql`
    insert into endpoints (id, org_id, state, created_at, updated_at) values ('end_a', 'org_a', 'active', ${now}, ${now})
  `.execute(db)
  await sql`
    insert into provider_keys (thumbprint, org_id, endpoint_id, use, jwk, registered_at)
    values ('t', 'org_a', 'end_a', 'sig', ${jwk}::jsonb, ${now})
  `.execute(db)
  for (let index = 0; index < 3; index += 1) {
    await ground.db.transaction((tx) => record(tx, 'ntc_a', 'key.published', { kid: `é${index}` }))
  }
}

/** Every row of every table, as text. */
async function everything(pool: pg.Pool): Promise<unknown> {
  const { rows: tables } = await pool.query(
    "select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relname not like 'kysely%' order by 1",
  )
  const all: Record<string, unknown> = {}
  for (const { name } of tables) {
    const { rows } = await pool.query(`select to_jsonb(t)::text as row from "${name}" t order by 1`)
    all[name] = rows.map(({ row }) => row)
  }
  const { rows: jobs } = await pool.query('select to_jsonb(t)::text as row from queue.job t order by 1')
  return { ...all, jobs: jobs.map(({ row }) => row) }
}

async function intoEmpty(work: (pool: pg.Pool) => Promise<void>): Promise<void> {
  const { connection, drop } = await makeEmptyDatabase()
  const pool = openPool(connection, 3)
  try {
    await work(pool)
  } finally {
    await pool.end()
    await drop()
  }
}

/** The same file with one thing changed in its text. */
async function rewrite(from: string | RegExp, to: string): Promise<string> {
  const text = gunzipSync(await readFile(file)).toString('utf8')
  expect(text).toMatch(from)
  const changed = join(folder, 'changed.ndjson.gz')
  await writeFile(changed, gzipSync(text.replace(from, to)))
  return changed
}

test('what was exported and imported is the same to the last bit, jobs included', () =>
  withGround(at, { reactions }, async (ground) => {
    await fill(ground)
    const counts = await exportDatabase(ground.db.pool, file)
    expect(counts).toMatchObject({ organisations: 1, api_tokens: 2, facts: 3, fact_heads: 1, 'queue.job': 3 })
    await intoEmpty(async (pool) => {
      const imported = await importDatabase(pool, file, { check })
      expect(imported).toEqual({ counts, withJobs: true })
      expect(await everything(pool)).toEqual(await everything(ground.db.pool))
    })
  }))

test('the file is readable by its owner only, and an existing one is not overwritten', () =>
  withGround(at, async (ground) => {
    await exportDatabase(ground.db.pool, file)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    await expect(exportDatabase(ground.db.pool, file)).rejects.toThrow('already there')
  }))

test('a database that holds anything takes no import', () =>
  withGround(at, async (ground) => {
    await fill(ground)
    await exportDatabase(ground.db.pool, file)
    const before = await everything(ground.db.pool)
    await expect(importDatabase(ground.db.pool, file, { check })).rejects.toThrow('not empty')
    expect(await everything(ground.db.pool)).toEqual(before)
  }))

test('a changed fact, a missing one, a cut-off file and one from the future are refused, and nothing of them stays', () =>
  withGround(at, async (ground) => {
    await fill(ground)
    await exportDatabase(ground.db.pool, file)
    const whole = await readFile(file)
    const cut = join(folder, 'cut.ndjson.gz')
    await writeFile(cut, whole.subarray(0, whole.length - 20))
    const refusals: [string, string][] = [
      [await rewrite('é1', 'è1'), 'ntc_a is broken'],
      [cut, 'cut off'],
    ]
    await intoEmpty(async (pool) => {
      for (const [changed, reason] of refusals) {
        await expect(importDatabase(pool, changed, { check })).rejects.toThrow(reason)
        expect((await pool.query('select 1 from organisations')).rowCount).toBe(0)
      }
      const later = await rewrite(/"migration":"[^"]+"/, '"migration":"9999-later"')
      await expect(importDatabase(pool, later, { check })).rejects.toThrow('Update first')
      const fewer = await rewrite(/"facts":3/, '"facts":4')
      await expect(importDatabase(pool, fewer, { check })).rejects.toThrow('does not hold')
      const foreign = await rewrite('"name":"hint"', '"name":"hint\\" bytea"')
      await expect(importDatabase(pool, foreign, { check })).rejects.toThrow('does not hold')
      await importDatabase(pool, file, { check })
    })
  }))

test('jobs of a queue that is kept differently are left out', () =>
  withGround(at, { reactions }, async (ground) => {
    await fill(ground)
    await exportDatabase(ground.db.pool, file)
    const other = await rewrite(/"queueVersion":\d+/, '"queueVersion":1')
    await intoEmpty(async (pool) => {
      expect(await importDatabase(pool, other, { check })).toMatchObject({ withJobs: false })
      expect((await pool.query('select 1 from queue.job')).rowCount).toBe(0)
    })
  }))
