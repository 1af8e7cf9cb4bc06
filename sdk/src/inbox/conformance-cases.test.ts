import { describe, expect, test } from 'vitest'
import { Refusal } from '../refusals.ts'
import type { CaseStore, CaseWrite } from './cases.ts'
import { caseConformance } from './conformance-cases.ts'

/** What outlives a store: the place of a small, right store that breaks in one way each below. */
class Disk {
  kept = new Map<string, string>()
  user: CaseStore | null = null
}

type Broken = (store: CaseStore, disk: Disk) => Partial<CaseStore>

function storeOn(disk: Disk, broken: Broken): CaseStore {
  let users = 0
  const asked = async <T>(work: () => T): Promise<T> => {
    if (users < 1) throw new Refusal('store_closed', 'The store was closed.')
    return work()
  }
  const right: CaseStore = {
    async open() {
      if (disk.user !== null && disk.user !== store) throw new Refusal('store_in_use', 'Somebody else uses it.')
      disk.user = store
      users += 1
    },
    get: (name) => asked(() => disk.kept.get(name) ?? null),
    list: (prefix) =>
      asked(() =>
        [...disk.kept].filter(([name]) => name.startsWith(prefix)).sort(([one], [other]) => (one < other ? -1 : 1)),
      ),
    write: (records) =>
      asked(() => {
        for (const [name, value] of Object.entries(records)) put(disk, name, value)
      }),
    async close() {
      users = Math.max(0, users - 1)
      if (users === 0 && disk.user === store) disk.user = null
    },
  }
  const store: CaseStore = { ...right, ...broken(right, disk) }
  return store
}

function put(disk: Disk, name: string, value: string | null): void {
  if (value === null) disk.kept.delete(name)
  else disk.kept.set(name, value)
}

const later = () => new Promise<void>((resolve) => setImmediate(resolve))
const inNames = (records: CaseWrite, rename: (name: string) => string) =>
  Object.fromEntries(Object.entries(records).map(([name, value]) => [rename(name), value]))
const inValues = (records: CaseWrite, change: (value: string) => string) =>
  Object.fromEntries(Object.entries(records).map(([name, value]) => [name, value === null ? null : change(value)]))

async function failuresOf(broken: Broken): Promise<string[]> {
  const places = async () => {
    const disk = new Disk()
    return {
      store: () => storeOn(disk, broken),
      durable: true,
      async crash() {
        disk.user = null
        disk.kept = new Map(disk.kept)
      },
    }
  }
  const failed: string[] = []
  for (const { name, run } of caseConformance(places)) await run().catch(() => failed.push(name))
  return failed
}

/** Each is a mistake that somebody could make with a table of two columns. */
const mistakes: Record<string, Broken> = {
  'writes one record after another': (store) => ({
    async write(records) {
      for (const [name, value] of Object.entries(records)) {
        await store.write({ [name]: value })
        await later()
      }
    },
  }),
  'writes all records it holds, as they were read before': (store, disk) => ({
    async write(records) {
      const before = new Map(disk.kept)
      await later()
      disk.kept = before
      await store.write(records)
    },
  }),
  'writes later, and reads what is there': (store) => ({
    async write(records) {
      await later()
      await store.write(records)
    },
  }),
  'keeps what is taken away': (store) => ({
    write: (records) => store.write(Object.fromEntries(Object.entries(records).filter(([, value]) => value !== null))),
  }),
  'makes null of what is empty': (store) => ({ get: async (name) => (await store.get(name)) || null }),
  'takes _ and % for any letter': (store) => ({
    async list(prefix) {
      const pattern = new RegExp(
        `^${prefix
          .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
          .replaceAll('_', '.')
          .replaceAll('%', '.*')}`,
      )
      return (await store.list('')).filter(([name]) => pattern.test(name))
    },
  }),
  'finds whole words only': (store) => ({
    list: async (prefix) =>
      (await store.list(prefix)).filter(([name]) => name === prefix || name.startsWith(prefix.replace(/ ?$/, ' '))),
  }),
  'leaves out what the prefix itself names': (store) => ({
    list: async (prefix) => (await store.list(prefix)).filter(([name]) => name !== prefix),
  }),
  'lists in the order of writing': (_, disk) => ({
    list: async (prefix) => [...disk.kept].filter(([name]) => name.startsWith(prefix)),
  }),
  'lists as people sort': (store) => ({
    list: async (prefix) => [...(await store.list(prefix))].sort(([one], [other]) => one.localeCompare(other)),
  }),
  'takes a and A for the same': (store) => ({
    get: (name) => store.get(name.toLowerCase()),
    write: (records) => store.write(inNames(records, (name) => name.toLowerCase())),
  }),
  'takes a space at the end for none': (store) => ({
    get: (name) => store.get(name.trimEnd()),
    write: (records) => store.write(inNames(records, (name) => name.trimEnd())),
  }),
  'cuts names off': (store) => ({
    get: (name) => store.get(name.slice(0, 255)),
    write: (records) => store.write(inNames(records, (name) => name.slice(0, 255))),
  }),
  'cuts values off': (store) => ({
    write: (records) => store.write(inValues(records, (value) => value.slice(0, 65_535))),
  }),
  'keeps latin letters only': (store) => ({
    write: (records) => store.write(inValues(records, (value) => Buffer.from(value, 'latin1').toString('latin1'))),
  }),
  'ends a text at its first zero': (store) => ({
    write: (records) => store.write(inValues(records, (value) => value.split('\0')[0] ?? '')),
  }),
  'is closed by the first who closes it': (store) => {
    let closed = false
    return {
      async open() {
        closed = false
        await store.open()
      },
      async write(records) {
        if (closed) throw new Refusal('store_closed', 'The store was closed.')
        await store.write(records)
      },
      async close() {
        closed = true
        await store.close()
      },
    }
  },
  'answers after it was closed': (_, disk) => ({ get: async (name) => disk.kept.get(name) ?? null }),
  'begins anew when it is opened': (store, disk) => ({
    async open() {
      await store.open()
      disk.kept = new Map()
    },
  }),
  'lets two stores on one place': (store, disk) => ({
    async open() {
      disk.user = null
      await store.open()
    },
  }),
  'takes a closing for the last word': (store) => {
    const waiting: Promise<void>[] = []
    return {
      async write(records) {
        const writing = later().then(() => store.write(records))
        waiting.push(writing.catch(() => undefined))
        await writing
      },
      get: async (name) => {
        await Promise.all(waiting)
        return store.get(name)
      },
      list: async (prefix) => {
        await Promise.all(waiting)
        return store.list(prefix)
      },
    }
  },
  'keeps what it was handed': (store) => ({
    async write(records) {
      const kept = records
      await Promise.resolve()
      await store.write(kept)
    },
  }),
}

describe('the suite that every store of cases passes', () => {
  test('a right store passes it', async () => {
    expect(await failuresOf(() => ({}))).toEqual([])
  })

  test.each(Object.keys(mistakes))('and a store that %s does not', async (mistake) => {
    const broken = mistakes[mistake] ?? (() => ({}))
    expect((await failuresOf(broken)).length).toBeGreaterThan(0)
  })
})
