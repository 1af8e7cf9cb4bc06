/** Whose turn it is, and what becomes of a store whose database, key or adapter is not as it should be. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Refusal } from '@noticeline/sdk'
import { type InboxMessage, type OutboxReport, type SqlAdapter, type SqlQuery, sqlStore } from '@noticeline/sdk/stores'
import sqlite3 from 'node-sqlite3-wasm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from '../architecture/tree.ts'
import { sqlite } from './sqlite.ts'

let folder: string
let key: string
let database: InstanceType<typeof sqlite3.Database>
let adapter: SqlAdapter
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'turn-'))
  key = join(folder, 'store.key')
  database = new sqlite3.Database(join(folder, 'inbox.db'))
  adapter = sqlite(database)
})
afterEach(async () => {
  if (database.isOpen) database.close()
  await rm(folder, { recursive: true, force: true })
})

const at = '2026-11-21T09:00:00.000Z'
const message = (jti: string): InboxMessage => ({
  ...{ id: `https://portal.example ${jti}`, iss: 'https://portal.example', jti, txn: 'ntc_1', seq: 1 },
  ...{ type: 'notice.issued', items: ['itm_1'], setSha256: 'x', raw: 'a.b.c', receivedAt: at, state: 'waiting' },
  ...{ attempts: 0, nextAt: at, handled: [], note: null },
})
const report = (id: string): OutboxReport => ({
  ...{ id, kind: 'receipt', txn: 'ntc_1', raw: 'a.b.c', to: 'https://portal.example/v1/reports', createdAt: at },
  ...{ state: 'waiting', attempts: 0, nextAt: at, err: null, description: null },
})
const code = (error: unknown) => (Refusal.is(error) ? error.code : error)
const refusal = (work: Promise<unknown>) => work.then(() => 'not refused', code)
const opened = async (through: SqlAdapter = adapter, more: { silence?: number } = {}) => {
  const store = sqlStore(through, { key, ...more })
  await store.open()
  return store
}

test('the store of a process that was killed is taken over at once, with all it had promised', async () => {
  database.close()
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'killed-process.ts'), join(folder, 'inbox.db'), key],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [said] = await once(child.stdout, 'data')
  expect(String(said)).toBe('3 are in\n')
  const other = new sqlite3.Database(join(folder, 'inbox.db'))
  expect(await refusal(sqlStore(sqlite(other), { key }).open())).toBe('store_in_use')
  other.close()
  child.kill('SIGKILL')
  await once(child, 'exit')
  await rm(join(folder, 'inbox.db.lock'), { recursive: true, force: true })
  database = new sqlite3.Database(join(folder, 'inbox.db'))
  // With this silence nothing but the death of the process can be why.
  const store = await opened(sqlite(database), { silence: 3_600_000 })
  expect((await store.messages('waiting')).map(({ jti }) => jti)).toEqual(['one', 'two', 'three'])
  await store.close()
})

test('one on another machine is refused while it lives, taken over when it is silent, and writes nothing after that', async () => {
  const first = await opened(adapter, { silence: 3_600_000 })
  await first.add(message('one'), [])
  // Whoever held it is nobody that can be looked at from here.
  await adapter.query("UPDATE noticeline_store SET held_by = 'of another machine'", [])
  const alive = setInterval(() => void first.keep('sign', 'of life').catch(() => undefined), 20)
  expect(await refusal(sqlStore(adapter, { key, silence: 60_000 }).open())).toBe('store_in_use')
  clearInterval(alive)
  await first.setting('sign') // what was still on its way
  const second = await opened(adapter, { silence: 300 })
  expect(await refusal(first.add(message('late'), [report('late')]))).toBe('store_in_use')
  expect(await refusal(first.messages('waiting'))).toBe('store_in_use')
  await first.close()
  expect((await second.messages('waiting')).map(({ jti }) => jti)).toEqual(['one'])
  expect(await second.reports('waiting')).toEqual([])
  await second.add(message('two'), [])
  await second.close()
  await (await opened()).close()
})

test('a store that has nothing to write says that it lives all the same', async () => {
  const first = await opened(adapter, { silence: 600 })
  await adapter.query("UPDATE noticeline_store SET held_by = 'of another machine'", [])
  expect(await refusal(sqlStore(adapter, { key, silence: 60_000 }).open())).toBe('store_in_use')
  await first.close()
})

/** Fails at the statement of this number within a transaction; 0 is the commit itself, done or not. */
function failingAt(when: () => number, committed: boolean): SqlAdapter {
  return {
    query: adapter.query,
    async transaction(work) {
      let count = 0
      const end = when()
      const run = async (query: SqlQuery) => {
        const done = await work(async (text, values) => {
          count += 1
          if (count === end) throw new Error(`the disk is full, at ${text}`)
          return query(text, values)
        })
        if (end === 0 && !committed) throw new Error('the connection broke')
        return done
      }
      const done = await adapter.transaction(run)
      if (end === 0) throw new Error('the connection broke')
      return done
    },
  }
}

