import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import { describe, expect, test, vi } from 'vitest'
import { record } from '../facts/record.ts'
import { type TestGround, type TestGroundOptions, withGround } from '../testing/with-ground.ts'
import { openQueue, type Queue, type QueueOptions } from './queue.server.ts'
import { notingReactions, sweepReactions } from './queue-reactions.server.ts'

const at = '2026-03-29T01:30:00+01:00'
type OpenWorker = (patience?: QueueOptions['patience']) => Promise<Queue>

/** A ground, and processes that work on its queue, as far as the queue can tell. */
function withWorkers(options: TestGroundOptions, work: (ground: TestGround, openWorker: OpenWorker) => Promise<void>) {
  return withGround(at, options, async (ground) => {
    const { pool, connection } = ground.db
    const open: Queue[] = []
    try {
      await work(ground, async (patience = {}) => {
        const queue = await openQueue({ pool, connection, log: ground.log, working: true, patience })
        open.push(queue)
        return notingReactions(queue, ground)
      })
    } finally {
      for (const queue of open) await queue.stop(2000)
    }
  })
}

async function until(holds: () => boolean | Promise<boolean>, ms = 10_000): Promise<number> {
  const began = performance.now()
  while (!(await holds())) {
    if (performance.now() - began > ms) throw new Error('It never came to that')
    await wait(5)
  }
  return performance.now() - began
}

async function statesOf(ground: TestGround, job: string): Promise<string[]> {
  const { rows } = await sql<{ state: string }>`select state::text from queue.job where name = ${job}`.execute(
    ground.db.read,
  )
  return rows.map((row) => row.state)
}

describe('the queue', () => {
  test('runs a job the moment it is committed and waked for, not at the next look', () =>
    withWorkers({}, async (ground, openWorker) => {
      const queue = await openWorker()
      const seen: unknown[] = []
      await queue.work('greet', async (data) => void seen.push(data))
      await until(async () => (await statesOf(ground, 'greet')).length === 0)
      await wait(300)
      await ground.db.transaction((tx) => tx.enqueue('greet', { number: 1 }))
      queue.wake(['greet'])
      expect(await until(() => seen.length === 1)).toBeLessThan(1500)
      expect(seen).toEqual([{ number: 1 }])
      await until(async () => (await statesOf(ground, 'greet'))[0] === 'completed')
    }))

  test('a machine whose clock is set back goes on looking for jobs', () =>
    withWorkers({}, async (ground, openWorker) => {
      const queue = await openWorker()
      const seen: unknown[] = []
      const honest = Date.now
      await queue.work('greet', async ({ number }) => {
        seen.push(number)
        // Back by another day at every look, so that no worker is spared.
        let looks = 0
        vi.spyOn(Date, 'now').mockImplementation(() => {
          looks += 1
          return honest() - looks * 86_400_000
        })
      })
      try {
        await ground.db.transaction((tx) => tx.enqueue('greet', { number: 1 }))
        await until(() => seen.length === 1)
        // Longer than between two looks: every worker has met the other time.
        await wait(3000)
        await ground.db.transaction((tx) => tx.enqueue('greet', { number: 2 }))
        await until(() => seen.length === 2)
      } finally {
        vi.restoreAllMocks()
      }
    }))

  test('wakes workers of another process', () =>
    withWorkers({}, async (ground, openWorker) => {
      const seen: unknown[] = []
      await (await openWorker()).work('greet', async (data) => void seen.push(data))
      await wait(300)
      await ground.db.transaction((tx) => tx.enqueue('greet', { number: 1 }))
      ground.queue.wake(['greet'])
      expect(await until(() => seen.length === 1)).toBeLessThan(1500)
    }))

  test('tries a job that failed again, by itself, and says neither what nor why in the queue', () =>
    withWorkers({}, async (ground, openWorker) => {
      const queue = await openWorker()
      const seen: unknown[] = []
      let failures = 1
      await queue.work('greet', async ({ number }) => {
        seen.push(number)
        if (number === 1 && failures-- > 0) throw Object.assign(new Error('secret'), { code: 'ECONNRESET' })
      })
      await ground.db.transaction(async (tx) => {
        await tx.enqueue('greet', { number: 1 })
        await tx.enqueue('greet', { number: 2 })
      })
      queue.wake(['greet'])
      await until(() => seen.length === 2)
      await until(async () => (await statesOf(ground, 'greet')).includes('retry'))
      const { rows } = await sql<{ output: string }>`select output::text from queue.job`.execute(ground.db.read)
      expect(rows.map((row) => row.output).join()).toContain('ECONNRESET')
      expect(rows.map((row) => row.output).join()).not.toContain('secret')
      await until(() => seen.length === 3)
      expect([...seen].sort()).toEqual([1, 1, 2])
    }))

  test('a job that is given up is in sight, and can be put back', () =>
    withWorkers({}, async (ground, openWorker) => {
      const queue = await openWorker({ retryLimit: 0 })
      let broken = true
      await queue.work('greet', async () => {
        if (broken) throw new Error('no')
      })
      expect(await queue.countDeadLetters()).toBe(0)
      await ground.db.transaction((tx) => tx.enqueue('greet', { number: 1 }))
      queue.wake(['greet'])
      await until(async () => (await queue.countDeadLetters()) === 1)
      expect(await queue.listDeadLetters()).toMatchObject([{ job: 'greet', data: { number: 1 }, tries: 1 }])
      broken = false
      expect(await queue.redrive()).toBe(1)
      queue.wake(['greet'])
      await until(async () => (await statesOf(ground, 'greet')).includes('completed'))
      expect(await queue.countDeadLetters()).toBe(0)
    }))

  test('a job that waits for its time is not run before', () =>
    withWorkers({}, async (ground, openWorker) => {
      const queue = await openWorker()
      let ran = false
      await queue.work('greet', async () => {
        ran = true
      })
      const startAfter = new Date(performance.timeOrigin + performance.now() + 3_600_000)
      await ground.db.transaction((tx) => tx.enqueue('greet', {}, { startAfter }))
      queue.wake(['greet'])
      await wait(500)
      expect(ran).toBe(false)
      expect(await ground.jobs()).toMatchObject([{ startAfter }])
    }))

  test('stopping waits for the job that runs', () =>
    withWorkers({}, async (ground, openWorker) => {
      const queue = await openWorker()
      let state = 'waiting'
      await queue.work('greet', async () => {
        state = 'running'
        await wait(400)
        state = 'done'
      })
      await ground.db.transaction((tx) => tx.enqueue('greet', {}))
      queue.wake(['greet'])
      await until(() => state === 'running')
      await queue.stop()
      expect(state).toBe('done')
      expect(await statesOf(ground, 'greet')).toEqual(['completed'])
    }))
})

