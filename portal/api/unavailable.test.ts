import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { whatIsMissing } from '../facts/what-is-missing.ts'
import { openDatabase } from '../ground/database.server.ts'
import { createKeys } from '../ground/keys.server.ts'
import { createVault, VaultError } from '../ground/vault.server.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { createApi } from './api.ts'
import { readReadiness } from './health.ts'
import { type Stage, submission, withApi } from './with-api.ts'

const coded = (code: string, more: object = {}) => Object.assign(new Error('said in other words'), { code, ...more })

test.each<[unknown, string | null]>([
  [coded('ECONNREFUSED', { syscall: 'connect' }), 'database_unavailable'],
  [coded('ENOENT', { syscall: 'connect' }), 'database_unavailable'],
  [coded('ENOENT', { syscall: 'open' }), null],
  [coded('57P01'), 'database_unavailable'],
  [coded('08006'), 'database_unavailable'],
  [coded('25006'), 'database_unavailable'],
  [new Error('Connection terminated unexpectedly'), 'database_unavailable'],
  [new Error('timeout exceeded when trying to connect'), 'database_unavailable'],
  [coded('53100'), 'storage_full'],
  [coded('ENOSPC', { syscall: 'write' }), 'storage_full'],
  [new VaultError('key_unknown', 'x'), 'key_unavailable'],
  [new VaultError('key_destroyed', 'x'), null],
  [new VaultError('altered', 'x'), null],
  [coded('23505'), null],
  [coded('42P01'), null],
  [new TypeError('x is undefined'), null],
  ['text', null],
])('%s: %s', (error, missing) => {
  expect(whatIsMissing(error)).toBe(missing)
})

const readiness = async () => ({ database: true, keys: true, queueLagMs: 0, deadLetters: 0, clockApartMs: null })
const rows = async (ground: TestGround) => {
  const tables = ['notices', 'items', 'addressees', 'deliveries', 'tokens']
  const counts = tables.map((table) => `(select count(*) from ${table})`)
  const { rows: found } = await ground.db.pool.query({
    text: `select ${counts.join(', ')}, (select count(*) from facts where kind like 'notice.%')`,
    rowMode: 'array',
  })
  return (found[0] as unknown[]).map(Number)
}
const nothing = [0, 0, 0, 0, 0, 0]
const submit = ({ call, baken }: Stage) =>
  call('POST', '/v1/notices', { token: baken.token, body: submission(), headers: { 'idempotency-key': 'n1' } })

/** From now on a row in this table does that, as a disk or a server would in the middle of a transaction. */
async function fail(ground: TestGround, table: string, doing: string) {
  await ground.db.pool.query(`create or replace function fails() returns trigger language plpgsql as
    $$ begin ${doing}; return new; end $$`)
  await ground.db.pool.query(`create trigger fails before insert on ${table} for each row execute function fails()`)
  return () => ground.db.pool.query(`drop trigger fails on ${table}`)
}

/** Refused, nothing kept, and with the same key it is done once when what was missing is back. */
async function heldTogether(stage: Stage, code: string, mend: () => Promise<unknown>) {
  const { ground } = stage
  // Databases are lent from test to test, so it is taken away before anything is expected.
  const refused = await submit(stage)
  const kept = await rows(ground)
  await mend()
  expect([refused.status, refused.json.code, refused.headers.get('retry-after')]).toEqual([503, code, '15'])
  expect(kept).toEqual(nothing)
  ground.clock.advance(15_000)
  const taken = await submit(stage)
  expect(taken.status).toBe(201)
  expect((await submit(stage)).json).toEqual(taken.json)
  await ground.runReactions()
  expect(await rows(ground)).toEqual([1, 1, 1, 1, 1, 1])
}

describe('a notice is taken as a whole or refused', () => {
  test('without its database every call is refused, and says when to ask again', () =>
    withApi(async (stage) => {
      const { ground, baken } = stage
      const db = openDatabase({
        connection: { connectionString: 'postgres://nobody@127.0.0.1:9/none' },
        clock: ground.clock,
        enqueue: async () => {},
        committed: () => {},
        reactionsTo: () => [],
        project: async () => {},
        onError: () => {},
      })
      const api = createApi({ ...ground, db }, { readiness })
      const headers = { authorization: `Bearer ${baken.token}`, 'content-type': 'application/json' }
      for (const asked of [
        { path: '/v1/notices', method: 'POST', body: JSON.stringify(submission()) },
        { path: '/v1/notices', method: 'GET' },
        { path: '/v1/notices/ntc_1/withdraw', method: 'POST', body: '{"reason":"error"}' },
      ]) {
        const { path, ...init } = asked
        const answer = await api.request(path, { ...init, headers })
        expect([answer.status, answer.headers.get('retry-after'), (await answer.json()).code]).toEqual([
          503,
          '15',
          'database_unavailable',
        ])
      }
      expect(
        await readReadiness({ ...ground, db }, { ...ground.queue, lagMs: () => Promise.reject(new Error()) }),
      ).toMatchObject({
        database: false,
        deliveriesLateMs: null,
      })
      await db.close()
    }))

  test.each(['items', 'queue.job_common'])('a connection that ends while %s are written', (table) =>
    withApi(async (stage) => {
      const mend = await fail(stage.ground, table, 'perform pg_terminate_backend(pg_backend_pid())')
      await heldTogether(stage, 'database_unavailable', mend)
    }),
  )

  test.each(['notices', 'facts', 'queue.job_common'])('a disk that is full when it comes to %s', (table) =>
    withApi(async (stage) => {
      const full = `raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'`
      await heldTogether(stage, 'storage_full', await fail(stage.ground, table, full))
    }),
  )

  test('a wrapping key that is not configured any more', () =>
    withApi(async (stage) => {
      const { ground, baken } = stage
      const vault = createVault({ wrappingKey: randomBytes(32) })
      const lost = { ...ground, vault, keys: createKeys({ db: ground.db, vault, clock: ground.clock }) }
      const api = createApi(lost, { readiness })
      const answer = await api.request('/v1/notices', {
        method: 'POST',
        headers: { authorization: `Bearer ${baken.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(submission()),
      })
      expect([answer.status, (await answer.json()).code]).toEqual([503, 'key_unavailable'])
      expect(await rows(ground)).toEqual(nothing)
      expect(await readReadiness(lost, ground.queue)).toMatchObject({ database: true, keys: false })
      expect((await submit(stage)).status).toBe(201)
    }))
})
