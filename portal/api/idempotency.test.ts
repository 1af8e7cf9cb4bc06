import { describe, expect, test, vi } from 'vitest'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { type Answer, type Call, isKey, keptUsually, type Making, once } from './idempotency.ts'

const at = '2026-11-22T09:00:00.000Z'
const call: Call = {
  orgId: 'org_baken',
  route: 'POST /v1/notices',
  key: 'b7a1',
  content: '/v1/notices\n{"items":[]}',
  keepMs: keptUsually,
}
const created: Answer = {
  status: 201,
  headers: { location: 'https://portal.example/v1/notices/ntc_1' },
  body: '{"id":"ntc_1"}',
}

function counted(answer: Answer = created) {
  const count = { runs: 0 }
  return {
    count,
    work: async () => {
      count.runs += 1
      return answer
    },
  }
}

const rows = (ground: TestGround) => ground.db.read.selectFrom('idempotency').selectAll().execute()

describe('the same key', () => {
  test('and content gets the first answer again, and nothing runs twice', () =>
    withGround(at, async (ground) => {
      const { work, count } = counted()
      expect(await once(ground, call, work)).toEqual({ result: 'answered', answer: created, replayed: false })
      expect(await once(ground, call, work)).toEqual({ result: 'answered', answer: created, replayed: true })
      expect(count.runs).toBe(1)
    }))

  test('with other content is a mismatch', () =>
    withGround(at, async (ground) => {
      const { work, count } = counted()
      await once(ground, call, work)
      expect(await once(ground, { ...call, content: '/v1/notices\n{}' }, work)).toEqual({ result: 'mismatch' })
      expect(count.runs).toBe(1)
    }))

  test('of another organisation or on another route is another key', () =>
    withGround(at, async (ground) => {
      const { work, count } = counted()
      await once(ground, call, work)
      await once(ground, { ...call, orgId: 'org_oever' }, work)
      await once(ground, { ...call, route: 'POST /v1/xarf' }, work)
      expect(count.runs).toBe(3)
    }))

  test('while the first call runs is told so', () =>
    withGround(at, async (ground) => {
      const second = await once(ground, call, async () => {
        const during = await once(ground, call, async () => created)
        return { ...created, body: during.result }
      })
      expect(second).toMatchObject({ answer: { body: 'running' } })
    }))

  test('of ten calls at once runs once', () =>
    withGround(at, async (ground) => {
      const { work, count } = counted()
      const results = await Promise.all(Array.from({ length: 10 }, () => once(ground, call, work)))
      expect(count.runs).toBe(1)
      expect(results.every(({ result }) => result === 'answered' || result === 'running')).toBe(true)
    }))

  test('is free again after a day', () =>
    withGround(at, async (ground) => {
      const { work, count } = counted()
      await once(ground, call, work)
      ground.clock.set('2026-11-23T08:59:59.999Z')
      expect(await once(ground, call, work)).toMatchObject({ replayed: true })
      ground.clock.set('2026-11-23T09:00:00.000Z')
      expect(await once(ground, call, work)).toMatchObject({ replayed: false })
      expect(count.runs).toBe(2)
    }))

  test('can be used again after a refusal, with a body put right', () =>
    withGround(at, async (ground) => {
      await once(ground, call, counted({ status: 422, headers: {}, body: '{}' }).work)
      expect(await once(ground, { ...call, content: 'corrected' }, counted().work)).toMatchObject({ answer: created })
    }))
})

describe('a call that died', () => {
  const die = () => Promise.reject(new Error('killed'))

  test('blocks its key for ten seconds and no longer', () =>
    withGround(at, async (ground) => {
      await expect(once(ground, call, die)).rejects.toThrow('killed')
      ground.clock.set('2026-11-22T09:00:09.999Z')
      expect(await once(ground, call, counted().work)).toEqual({ result: 'running' })
      ground.clock.set('2026-11-22T09:00:10.000Z')
      expect(await once(ground, call, counted().work)).toMatchObject({ answer: created, replayed: false })
    }))

  test('while the clock was a year ahead blocks its key no longer once it is set back', () =>
    withGround('2027-11-22T09:00:00.000Z', async (ground) => {
      await expect(once(ground, call, die)).rejects.toThrow('killed')
      ground.clock.set(at)
      expect(await once(ground, call, counted().work)).toMatchObject({ answer: created, replayed: false })
    }))

  test('after what it made was committed leaves nothing to be made again, and its key is free at once', () =>
    withGround(at, async (ground) => {
      const dies = async ({ note }: Making) => {
        await ground.db.transaction((tx) => note(tx, 'ntc_1'))
        return die()
      }
      await expect(once(ground, call, dies)).rejects.toThrow('killed')
      const found: (string | null)[] = []
      const answers = async ({ made }: Making) => {
        found.push(made)
        return created
      }
      expect(await once(ground, call, answers)).toEqual({ result: 'answered', answer: created, replayed: false })
      expect(await once(ground, call, answers)).toEqual({ result: 'answered', answer: created, replayed: true })
      expect(found).toEqual(['ntc_1'])
    }))

  test('and comes back after it was taken over makes nothing', () =>
    withGround(at, async (ground) => {
      await expect(
        once(ground, call, async ({ note }) => {
          ground.clock.set('2026-11-22T09:02:00.000Z')
          await once(ground, call, counted().work)
          await ground.db.transaction((tx) => note(tx, 'late'))
          return created
        }),
      ).rejects.toThrow('taken over')
      expect(await once(ground, call, counted().work)).toEqual({ result: 'answered', answer: created, replayed: true })
    }))

  test('and comes back after it was taken over writes nothing', () =>
    withGround(at, async (ground) => {
      const late = { ...created, body: '{"id":"late"}' }
      await once(ground, call, async () => {
        ground.clock.set('2026-11-22T09:02:00.000Z')
        await once(ground, call, counted().work)
        return late
      })
      expect(await once(ground, call, counted().work)).toEqual({ result: 'answered', answer: created, replayed: true })
    }))
})

test('a call that takes longer than ten seconds keeps its key, since it says that it is there', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  try {
    await withGround(at, async (ground) => {
      await once(ground, call, async () => {
        ground.clock.advance(9_000)
        vi.advanceTimersByTime(3_000)
        const held = async () => (await rows(ground))[0]?.heldUntil
        await expect.poll(held).toEqual(new Date('2026-11-22T09:00:19.000Z'))
        ground.clock.advance(9_000)
        expect(await once(ground, call, counted().work)).toEqual({ result: 'running' })
        return created
      })
    })
  } finally {
    vi.useRealTimers()
  }
})

test('what is stored is a digest of the key and a MAC of the body', () =>
  withGround(at, async (ground) => {
    await once(ground, { ...call, content: 'https://cust42.tern.example/g' }, counted().work)
    const stored = JSON.stringify(await rows(ground))
    expect(stored).not.toContain('tern')
    expect(stored).not.toContain('b7a1')
  }))

test('rows past their time go with the next new one', () =>
  withGround(at, async (ground) => {
    await once(ground, call, counted().work)
    ground.clock.set('2026-11-24T09:00:00.000Z')
    await once(ground, { ...call, key: 'other' }, counted().work)
    expect(await rows(ground)).toHaveLength(1)
  }))

test.each([
  ['b7a1', true],
  ['x'.repeat(255), true],
  ['x'.repeat(256), false],
  ['', false],
  ['naïve', false],
  ['a\nb', false],
])('%j as a key: %s', (key, fine) => {
  expect(isKey(key)).toBe(fine)
})
