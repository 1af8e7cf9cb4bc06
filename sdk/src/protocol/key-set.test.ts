import { beforeEach, expect, test, vi } from 'vitest'
import { createKeySet, type KeySetOptions, type SavedKeySet } from './key-set.ts'
import { generateKey, type PublishedJwk } from './keys.ts'

const minute = 60_000
const [one, two, stranger] = await Promise.all([generateKey('sig'), generateKey('sig'), generateKey('sig')])

let at: number
let published: PublishedJwk[]
let down: boolean
let fetches: number
let warnings: unknown[]

beforeEach(() => {
  at = Date.parse('2026-11-21T12:00:00.000Z')
  published = [one.publicJwk]
  down = false
  fetches = 0
  warnings = []
})

const make = (more: Partial<KeySetOptions> = {}) =>
  createKeySet({
    url: 'https://portal.example/.well-known/jwks.json',
    now: () => new Date(at),
    warn: (warning) => warnings.push(warning),
    async fetchJwks() {
      fetches += 1
      if (down) throw new Error('503')
      return { keys: published }
    },
    ...more,
  })

const settle = () => new Promise((resolve) => setImmediate(resolve))

test('the first token causes the first fetch, and the next ones none', async () => {
  const set = make()
  expect(await set.key(one.kid)).toMatchObject({ x: one.publicJwk.x })
  expect(await set.key(one.kid)).not.toBeNull()
  expect([fetches, set.kids()]).toEqual([1, [one.kid]])
})

test('a set older than 10 minutes is fetched again in the background', async () => {
  let release = (_: { keys: unknown[] }) => {}
  const set = make({
    fetchJwks: () => {
      fetches += 1
      if (fetches === 1) return Promise.resolve({ keys: published })
      return new Promise((resolve) => {
        release = resolve
      })
    },
  })
  await set.key(one.kid)
  at += 10 * minute - 1
  await set.key(one.kid)
  expect(fetches).toBe(1)
  at += 1
  expect(await set.key(one.kid), 'answered while the fetch hangs').not.toBeNull()
  expect(await set.key(one.kid)).not.toBeNull()
  expect(fetches).toBe(2)
  release({ keys: [two.publicJwk] })
  await vi.waitFor(() => expect(set.kids()).toEqual([two.kid]))
})

test('a fetched set replaces the old one: a key it no longer names is gone', async () => {
  const set = make()
  await set.key(one.kid)
  published = [two.publicJwk]
  at += 11 * minute
  await set.key(one.kid)
  await vi.waitFor(() => expect(set.kids()).toEqual([two.kid]))
  expect(await set.key(one.kid)).toBeNull()
})

test('a receiver that heard nothing for an hour asks before it trusts', async () => {
  const set = make()
  await set.key(one.kid)
  published = [two.publicJwk]
  at += 60 * minute
  expect(await set.key(one.kid)).toBeNull()
})

test('only a failed fetch keeps the old set, however long it fails', async () => {
  const set = make()
  await set.key(one.kid)
  down = true
  for (let day = 0; day < 40; day += 1) {
    at += 24 * 60 * minute
    expect(await set.key(one.kid)).not.toBeNull()
  }
  expect(set.fetchedAt()).toEqual(new Date('2026-11-21T12:00:00.000Z'))
})

test.each([[null], ['<html>'], [{}], [{ keys: 'none' }], [[]]])('%j is a failed fetch', async (answer) => {
  let first = true
  const set = make({
    async fetchJwks() {
      if (!first) return answer as never
      first = false
      return { keys: published }
    },
  })
  await set.key(one.kid)
  at += 2 * 60 * minute
  expect(await set.key(one.kid)).not.toBeNull()
})

test('a thousand tokens with unknown kids cause one fetch in 30 seconds', async () => {
  const set = make()
  await set.key(one.kid)
  at += minute
  const ask = (index: number) => set.key(`${String(index).padStart(43, 'A')}`)
  expect(new Set(await Promise.all(Array.from({ length: 500 }, (_, index) => ask(index))))).toEqual(new Set([null]))
  at += minute / 2 - 1
  await Promise.all(Array.from({ length: 500 }, (_, index) => ask(index + 500)))
  expect(fetches).toBe(2)
  at += 1
  await ask(1000)
  expect(fetches).toBe(3)
})

test('everybody who waits for an unknown kid shares one fetch, and all are answered by it', async () => {
  const set = make()
  await set.key(one.kid)
  published = [one.publicJwk, two.publicJwk]
  at += minute
  const answers = await Promise.all([set.key(two.kid), set.key(two.kid), set.key(stranger.kid), set.key(two.kid)])
  expect(answers.map((answer) => answer !== null)).toEqual([true, true, false, true])
  expect(fetches).toBe(2)
})

test('while the portal is down, failing fetches are 30 seconds apart', async () => {
  const set = make()
  await set.key(one.kid)
  down = true
  at += 11 * minute
  for (let second = 0; second < 60; second += 1) {
    await set.key(one.kid)
    await settle()
    at += 1000
  }
  expect(fetches).toBe(3)
})

test('a warning comes after 24 hours of failure, once a day, and never before', async () => {
  const set = make()
  await set.key(one.kid)
  down = true
  at += 24 * 60 * minute - 1
  await set.keepFresh()
  expect(warnings).toEqual([])
  at += minute
  await set.keepFresh()
  at += 60 * minute
  await set.keepFresh()
  expect(warnings).toEqual([{ code: 'keys_not_refreshed', since: new Date('2026-11-21T12:00:00.000Z') }])
  at += 24 * 60 * minute
  await set.keepFresh()
  expect(warnings).toHaveLength(2)
})

test('keys are known by the thumbprint they have; what cannot sign is left out', async () => {
  const sealing = await generateKey('enc')
  published = [
    { ...one.publicJwk, kid: stranger.kid },
    sealing.publicJwk,
    two.privateJwk,
    { kty: 'oct', k: 'c2VjcmV0', kid: stranger.kid } as PublishedJwk,
  ]
  const set = make()
  expect(await set.key(one.kid)).not.toBeNull()
  expect(await set.key(stranger.kid)).toBeNull()
  expect(set.kids()).toEqual([one.kid])
})

test('a copy on disk carries a restart while the portal is down, and is checked like a fetched set', async () => {
  let disk: SavedKeySet | null = null
  const onDisk = {
    load: async () => disk,
    save: async (saved: SavedKeySet) => {
      disk = JSON.parse(JSON.stringify(saved))
    },
  }
  await make(onDisk).key(one.kid)
  down = true
  at += 5 * minute
  const after = make(onDisk)
  expect(await after.key(one.kid)).not.toBeNull()
  expect(after.fetchedAt()).toEqual(new Date('2026-11-21T12:00:00.000Z'))
  disk = { fetchedAt: 'yesterday', keys: [two.publicJwk] }
  expect(await make(onDisk).key(two.kid)).toBeNull()
})

test('a disk that fails is no reason to refuse', async () => {
  const set = make({
    load: () => Promise.reject(new Error('EACCES')),
    save: () => Promise.reject(new Error('ENOSPC')),
  })
  expect(await set.key(one.kid)).not.toBeNull()
})
