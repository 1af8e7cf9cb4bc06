import assert from 'node:assert/strict'
import type { ConformanceCheck } from './conformance.ts'
import { exampleMessage, exampleReport, strange } from './conformance-examples.ts'

/** What databases and files get wrong about text, order and time. */
export const edgeCases: readonly ConformanceCheck[] = [
  [
    'ids and notices that differ in the size of a letter, an accent or a space at the end are different',
    async (first, reopened) => {
      const names = ['a', 'A', 'a ', 'á', `${'a'.repeat(300)}1`, `${'a'.repeat(300)}2`]
      for (const jti of names) {
        const message = exampleMessage({ jti, txn: `ntc_${jti}` })
        assert.deepEqual(await first.add(message, [exampleReport({ id: jti })]), { result: 'added' })
        await first.keep(`setting ${jti}`, jti)
      }
      const store = await reopened(first)
      for (const jti of names) {
        assert.equal((await store.find(exampleMessage({ jti }).id))?.jti, jti)
        assert.equal((await store.thread(`ntc_${jti}`)).length, 1)
        assert.equal(await store.setting(`setting ${jti}`), jti)
      }
      assert.equal((await store.reports('waiting')).length, names.length)
    },
  ],
  [
    'any text comes back as it went in, however long',
    async (first, reopened) => {
      const raw = 'x'.repeat(262_144)
      const long = exampleMessage({
        jti: 'long',
        raw,
        items: Array.from({ length: 100 }, (_, index) => `itm_${index}`),
      })
      const odd = exampleMessage({ jti: strange, txn: strange, note: strange, items: [strange], type: strange })
      const report = exampleReport({ id: strange, raw, err: strange, description: strange })
      await first.add(long, [])
      await first.add(odd, [report])
      await first.keep(strange, strange)
      await first.keep('empty', '')
      const store = await reopened(first)
      assert.deepEqual(await store.find(long.id), long)
      assert.deepEqual(await store.thread(strange), [odd])
      assert.deepEqual(await store.reports('waiting'), [report])
      assert.equal(await store.setting(strange), strange)
      assert.equal(await store.setting('empty'), '')
      await store.change({ messages: [{ id: long.id, patch: { raw: '' } }] })
      assert.equal((await (await reopened(store)).find(long.id))?.raw, '')
    },
  ],
  [
    'what is empty or nothing stays empty or nothing',
    async (first, reopened) => {
      const message = exampleMessage({ jti: 'none', txn: null, seq: null, items: [], raw: '', note: null })
      const report = exampleReport({ id: 'none', txn: null, err: null, description: null })
      await first.add(message, [report])
      const store = await reopened(first)
      assert.deepEqual(await store.find(message.id), message)
      assert.deepEqual(await store.reports('waiting'), [report])
      assert.deepEqual(await store.messages('done'), [])
      assert.equal(await store.setting('never kept'), null)
    },
  ],
  [
    'a message that is understood later moves to its notice, and keeps its place in the order',
    async (first, reopened) => {
      const early = exampleMessage({ jti: 'early', txn: null, seq: null, state: 'quarantined', items: [] })
      await first.add(early, [])
      await first.add(exampleMessage({ jti: 'later' }), [])
      const patch = { state: 'waiting', txn: 'ntc_1', seq: 3, type: 'notice.corrected', items: ['itm_9'] } as const
      await first.change({ messages: [{ id: early.id, patch }] })
      const store = await reopened(first)
      assert.deepEqual((await store.thread('ntc_1'))[0], { ...early, ...patch })
      assert.deepEqual(
        (await store.messages('waiting')).map(({ jti }) => jti),
        ['early', 'later'],
      )
      assert.deepEqual(await store.messages('quarantined'), [])
    },
  ],
  [
    'more than ten come back in the order in which they were added, also after some were changed and forgotten',
    async (first, reopened) => {
      const names = Array.from({ length: 25 }, (_, index) => `n${index}`)
      for (const jti of names) await first.add(exampleMessage({ jti, txn: `ntc_${jti}` }), [exampleReport({ id: jti })])
      const done = { state: 'done' } as const
      const goes = (name: string) => Number(name.slice(1)) % 3 === 0
      for (const jti of names.filter(goes)) {
        await first.change({ messages: [{ id: exampleMessage({ jti }).id, patch: done }] })
      }
      for (const jti of [...names].reverse()) await first.change({ reports: [{ id: jti, patch: { attempts: 1 } }] })
      const store = await reopened(first)
      await store.forget(new Date('2027-01-01T00:00:00.000Z'))
      await store.add(exampleMessage({ jti: 'last' }), [])
      const left = [...names.filter((name) => !goes(name)), 'last']
      assert.deepEqual(
        (await store.messages('waiting')).map(({ jti }) => jti),
        left,
      )
      assert.deepEqual(
        (await store.reports('waiting')).map(({ id }) => id),
        names,
      )
    },
  ],
  [
    'nothing that somebody still needs is forgotten: the dead, the quarantined, what waits, what is a moment too young',
    async (first, reopened) => {
      const old = '2026-01-01T00:00:00.000Z'
      const limit = '2026-06-01T12:00:00.000Z'
      const justBefore = '2026-06-01T11:59:59.999Z'
      const of = (jti: string, given: object) => exampleMessage({ jti, txn: `ntc_${jti}`, receivedAt: old, ...given })
      for (const state of ['waiting', 'dead', 'quarantined'] as const) await first.add(of(state, { state }), [])
      await first.add(of('young', { state: 'done', receivedAt: limit }), [])
      await first.add(of('over', { state: 'done', receivedAt: justBefore }), [])
      await first.add(of('half', { state: 'done' }), [])
      await first.add(of('other half', { state: 'done', receivedAt: limit, txn: 'ntc_half' }), [])
      const report = (id: string, state: 'waiting' | 'sent' | 'dead', createdAt: string) =>
        exampleReport({ id, state, createdAt })
      await first.change({
        addReports: [
          report('waiting', 'waiting', old),
          report('dead', 'dead', old),
          report('young', 'sent', limit),
          report('over', 'sent', justBefore),
        ],
      })
      assert.equal(await first.forget(new Date(limit)), 1)
      const store = await reopened(first)
      const { messages, reports } = await store.counts()
      assert.deepEqual(messages, { waiting: 1, done: 3, dead: 1, quarantined: 1 })
      assert.deepEqual(reports, { waiting: 1, sent: 1, dead: 1 })
      assert.equal(await store.forget(new Date(limit)), 0)
    },
  ],
  [
    'what was forgotten is new when it comes again, and a setting is never forgotten',
    async (first, reopened) => {
      const message = exampleMessage({ jti: 'again', state: 'done', receivedAt: '2026-01-01T00:00:00.000Z' })
      await first.keep('keys', 'kept')
      await first.add(message, [])
      assert.equal(await first.forget(new Date('2026-06-01T00:00:00.000Z')), 1)
      const store = await reopened(first)
      assert.deepEqual(await store.thread('ntc_1'), [])
      assert.deepEqual(await store.add(message, []), { result: 'added' })
      assert.equal(await store.setting('keys'), 'kept')
    },
  ],
]
