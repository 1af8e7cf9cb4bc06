/** Cases in a file of SQLite: whose turn it is, and what becomes of them when a process, a commit or the key is lost. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Refusal } from '@noticeline/sdk'
import { type SqlAdapter, sqlCases, sqlStore } from '@noticeline/sdk/stores'
import sqlite3 from 'node-sqlite3-wasm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { root } from '../architecture/tree.ts'
import { mortal } from './databases.ts'
import { eachOnce, effectsOfKilled, moments } from './killed-removal.ts'
import { sqlite } from './sqlite.ts'

describe('cases in a file of SQLite', () => {
  let folder: string
  let key: string
  let path: string
  let database: InstanceType<typeof sqlite3.Database>
  let adapter: SqlAdapter
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cases-'))
    key = join(folder, 'store.key')
    path = join(folder, 'cases.db')
    database = new sqlite3.Database(path)
    adapter = sqlite(database)
  })
  afterEach(async () => {
    if (database.isOpen) database.close()
    await rm(folder, { recursive: true, force: true })
  })

  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => 'not refused',
      (error: unknown) => (Refusal.is(error) ? error.code : error),
    )
  const opened = async (through: SqlAdapter = adapter, more: { silence?: number } = {}) => {
    const cases = sqlCases(through, { key, ...more })
    await cases.open()
    return cases
  }
  const started = (script: string, ...given: string[]) =>
    spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, script), path, key, ...given], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    })

  test.each(moments)(
    'a process killed %s leaves what it had promised, and the whole of the last write or nothing',
    async (moment) => {
      database.close()
      expect(await once(started('killed-cases.ts', moment), 'exit')).toEqual([null, 'SIGKILL'])
      await rm(`${path}.lock`, { recursive: true, force: true })
      database = new sqlite3.Database(path)
      // With this silence nothing but the death of the process can be why it is taken over.
      const cases = await opened(sqlite(database), { silence: 3_600_000 })
      const whole = moment === 'before its commit' ? ['one', 'two'] : ['one', 'three', 'two']
      expect(await cases.list('decision ')).toEqual(whole.map((name) => [`decision ${name}`, 'signed']))
      expect(await cases.get('last')).toBe(moment === 'before its commit' ? 'two' : 'three')
      await cases.close()
    },
  )

  test.each(moments)('a removal killed in any of its transactions, %s, has each effect once', async (moment) => {
    const memory = sqlite(new sqlite3.Database(':memory:'))
    const nothing = async () => {}
    const open = async () => mortal(memory, nothing, nothing)
    const numbers = Array.from({ length: 24 }, (_, index) => index + 1)
    const killed = await Promise.all(
      numbers.map((at) => effectsOfKilled({ open, key, tables: `killed_${at}`, at, moment })),
    )
    const last = killed.indexOf(null)
    expect(last).toBeGreaterThan(12)
    expect(killed.slice(0, last)).toEqual(Array.from({ length: last }, () => eachOnce))
  })

  test('two processes at once lose no update', async () => {
    database.close()
    const ends = ['10', '10'].map((times) => once(started('counting-cases.ts', times), 'exit'))
    expect(await Promise.all(ends)).toEqual([
      [0, null],
      [0, null],
    ])
    database = new sqlite3.Database(path)
    const cases = await opened(sqlite(database))
    expect(await cases.get('count')).toBe('20')
    await cases.close()
  })

  test('one that was taken for dead and comes back reads and writes nothing more', async () => {
    const first = await opened(adapter, { silence: 3_600_000 })
    await first.write({ 'item 1': 'asked' })
    expect(await refusal(opened())).toBe('store_in_use')
    // Whoever held it is nobody that can be looked at from here.
    await adapter.query("UPDATE noticeline_store SET held_by = 'of another machine'", [])
    const second = await opened(adapter, { silence: 300 })
    await second.write({ 'item 1': 'approved' })
    expect(await refusal(first.write({ 'item 1': 'over' }))).toBe('store_in_use')
    expect(await refusal(first.get('item 1'))).toBe('store_in_use')
    await first.close()
    expect(await second.get('item 1')).toBe('approved')
    await second.close()
  })

  test.each([true, false])('a commit whose answer is lost counts as what it was (done: %s)', async (done) => {
    let lost = false
    const losing: SqlAdapter = {
      query: adapter.query,
      async transaction(work) {
        const losesIt = lost
        lost = false
        const answer = await adapter.transaction(async (query) => {
          const answer = await work(query)
          if (losesIt && !done) throw new Error('the connection broke')
          return answer
        })
        if (losesIt) throw new Error('the connection broke')
        return answer
      },
    }
    const cases = await opened(losing)
    await cases.write({ one: 'before' })
    lost = true
    expect(await refusal(cases.write({ one: 'after', two: 'after' }))).toBe(done ? 'not refused' : 'store_failed')
    expect(await cases.list('')).toEqual(
      done
        ? [
            ['one', 'after'],
            ['two', 'after'],
          ]
        : [['one', 'before']],
    )
    await cases.close()
  })

  /** Fails in the transactions of these numbers: before they begin, or when they are done. */
  const failingIn = (numbers: readonly number[], moment: 'before' | 'after'): SqlAdapter => {
    let count = 0
    return {
      query: adapter.query,
      async transaction(work) {
        count += 1
        const fails = numbers.includes(count)
        if (fails && moment === 'before') throw new Error('database is locked')
        const done = await adapter.transaction(work)
        if (fails) throw new Error('the connection broke')
        return done
      },
    }
  }

  test('whatever fails while it is opened, nothing of it is in the way of the next try', async () => {
    await (await opened()).close() // the tables are there: to take, to look that it undoes, and to let go are left
    for (const moment of ['before', 'after'] as const) {
      for (const first of moment === 'before' ? [1, 2, 3] : [1, 2]) {
        const failing = failingIn([first, first + 1, first + 2], moment)
        expect([moment, first, await refusal(opened(failing))]).toEqual([moment, first, 'store_failed'])
        // With this silence nothing but that it is not held can be why.
        const cases = await opened(adapter, { silence: 3_600_000 })
        expect(await refusal(opened(adapter))).toBe('store_in_use')
        await cases.close()
      }
    }
  })

  test('a closing that the database refuses at first lets go all the same', async () => {
    const cases = await opened(failingIn([7, 8], 'before'))
    await cases.close()
    expect(await adapter.query('SELECT holder FROM noticeline_store', [])).toEqual([{ holder: '' }])
  })

  test('without its key, with another, or after a row was changed, it is refused by its code', async () => {
    const cases = await opened()
    await cases.write({ 'item ntc_1 itm_1': 'one', 'item ntc_1 itm_2': 'two' })
    await cases.close()
    await copyFile(key, `${key}.copy`)
    await rm(key)
    expect(await refusal(opened())).toBe('store_key_missing')
    await writeFile(key, Buffer.alloc(32, 1).toString('base64url'), { mode: 0o600 })
    expect(await refusal(opened())).toBe('store_key_missing')
    expect(await refusal(sqlStore(adapter, { key }).open())).toBe('not refused') // the inbox is another store
    await rm(key)
    await copyFile(`${key}.copy`, key)
    const [one, two] = (await adapter.query('SELECT id, sealed, below_3 FROM noticeline_cases', [])) as [
      Record<string, string>,
      Record<string, string>,
    ]
    const change = (column: string, value = '') =>
      adapter.query(`UPDATE noticeline_cases SET ${column} = ? WHERE id = ?`, [value, one['id'] ?? ''])
    for (const [column, other] of [
      ['sealed', two['sealed']],
      ['sealed', ''],
      ['below_2', 'moved'],
    ] as const) {
      const again = await opened()
      expect(await again.list('item ntc_1 ')).toHaveLength(2)
      const [before] = (await adapter.query(`SELECT ${column} AS old FROM noticeline_cases WHERE id = ?`, [
        one['id'] ?? '',
      ])) as [{ old: string }]
      await change(column, other)
      expect([column, await refusal(again.list(''))]).toEqual([column, 'store_damaged'])
      expect(
        (await Promise.all(['1', '2'].map((item) => refusal(again.get(`item ntc_1 itm_${item}`))))).sort(),
      ).toEqual(['not refused', 'store_damaged'])
      await change(column, before.old)
      await again.close()
    }
    await adapter.query('UPDATE noticeline_store SET version = 2', [])
    expect(await refusal(opened())).toBe('store_newer')
    expect(() => sqlCases(adapter, { key, tables: 'A b' })).toThrow(
      expect.objectContaining({ code: 'store_option_invalid' }),
    )
  })

  test('a list asks the database for no more than what it names', async () => {
    const asked: number[] = []
    const cases = await opened({
      transaction: adapter.transaction,
      async query(text, values) {
        const answer = await adapter.query(text, values)
        asked.push((answer as unknown[]).length)
        return answer
      },
    })
    const notices = Array.from({ length: 20 }, (_, index) => `ntc_${index}`)
    const records = notices.flatMap((notice) => [
      [`policy decision ${notice} 2026-11-21T09:00:00.000Z x`, 'signed'],
      [`policy item ${notice} itm_1`, 'asked'],
      [`removal ${notice} itm_1`, 'blocked'],
    ])
    await cases.write(Object.fromEntries(records))
    asked.length = 0
    for (const prefix of ['policy decision ntc_1 ', 'policy item ', 'removal ', 'removal ntc_7 '])
      await cases.list(prefix)
    expect(asked).toEqual([1, 20, 20, 1])
    await cases.close()
  })
})
