import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import pg from 'pg'
import { expect, test, vi } from 'vitest'
import { withGround } from '../testing/with-ground.ts'
import { openPool, untilReachable } from './database.server.ts'

const at = '2026-03-29T01:30:00+01:00'

test('what is written and enqueued in a transaction is there as a whole', () =>
  withGround(at, async (ground) => {
    await ground.db.transaction(async (tx) => {
      await tx.db
        .insertInto('people')
        .values({ id: 'psn_1', email: 'a@heron.example', name: 'A', createdAt: tx.now })
        .execute()
      await tx.enqueue('greet', { personId: 'psn_1' })
    })
    const people = await ground.db.read.selectFrom('people').selectAll().execute()
    expect(people).toMatchObject([{ id: 'psn_1', createdAt: new Date(at) }])
    expect(await ground.jobs()).toMatchObject([{ job: 'greet', data: { personId: 'psn_1' } }])
  }))

test('a transaction that throws leaves neither rows nor jobs', () =>
  withGround(at, async (ground) => {
    const failing = ground.db.transaction(async (tx) => {
      await tx.db
        .insertInto('people')
        .values({ id: 'psn_1', email: 'a@heron.example', name: 'A', createdAt: tx.now })
        .execute()
      await tx.enqueue('greet', { personId: 'psn_1' })
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await ground.db.read.selectFrom('people').selectAll().execute()).toEqual([])
    expect(await ground.jobs()).toEqual([])
  }))

test('two transactions that lock each other out are both done in the end', () =>
  withGround(at, async (ground) => {
    await ground.db.transaction(async (tx) => {
      for (const chain of ['a', 'b']) {
        await tx.db
          .insertInto('factHeads')
          .values({ chain, seq: 0, hash: Buffer.alloc(32) })
          .execute()
      }
    })
    let runs = 0
    const addOne = (first: string, second: string) =>
      ground.db.transaction(async (tx) => {
        runs += 1
        for (const chain of [first, second]) {
          await tx.db
            .updateTable('factHeads')
            .set((row) => ({ seq: row('seq', '+', 1) }))
            .where('chain', '=', chain)
            .execute()
          await sql`select pg_sleep(0.05)`.execute(tx.db)
        }
      })
    await Promise.all([addOne('a', 'b'), addOne('b', 'a')])
    expect(runs).toBeGreaterThan(2)
    const heads = await ground.db.read.selectFrom('factHeads').select('seq').execute()
    expect(heads).toEqual([{ seq: 2 }, { seq: 2 }])
  }))

test('a connection lost in the middle of a transaction fails that transaction, and nothing else', () =>
  withGround(at, async (ground) => {
    const lost = ground.db.transaction(async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx.db)
      await ground.db.pool.query('select pg_terminate_backend($1)', [rows[0]?.pid])
      await wait(50)
      await tx.db.selectFrom('people').selectAll().execute()
    })
    await expect(lost).rejects.toThrow(/terminat|queryable/)
    expect(await ground.db.read.selectFrom('people').selectAll().execute()).toEqual([])
  }))

test('a transaction inside another is refused', () =>
  withGround(at, async (ground) => {
    const nested = ground.db.transaction(() => ground.db.transaction(async () => 1))
    await expect(nested).rejects.toThrow('inside another')
  }))

test('reading past a transaction, on a second connection, is refused where it is tested', () =>
  withGround(at, async (ground) => {
    const past = ground.db.transaction(async () => ground.db.read.selectFrom('people').select('id').execute())
    await expect(past).rejects.toThrow('inside a transaction')
    expect(await ground.db.read.selectFrom('people').select('id').execute()).toEqual([])
  }))

test('a table that is altered under a plan that is kept is read as it is now', () =>
  withGround(at, async (ground) => {
    const heads = () =>
      ground.db.transaction((tx) => tx.db.selectFrom('factHeads').selectAll().execute(), { repeated: true })
    await ground.db.read
      .insertInto('factHeads')
      .values({ chain: 'a', seq: 0, hash: Buffer.alloc(32) })
      .execute()
    for (let turn = 0; turn < 8; turn += 1) await heads()
    const { rows } = await sql`select from pg_prepared_statements where name like 'kept %'`.execute(ground.db.read)
    expect(rows.length).toBeGreaterThan(0)
    await sql`alter table fact_heads add column more text default 'new'`.execute(ground.db.read)
    try {
      expect(await heads()).toMatchObject([{ chain: 'a', more: 'new' }])
    } finally {
      // The database is lent to other tests after this one.
      await sql`alter table fact_heads drop column more`.execute(ground.db.read)
    }
  }))

test('a plan that is kept is made again after a minute: tables grow before anybody counts them', () =>
  withGround(at, async (ground) => {
    const heads = () =>
      ground.db.transaction((tx) => tx.db.selectFrom('factHeads').selectAll().execute(), { repeated: true })
    const said = vi.spyOn(pg.Client.prototype, 'query')
    const renewed = () => said.mock.calls.filter(([text]) => (text as unknown) === 'discard plans').length
    const now = vi.spyOn(performance, 'now')
    try {
      await heads()
      await heads()
      expect(renewed()).toBe(0)
      const later = performance.now() + 61_000
      now.mockImplementation(() => later)
      await heads()
      await heads()
      expect(renewed()).toBe(1)
    } finally {
      vi.restoreAllMocks()
    }
  }))

test('bigints are read as numbers and instants as dates', () =>
  withGround(at, async (ground) => {
    const { rows } = await sql`select count(*) as n, ${new Date(at)}::timestamptz as at from people`.execute(
      ground.db.read,
    )
    expect(rows).toEqual([{ n: 0, at: new Date(at) }])
  }))

test('a database that is not there yet is waited for, and not for ever', async () => {
  const pool = openPool({ connectionString: 'postgres://nobody@127.0.0.1:1/none' }, 1)
  const began = performance.now()
  await expect(untilReachable(pool, 600)).rejects.toThrow('ECONNREFUSED')
  expect(performance.now() - began).toBeGreaterThan(600)
  await pool.end()
})
