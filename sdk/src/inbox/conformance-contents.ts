import assert from 'node:assert/strict'
import { Refusal } from '../refusals.ts'
import type { ConformanceCheck } from './conformance.ts'
import { exampleMessage, exampleReport } from './conformance-examples.ts'

/** What a store does with messages, reports and settings, one call after another. */
export const contentCases: readonly ConformanceCheck[] = [
  [
    'a message and its receipt are there together',
    async (first, reopened) => {
      const message = exampleMessage({ jti: 'one' })
      const receipt = exampleReport({ id: 'receipt-one' })
      assert.deepEqual(await first.add(message, [receipt]), { result: 'added' })
      const store = await reopened(first)
      assert.deepEqual(await store.find(message.id), message)
      assert.deepEqual(await store.reports('waiting'), [receipt])
    },
  ],
  [
    'the same id again changes nothing and shows what was stored first',
    async (first, reopened) => {
      const message = exampleMessage({ jti: 'one' })
      await first.add(message, [])
      const store = await reopened(first)
      const other = { ...message, setSha256: 'another', raw: 'other' }
      assert.deepEqual(await store.add(other, [exampleReport({ id: 'r' })]), { result: 'known', message })
      assert.deepEqual(await store.reports('waiting'), [])
    },
  ],
  [
    'of many adds of one id at once exactly one is new',
    async (store) => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          store.add(exampleMessage({ jti: 'same' }), [exampleReport({ id: `receipt-${index}` })]),
        ),
      )
      assert.equal(answers.filter(({ result }) => result === 'added').length, 1)
      assert.equal((await store.reports('waiting')).length, 1)
    },
  ],
  [
    'one token id from two issuers is two messages',
    async (store) => {
      const one = exampleMessage({ jti: 'one' })
      await store.add(one, [])
      const two = { ...one, id: 'https://other.example one', iss: 'https://other.example' }
      assert.deepEqual(await store.add(two, []), { result: 'added' })
    },
  ],
  [
    'a change of a message and its report is written whole',
    async (first, reopened) => {
      const message = exampleMessage({ jti: 'one' })
      await first.add(message, [])
      const report = exampleReport({ id: 'outcomes-one', kind: 'outcomes' })
      const patch = { state: 'done', handled: ['itm_1'], note: null } as const
      await first.change({ messages: [{ id: message.id, patch }], addReports: [report] })
      const store = await reopened(first)
      assert.deepEqual(await store.find(message.id), { ...message, ...patch })
      assert.deepEqual(await store.messages('waiting'), [])
      assert.deepEqual(await store.reports('waiting'), [report])
    },
  ],
  [
    'a report changes and keeps its bytes',
    async (first, reopened) => {
      const report = exampleReport({ id: 'one' })
      await first.change({ addReports: [report] })
      await first.change({ reports: [{ id: 'one', patch: { state: 'dead', attempts: 3, err: 'invalid_key' } }] })
      const store = await reopened(first)
      assert.deepEqual(await store.reports('dead'), [{ ...report, state: 'dead', attempts: 3, err: 'invalid_key' }])
    },
  ],
  [
    'a change of what is not there is nothing',
    async (store) => {
      await store.change({ messages: [{ id: 'nobody', patch: { state: 'done' } }], reports: [{ id: 'no', patch: {} }] })
      assert.equal(await store.find('nobody'), null)
    },
  ],
  [
    'messages and reports come back in the order in which they were added',
    async (first, reopened) => {
      const names = ['c', 'a', 'b']
      for (const jti of names) await first.add(exampleMessage({ jti }), [exampleReport({ id: jti })])
      await first.change({ messages: [{ id: exampleMessage({ jti: 'c' }).id, patch: { attempts: 1 } }] })
      const store = await reopened(first)
      assert.deepEqual(
        (await store.messages('waiting')).map(({ jti }) => jti),
        names,
      )
      assert.deepEqual(
        (await store.reports('waiting')).map(({ id }) => id),
        names,
      )
    },
  ],
  [
    'a thread is everything about one notice and nothing else',
    async (first, reopened) => {
      await first.add(exampleMessage({ jti: 'a', txn: 'ntc_1' }), [])
      await first.add(exampleMessage({ jti: 'b', txn: 'ntc_2' }), [])
      await first.add(exampleMessage({ jti: 'c', txn: 'ntc_1', state: 'quarantined' }), [])
      await first.add(exampleMessage({ jti: 'd', txn: null }), [])
      const store = await reopened(first)
      assert.deepEqual(
        (await store.thread('ntc_1')).map(({ jti }) => jti),
        ['a', 'c'],
      )
      assert.deepEqual(await store.thread('ntc_3'), [])
    },
  ],
  [
    'everything is counted by its state',
    async (store) => {
      await store.add(exampleMessage({ jti: 'a' }), [exampleReport({ id: 'a' })])
      await store.add(exampleMessage({ jti: 'b', state: 'quarantined' }), [])
      await store.add(exampleMessage({ jti: 'c', state: 'done' }), [exampleReport({ id: 'c', state: 'sent' })])
      assert.deepEqual(await store.counts(), {
        messages: { waiting: 1, done: 1, dead: 0, quarantined: 1 },
        reports: { waiting: 1, sent: 1, dead: 0 },
      })
    },
  ],
  [
    'a setting is kept until it is replaced',
    async (first, reopened) => {
      assert.equal(await first.setting('keys'), null)
      await first.keep('keys', 'old')
      await first.keep('keys', 'new')
      assert.equal(await (await reopened(first)).setting('keys'), 'new')
    },
  ],
  [
    'only notices of which everything is done are forgotten, with the reports that were sent',
    async (first, reopened) => {
      const old = { state: 'done', receivedAt: '2026-01-01T00:00:00.000Z' } as const
      await first.add(exampleMessage({ jti: 'a', txn: 'ntc_over', ...old }), [])
      await first.add(exampleMessage({ jti: 'b', txn: 'ntc_open', ...old }), [])
      await first.add(exampleMessage({ jti: 'c', txn: 'ntc_open', seq: 2 }), [])
      await first.add(exampleMessage({ jti: 'd', txn: null, ...old }), [])
      const sent = { state: 'sent', createdAt: '2026-01-01T00:00:00.000Z' } as const
      await first.change({ addReports: [exampleReport({ id: 'sent', ...sent }), exampleReport({ id: 'waiting' })] })
      assert.equal(await first.forget(new Date('2026-06-01T00:00:00.000Z')), 2)
      const store = await reopened(first)
      assert.equal(await store.find(exampleMessage({ jti: 'a' }).id), null)
      assert.equal((await store.thread('ntc_open')).length, 2)
      assert.deepEqual(await store.reports('sent'), [])
      assert.equal((await store.reports('waiting')).length, 1)
    },
  ],
  [
    'what was handed out and changed there is not changed here',
    async (store) => {
      const message = exampleMessage({ jti: 'a' })
      await store.add(message, [])
      const found = await store.find(message.id)
      Object.assign(found ?? {}, { state: 'dead' })
      assert.equal((await store.find(message.id))?.state, 'waiting')
    },
  ],
  [
    'a closed store refuses every call by its code',
    async (store) => {
      await store.close()
      const closed = (error: unknown) => Refusal.is(error) && error.code === 'store_closed'
      await assert.rejects(store.add(exampleMessage({ jti: 'late' }), []), closed)
      await assert.rejects(store.messages('waiting'), closed)
      await store.close()
    },
  ],
]
