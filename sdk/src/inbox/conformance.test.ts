import { describe, expect, test } from 'vitest'
import { Refusal } from '../refusals.ts'
import { inboxConformance } from './conformance.ts'
import { Contents } from './contents.ts'
import type { AddResult, InboxMessage, InboxStore } from './inbox.ts'

/** What outlives a store: the place of a small, right store that breaks in one way each below. */
class Disk {
  contents = new Contents()
  user: InboxStore | null = null
}

type Broken = (store: InboxStore, disk: Disk) => Partial<InboxStore>

function storeOn(disk: Disk, broken: Broken): InboxStore {
  let closed = false
  const asked = async <T>(work: () => T): Promise<T> => {
    if (closed) throw new Refusal('store_closed', 'The store was closed.')
    return structuredClone(work())
  }
  const right: InboxStore = {
    async open() {
      if (disk.user !== null) throw new Refusal('store_in_use', 'Somebody else uses it.')
      disk.user = store
    },
    add: (message, reports) =>
      asked(() => {
        const { write, answer } = disk.contents.adding(message, reports)
        if (write !== null) disk.contents.apply(structuredClone(write))
        return answer
      }),
    change: (change) => asked(() => disk.contents.apply(structuredClone(change))),
    find: (id) => asked(() => disk.contents.find(id)),
    thread: (txn) => asked(() => disk.contents.thread(txn)),
    messages: (state) => asked(() => disk.contents.messages(state)),
    reports: (state) => asked(() => disk.contents.reports(state)),
    counts: () => asked(() => disk.contents.counts()),
    setting: (name) => asked(() => disk.contents.setting(name)),
    keep: (name, value) => asked(() => disk.contents.apply({ settings: { [name]: value } })),
    forget: (before) =>
      asked(() => {
        const write = disk.contents.forgetting(before)
        disk.contents.apply(write)
        return write.forget.messages.length
      }),
    async close() {
      closed = true
      if (disk.user === store) disk.user = null
    },
  }
  const store: InboxStore = { ...right, ...broken(right, disk) }
  return store
}

const later = () => new Promise<void>((resolve) => setImmediate(resolve))

async function failuresOf(broken: Broken): Promise<string[]> {
  const places = async () => {
    const disk = new Disk()
    return {
      store: () => storeOn(disk, broken),
      durable: true,
      async crash() {
        disk.user = null
      },
    }
  }
  const failed: string[] = []
  for (const { name, run } of inboxConformance(places)) await run().catch(() => failed.push(name))
  return failed
}