test('a change that fails at any of its statements is refused, and nothing of it is there', async () => {
  let at = -1
  const store = await opened(failingAt(() => at, true))
  await store.add(message('one'), [report('one')])
  const change = () =>
    store.change({
      messages: [{ id: message('one').id, patch: { state: 'done' } }],
      addReports: [report('two')],
      reports: [{ id: 'one', patch: { state: 'sent' } }],
    })
  let failed = 0
  for (at = 1; (await refusal(change())) === 'store_failed'; at += 1) {
    failed += 1
    const before = at
    at = -1
    expect(await store.counts()).toEqual({
      messages: { waiting: 1, done: 0, dead: 0, quarantined: 0 },
      reports: { waiting: 1, sent: 0, dead: 0 },
    })
    at = before
  }
  at = -1
  expect(failed).toBeGreaterThan(8)
  expect((await store.counts()).reports).toEqual({ waiting: 1, sent: 1, dead: 0 })
  await store.close()
})

test.each([
  { committed: true, times: 1 },
  { committed: true, times: 4 },
  { committed: false, times: 1 },
  { committed: false, times: 4 },
])('a commit whose answer is lost counts as what it was: $committed, asked $times times', async (given) => {
  const { committed, times } = given
  let left = -1
  const when = () => {
    left -= 1
    return left >= 0 ? 0 : -1
  }
  const store = await opened(failingAt(when, committed))
  left = times + 1
  const adding = store.add(message('one'), [report('one')]).then(({ result }) => result, code)
  expect(await adding).toBe(committed ? 'added' : 'store_failed')
  expect((await store.find(message('one').id))?.jti ?? null).toBe(committed ? 'one' : null)
  expect(await store.reports('waiting')).toHaveLength(committed ? 1 : 0)
  expect((await store.add(message('one'), [])).result).toBe(committed ? 'known' : 'added')
  await store.close()
})

test('an adapter that does not keep to one connection, or swallows errors, is refused before anything is stored', async () => {
  const wrong: SqlAdapter[] = [
    { query: adapter.query, transaction: (work) => work(adapter.query) },
    {
      query: adapter.query,
      transaction: (work) => adapter.transaction(work).catch(() => undefined as never),
    },
    { query: async () => ({ rows: [] }), transaction: adapter.transaction },
  ]
  for (const through of wrong) expect(await refusal(sqlStore(through, { key }).open())).toBe('store_failed')
  const store = await opened()
  expect((await store.counts()).messages.waiting).toBe(0)
  await store.close()
})

test('without its key, with another, or after a row was changed, it is refused', async () => {
  const store = await opened()
  await store.add(message('one'), [])
  await store.add(message('two'), [])
  await store.close()
  await copyFile(key, `${key}.copy`)
  await rm(key)
  expect(await refusal(opened())).toBe('store_key_missing')
  await writeFile(key, Buffer.alloc(32, 1).toString('base64url'), { mode: 0o600 })
  expect(await refusal(opened())).toBe('store_key_missing')
  await rm(key)
  await copyFile(`${key}.copy`, key)
  const swaps = [
    "UPDATE noticeline_rows SET state = 'done' WHERE place = 1",
    "UPDATE noticeline_rows SET state = 'waiting', received_on = received_on + 1 WHERE place = 1",
    'UPDATE noticeline_rows SET received_on = received_on - 1, sealed = (SELECT sealed FROM noticeline_rows WHERE place = 2) WHERE place = 1',
  ]
  for (const swap of swaps) {
    await adapter.query(swap, [])
    const again = await opened()
    expect(await refusal(again.find(message('one').id))).toBe('store_damaged')
    expect((await again.find(message('two').id))?.jti).toBe('two')
    await again.close()
  }
})

test('tables of a later release, and names that are none, are refused', async () => {
  await (await opened()).close()
  await adapter.query('UPDATE noticeline_store SET version = 2', [])
  expect(await refusal(opened())).toBe('store_newer')
  const named = (tables: string) => () => sqlStore(adapter, { key, tables })
  for (const tables of ['', 'a b', 'x; DROP TABLE y', 'A', 'é', '1a']) {
    expect(named(tables)).toThrow(expect.objectContaining({ code: 'store_option_invalid' }))
  }
})

test('many writes at once go together: a hundred of them in few transactions', async () => {
  let transactions = 0
  const counting: SqlAdapter = {
    query: adapter.query,
    transaction(work) {
      transactions += 1
      return adapter.transaction(work)
    },
  }
  const store = await opened(counting)
  transactions = 0
  await Promise.all(Array.from({ length: 100 }, (_, index) => store.add(message(`n${index}`), [])))
  expect(transactions).toBeLessThan(10)
  await store.close()
})
