import assert from 'node:assert/strict'
import { Refusal } from '../refusals.ts'
import type { ConformanceCheck } from './conformance.ts'
import { exampleMessage, exampleReport } from './conformance-examples.ts'
import type { InboxStore } from './inbox.ts'

const names = Array.from({ length: 40 }, (_, index) => `n${index}`)
const idOf = (jti: string) => exampleMessage({ jti }).id

async function heldIn(store: InboxStore): Promise<string[]> {
  return (await store.messages('waiting')).map(({ jti }) => jti)
}

/** Many calls at once, processes that end in the middle, and two that want the same place. */
export const togetherCases: readonly ConformanceCheck[] = [
  [
    'calls made at once take effect in the order in which they were made',
    async (first, reopened) => {
      await Promise.all(names.map((jti) => first.add(exampleMessage({ jti }), [exampleReport({ id: jti })])))
      const store = await reopened(first)
      assert.deepEqual(await heldIn(store), names)
      assert.deepEqual(
        (await store.reports('waiting')).map(({ id }) => id),
        names,
      )
      await Promise.all(names.map((name) => store.keep('last', name)))
      assert.equal(await store.setting('last'), names.at(-1))
    },
  ],
  [
    'of changes made at once to one message none is lost',
    async (first, reopened) => {
      const message = exampleMessage({ jti: 'one' })
      await first.add(message, [])
      const id = message.id
      await Promise.all([
        first.change({ messages: [{ id, patch: { attempts: 1 } }] }),
        first.change({ messages: [{ id, patch: { note: 'failed' } }] }),
        first.change({ messages: [{ id, patch: { handled: ['itm_1'] } }] }),
        first.change({ messages: [{ id, patch: { nextAt: '2027-01-01T00:00:00.000Z' } }] }),
        first.change({ messages: [{ id, patch: { attempts: 2 } }] }),
      ])
      const nextAt = '2027-01-01T00:00:00.000Z'
      const expected = { ...message, attempts: 2, note: 'failed', handled: ['itm_1'], nextAt }
      assert.deepEqual(await (await reopened(first)).find(id), expected)
    },
  ],
  [
    'a change of many messages and reports is written whole, in a kill as well',
    async (first, _, { crashed }) => {
      for (const jti of names) await first.add(exampleMessage({ jti }), [exampleReport({ id: jti })])
      await first.change({
        messages: names.map((jti) => ({ id: idOf(jti), patch: { state: 'done' } })),
        addReports: names.map((jti) => exampleReport({ id: `outcomes ${jti}`, kind: 'outcomes' })),
        reports: names.map((id) => ({ id, patch: { state: 'sent' } })),
      })
      const { messages, reports } = await (await crashed(first)).counts()
      assert.deepEqual(messages, { waiting: 0, done: 40, dead: 0, quarantined: 0 })
      assert.deepEqual(reports, { waiting: 40, sent: 40, dead: 0 })
    },
  ],
  [
    'what was promised is there after a kill, whatever it was that wrote',
    async (first, _, { crashed }) => {
      const message = exampleMessage({ jti: 'one' })
      await first.add(message, [])
      let store = await crashed(first)
      assert.deepEqual(await store.find(message.id), message)
      await store.change({ messages: [{ id: message.id, patch: { state: 'done', note: 'removed' } }] })
      store = await crashed(store)
      assert.deepEqual(await store.find(message.id), { ...message, state: 'done', note: 'removed' })
      await store.keep('keys', 'kept')
      store = await crashed(store)
      assert.equal(await store.setting('keys'), 'kept')
      assert.equal(await store.forget(new Date('2027-01-01T00:00:00.000Z')), 1)
      store = await crashed(store)
      assert.equal(await store.find(message.id), null)
    },
  ],
  [
    'a kill in the middle of many writes leaves each there with all that belongs to it, or not at all',
    async (first, _, { crashed }) => {
      const settled: string[] = []
      const adds = names.map((jti) =>
        first.add(exampleMessage({ jti }), [exampleReport({ id: jti }), exampleReport({ id: `second ${jti}` })]).then(
          () => settled.push(jti),
          () => undefined, // it died
        ),
      )
      await adds[0]
      const promised = [...settled]
      const store = await crashed(first)
      const held = await heldIn(store)
      assert.deepEqual(held, names.slice(0, held.length))
      assert.deepEqual(
        promised.filter((jti) => !held.includes(jti)),
        [],
      )
      assert.deepEqual(
        (await store.reports('waiting')).map(({ id }) => id),
        held.flatMap((jti) => [jti, `second ${jti}`]),
      )
      const next = names[held.length] ?? 'another'
      assert.deepEqual(await store.add(exampleMessage({ jti: next }), []), { result: 'added' })
    },
  ],
  [
    'everything asked for before the closing is written, and everything after is refused',
    async (first, reopened) => {
      const early = names.map((jti) => first.add(exampleMessage({ jti }), []))
      const next = reopened(first)
      const late = await first.keep('late', 'late').then(
        () => null,
        (error: unknown) => error,
      )
      assert.deepEqual(
        (await Promise.all(early)).map(({ result }) => result),
        names.map(() => 'added'),
      )
      const store = await next
      assert.deepEqual(await heldIn(store), names)
      if (store === first) return // in memory nothing was closed
      assert.ok(Refusal.is(late) && late.code === 'store_closed', 'a late call is refused with store_closed')
    },
  ],
  [
    'while one store uses a place another is refused by its code, and the first goes on',
    async (first, reopened, { another }) => {
      const second = another()
      if (second === null) return
      await first.add(exampleMessage({ jti: 'one' }), [])
      const refused = await second.open().then(
        () => null,
        (error: unknown) => error,
      )
      await second.close()
      assert.ok(Refusal.is(refused) && refused.code === 'store_in_use', 'refused with store_in_use')
      await first.add(exampleMessage({ jti: 'two' }), [])
      assert.deepEqual(await heldIn(await reopened(first)), ['one', 'two'])
    },
  ],
]