/** Each is a mistake that somebody could make with a database of theirs. */
const mistakes: Record<string, Broken> = {
  'reports are not written with their message': (store) => ({ add: (message) => store.add(message, []) }),
  'a report follows its message in a write of its own': (store) => ({
    async add(message, reports) {
      const answer = await store.add(message, [])
      await later()
      if (answer.result === 'added') await store.change({ addReports: reports })
      return answer
    },
  }),
  'a repeat replaces what was there': (store, disk) => ({
    async add(message, reports) {
      const known = await store.find(message.id)
      if (known === null) return store.add(message, reports)
      disk.contents.apply({ addMessages: [structuredClone(message)] })
      return { result: 'known', message: known }
    },
  }),
  'a repeat brings its reports': (store) => ({
    async add(message, reports) {
      const answer = await store.add(message, reports)
      if (answer.result === 'known') await store.change({ addReports: reports })
      return answer
    },
  }),
  'looks first and writes later, so two at once are both new': (store, disk) => ({
    async add(message, reports): Promise<AddResult> {
      const known = await store.find(message.id)
      await later()
      if (known !== null) return { result: 'known', message: known }
      disk.contents.apply(structuredClone({ addMessages: [message], addReports: reports }))
      return { result: 'added' }
    },
  }),
  'reads, changes and writes back, so a change made meanwhile is lost': (store, disk) => ({
    async change(change) {
      const read = await Promise.all((change.messages ?? []).map(({ id }) => store.find(id)))
      await later()
      const addMessages = (change.messages ?? []).flatMap(({ patch }, index) => {
        const message = read[index]
        return message ? [{ ...message, ...patch }] : []
      })
      disk.contents.apply(structuredClone({ ...change, messages: [], addMessages }))
    },
  }),
  'writes only when it is closed': (store) => {
    const waiting: (() => Promise<unknown>)[] = []
    return {
      async change(change) {
        waiting.push(() => store.change(change))
      },
      async close() {
        for (const write of waiting.splice(0)) await write()
        await store.close()
      },
    }
  },
  'drops what is being written when it is closed': (store) => ({
    async add(message, reports) {
      await later()
      return store.add(message, reports)
    },
  }),
  'answers the newest first': (store) => ({
    messages: async (state) => (await store.messages(state)).reverse(),
  }),
  'answers by id': (store) => ({
    reports: async (state) => (await store.reports(state)).sort((one, other) => one.id.localeCompare(other.id)),
  }),
  'moves what changes to the end': (store, disk) => ({
    async change(change) {
      const before = await Promise.all((change.messages ?? []).map(({ id }) => store.find(id)))
      const messages = before.flatMap((message) => (message === null ? [] : [message.id]))
      disk.contents.apply({ forget: { messages, reports: [] } })
      disk.contents.apply({ addMessages: before.filter((message) => message !== null) })
      await store.change(change)
    },
  }),
  'takes a and A for the same': (store) => {
    const folded = (message: InboxMessage) => ({ ...message, id: message.id.toLowerCase() })
    return {
      add: (message, reports) => store.add(folded(message), reports),
      find: (id) => store.find(id.toLowerCase()),
    }
  },
  'cuts ids off': (store) => ({
    add: (message, reports) => store.add({ ...message, id: message.id.slice(0, 255) }, reports),
    find: (id) => store.find(id.slice(0, 255)),
  }),
  'cuts long texts off': (store) => ({
    add: (message, reports) => store.add({ ...message, raw: message.raw.slice(0, 65_535) }, reports),
  }),
  'keeps latin letters only': (store) => ({
    keep: (name, value) => store.keep(name, Buffer.from(value, 'latin1').toString('latin1')),
  }),
  'makes null of what is empty': (store) => ({
    setting: async (name) => (await store.setting(name)) || null,
  }),
  'ends a text at its first zero': (store) => ({
    add: (message, reports) => store.add({ ...message, note: message.note?.split('\0')[0] ?? null }, reports),
  }),
  'counts the dead among the waiting': (store) => ({
    async counts() {
      const { messages, reports } = await store.counts()
      return { messages, reports: { ...reports, waiting: reports.waiting + reports.sent } }
    },
  }),
  'leaves the quarantined out of their notice': (store) => ({
    thread: async (txn) => (await store.thread(txn)).filter(({ state }) => state !== 'quarantined'),
  }),
  'finds a notice by the start of its id': (store) => ({
    thread: async (txn) => [...(await store.thread(txn)), ...(await store.thread(txn.toLowerCase()))],
  }),
  'keeps a message with the notice it was first stored under': (store) => ({
    change: (change) =>
      store.change({
        ...change,
        messages: (change.messages ?? []).map(({ id, patch: { txn: _, ...patch } }) => ({ id, patch })),
      }),
  }),
  'forgets by age alone': (store, disk) => ({
    async forget(before) {
      const old = (await store.messages('done')).filter(({ receivedAt }) => receivedAt < before.toISOString())
      disk.contents.apply({ forget: { messages: old.map(({ id }) => id), reports: [] } })
      return old.length
    },
  }),
  'forgets a day too much': (store) => ({
    forget: (before) => store.forget(new Date(before.getTime() + 86_400_000)),
  }),
  'forgets the dead': (store, disk) => ({
    async forget(before) {
      const dead = (await store.messages('dead')).filter(({ receivedAt }) => receivedAt < before.toISOString())
      disk.contents.apply({ forget: { messages: dead.map(({ id }) => id), reports: [] } })
      return (await store.forget(before)) + dead.length
    },
  }),
  'keeps reports for ever': (store, disk) => ({
    async forget(before) {
      const sent = await store.reports('sent')
      const gone = await store.forget(before)
      disk.contents.apply({ addReports: sent })
      return gone
    },
  }),
  'forgets reports that were never sent': (store, disk) => ({
    async forget(before) {
      const dead = await store.reports('dead')
      disk.contents.apply({ forget: { messages: [], reports: dead.map(({ id }) => id) } })
      return store.forget(before)
    },
  }),
  'hands out what it holds itself': (store, disk) => ({
    find: async (id) => disk.contents.find(id) ?? store.find(id),
  }),
  'answers after it was closed': (_, disk) => ({
    messages: async (state) => structuredClone(disk.contents.messages(state)),
  }),
  'lets two stores on one place': (_, disk) => ({
    async open() {
      disk.user ??= null
    },
  }),
  'begins anew when it is opened': (store, disk) => ({
    async open() {
      await store.open()
      disk.contents = new Contents()
    },
  }),
  'refuses to change what is not there': (store) => ({
    async change(change) {
      for (const { id } of change.messages ?? []) if ((await store.find(id)) === null) throw new Error('no such row')
      await store.change(change)
    },
  }),
  'one setting for all names': (store) => ({
    keep: (_, value) => store.keep('value', value),
    setting: () => store.setting('value'),
  }),
}

describe('the suite that every store passes', () => {
  test('a right store passes it', async () => {
    expect(await failuresOf(() => ({}))).toEqual([])
  })

  test.each(Object.keys(mistakes))('and a store that %s does not', async (mistake) => {
    const broken = mistakes[mistake] ?? (() => ({}))
    expect((await failuresOf(broken)).length).toBeGreaterThan(0)
  })
})
