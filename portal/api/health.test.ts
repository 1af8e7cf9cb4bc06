import { expect, test } from 'vitest'
import * as build from '../testing/build/delivery.ts'
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
        deliveries_late_ms: null,
        reactions_late_ms: null,
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
    expect(await readReadiness(ground, ground.queue)).toEqual({
      ...fine,
      deliveriesLateMs: 0,
      reactionsLateMs: 0,
      routingRanges: 0,
    })
    await ground.db.transaction((tx) => tx.enqueue('reaction.queueDelivery', { factId: 'fct_1' }))
    await ground.db.pool.query("update queue.job set start_after = now() - interval '30 seconds'")
    const { queueLagMs } = await readReadiness(ground, ground.queue)
    expect(queueLagMs).toBeGreaterThanOrEqual(30_000)
    expect(queueLagMs).toBeLessThan(60_000)
  }))

test('a database or key store that fails is not there', () =>
  withGround(at, async (ground) => {
    ground.keys.current = () => Promise.reject(new Error('gone'))
    const queue = { countDeadLetters: () => Promise.reject(new Error('gone')), lagMs: async () => 0 }
    expect(await readReadiness(ground, queue)).toMatchObject({ database: true, keys: false, deadLetters: null })
  }))

test('the age of what is due to a receiver that works, and of what is owed after a fact, is told', () =>
  build.withLine(at, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    await build.submittedNotice(ground, on)
    ground.clock.advance(61_000)
    expect(await readReadiness(ground, ground.queue)).toMatchObject({ deliveriesLateMs: 0, reactionsLateMs: 61_000 })
    await ground.runReactions()
    expect(await readReadiness(ground, ground.queue)).toMatchObject({ deliveriesLateMs: 0, reactionsLateMs: 0 })
    ground.clock.advance(90_000)
    expect(await readReadiness(ground, ground.queue)).toMatchObject({ deliveriesLateMs: 90_000, reactionsLateMs: 0 })
    // Its receiver is down: that delivery is late, and we are not.
    await ground.db.pool.query('update endpoints set failures = 3')
    expect(await readReadiness(ground, ground.queue)).toMatchObject({ deliveriesLateMs: 0 })
  }))

test.each([
  [{ queueLagMs: 60_001 }, ['queue_late']],
  [{ deliveriesLateMs: 60_001 }, ['queue_late']],
  [{ reactionsLateMs: 60_001, deadLetters: 1 }, ['dead_letters', 'queue_late']],
  [{ queueLagMs: 60_000, deliveriesLateMs: 60_000, reactionsLateMs: 60_000 }, []],
])('work that waits for more than a minute is a warning, and takes nobody out of service: %j', (found, warnings) =>
  withApi(
    async ({ call }) => {
      const { status, json } = await call('GET', '/readyz')
      expect([status, json.warnings]).toEqual([200, warnings])
    },
    { readiness: async () => ({ ...fine, ...found }) },
  ),
)
