import { expect, test } from 'vitest'
import { withGround } from '../testing/with-ground.ts'
import { readReadiness } from './health.ts'
import { at, withApi } from './with-api.ts'

const fine = { database: true, keys: true, queueLagMs: 0, deadLetters: 0, clockApartMs: null }

test('a process that answers is up', () =>
  withApi(async ({ call }) => {
    expect((await call('GET', '/healthz')).json).toEqual({ up: true })
  }))

test('without its database it is not ready, and says so', () =>
  withApi(
    async ({ call }) => {
      const { status, json } = await call('GET', '/readyz')
      expect(status).toBe(503)
      expect(json).toEqual({
        ready: false,
        database: false,
        keys: true,
        queue_lag_ms: null,
        dead_letters: null,
        clock_apart_ms: null,
        routing_ranges: 0,
        warnings: [],
      })
    },
    { readiness: async () => ({ ...fine, database: false, queueLagMs: null, deadLetters: null }) },
  ))

test('dead letters are shown, and take nobody out of service', () =>
  withApi(
    async ({ call }) => {
      const { status, json } = await call('GET', '/readyz')
      expect([status, json.ready, json.dead_letters, json.warnings]).toEqual([200, true, 3, ['dead_letters']])
    },
    { readiness: async () => ({ ...fine, deadLetters: 3 }) },
  ))

test.each([
  [60_000, []],
  [60_001, ['clock_apart']],
  [-90_000, ['clock_apart']],
])("a machine's clock that is %i ms ahead of the database's takes nobody out of service: %j", (apart, warnings) =>
  withApi(
    async ({ call }) => {
      const { status, json } = await call('GET', '/readyz')
      expect([status, json.clock_apart_ms, json.warnings]).toEqual([200, apart, warnings])
    },
    { readiness: async () => ({ ...fine, clockApartMs: apart }) },
  ),
)

test('the lag is that of the job that has been due the longest', () =>
  withGround(at, async (ground) => {
    expect(await readReadiness(ground, ground.queue)).toEqual({ ...fine, routingRanges: 0 })
    await ground.db.transaction((tx) => tx.enqueue('reaction.queueDelivery', { factId: 'fct_1' }))
    await ground.db.pool.query("update queue.job set start_after = now() - interval '30 seconds'")
    const { queueLagMs } = await readReadiness(ground, ground.queue)
    expect(queueLagMs).toBeGreaterThanOrEqual(30_000)
    expect(queueLagMs).toBeLessThan(60_000)
  }))

test('a database or key store that fails is not there', () =>
  withGround(at, async (ground) => {
    ground.keys.current = () => Promise.reject(new Error('gone'))
    const queue = { countDeadLetters: () => Promise.reject(new Error('gone')) }
    expect(await readReadiness(ground, queue)).toMatchObject({ database: true, keys: false, deadLetters: null })
  }))