describe('reactions', () => {
  const reactions = { 'key.published': [async function tell() {}] }
  const recordOne = (ground: TestGround) =>
    ground.db.transaction((tx) => record(tx, 'portal', 'key.published', { kid: 'first' }))

  test('a reaction is one job and is done once, however often it is queued', () =>
    withWorkers({ reactions }, async (ground, openWorker) => {
      const { id } = await recordOne(ground)
      await ground.db.transaction((tx) => tx.enqueue('reaction.tell', { factId: id }))
      expect(await ground.jobs()).toHaveLength(1)
      let runs = 0
      const queue = await openWorker()
      await queue.work('reaction.tell', async () => {
        runs += 1
      })
      await until(async () => (await statesOf(ground, 'reaction.tell'))[0] === 'completed')
      await sql`delete from queue.job`.execute(ground.db.read)
      await ground.db.transaction((tx) => tx.enqueue('reaction.tell', { factId: id }))
      queue.wake(['reaction.tell'])
      await until(async () => (await statesOf(ground, 'reaction.tell'))[0] === 'completed')
      expect(runs).toBe(1)
    }))

  test('the sweep queues what has no job and was never done, once it is a minute old', () =>
    withGround(at, { reactions }, async (ground) => {
      await recordOne(ground)
      ground.clock.advance(60_001)
      expect(await sweepReactions(ground)).toBe(0)
      await sql`delete from queue.job`.execute(ground.db.read)
      ground.clock.set(at)
      expect(await sweepReactions(ground)).toBe(0)
      ground.clock.advance(60_001)
      expect(await sweepReactions(ground)).toBe(1)
      expect(await ground.runReactions()).toBe(1)
      expect(await sweepReactions(ground)).toBe(0)
    }))

  test('what is owed after a fact is found however far the clock went meanwhile, either way', () =>
    withGround(at, { reactions }, async (ground) => {
      for (const turned of [365, -365]) {
        ground.clock.set(at)
        await recordOne(ground)
        await sql`delete from queue.job`.execute(ground.db.read)
        ground.clock.advance(turned * 86_400_000)
        expect(await sweepReactions(ground)).toBe(1)
        expect(await ground.runReactions()).toBe(1)
      }
    }))

  test('a fact that owes nothing by the time it is recorded is history for a reaction that is added later', () =>
    withGround(at, { reactions: { ...reactions, 'key.activated': [] } }, async (ground) => {
      await ground.db.transaction((tx) => record(tx, 'portal', 'key.activated', { kid: 'first' }))
      ground.clock.advance(3_600_000)
      expect(await sweepReactions(ground)).toBe(0)
    }))

  test('a job put off, or in hand, by a clock that was set back since is done now', () =>
    withWorkers({ reactions }, async (ground, openWorker) => {
      for (const state of ['retry', 'active']) {
        await recordOne(ground)
        await sql`update queue.job set state = ${state}::queue.job_state, start_after = now() + interval '1 year',
          started_on = now() + interval '1 year' where state = 'created'`.execute(ground.db.read)
      }
      await sweepReactions(ground)
      let runs = 0
      const queue = await openWorker()
      await queue.work('reaction.tell', async () => {
        runs += 1
      })
      await until(() => runs === 2)
    }))
})
