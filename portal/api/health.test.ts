import { expect, test } from 'vitest'
import { withGround } from '../testing/with-ground.ts'
import { readReadiness } from './health.ts'
import { at, withApi } from './with-api.ts'

test('a process that answers is up', () =>
  withApi(async ({ call }) => {
    expect((await call('GET', '/healthz')).json).toEqual({ up: true })
  }))

test('without its database it is not ready, and says so', () =>
  withApi(
    async ({ call }) => {
      const { status, json } = await call('GET', '/readyz')
      expect(status).toBe(503)
      expect(json).toEqual({ ready: false, database: false, keys: true, queue_lag_ms: null, dead_letters: null })
    },
    { readiness: async () => ({ database: false, keys: true, queueLagMs: null, deadLetters: null }) },
  ))

test('dead letters are shown, and take nobody out of service', () =>
  withApi(
    async ({ call }) => {
      const { status, json } = await call('GET', '/readyz')
      expect([status, json.ready, json.dead_letters]).toEqual([200, true, 3])
    },
    { readiness: async () => ({ database: true, keys: true, queueLagMs: 0, deadLetters: 3 }) },
  ))

test('the lag is that of the job that has been due the longest', () =>
  withGround(at, async (ground) => {
    expect(await readReadiness(ground, ground.queue)).toEqual({
      database: true,
      keys: true,
      queueLagMs: 0,
      deadLetters: 0,
    })
    const due = new Date('2026-11-22T08:59:30.000Z')
    await ground.db.transaction((tx) => tx.enqueue('reaction.queueDelivery', { factId: 'fct_1' }, { startAfter: due }))
    expect(await readReadiness(ground, ground.queue)).toMatchObject({ queueLagMs: 30_000 })
  }))

test('a database or key store that fails is not there', () =>
  withGround(at, async (ground) => {
    ground.keys.current = () => Promise.reject(new Error('gone'))
    const queue = { countDeadLetters: () => Promise.reject(new Error('gone')) }
    expect(await readReadiness(ground, queue)).toMatchObject({ database: true, keys: false, deadLetters: null })
  }))
