import assert from 'node:assert/strict'
import { Refusal } from '../refusals.ts'
import type { CaseStore } from './cases.ts'
import { type ConformanceCase, type ConformanceCheck, casesOn, type StorePlace } from './conformance.ts'
import { strange } from './conformance-examples.ts'

const many = Array.from({ length: 40 }, (_, index) => `n${String(index).padStart(2, '0')}`)

async function namesIn(store: CaseStore, prefix: string): Promise<string[]> {
  return (await store.list(prefix)).map(([name]) => name)
}

function refusedWith(code: string) {
  return (error: unknown) => Refusal.is(error) && error.code === code
}

const checks: readonly ConformanceCheck<CaseStore>[] = [
  [
    'records are kept by name until they are replaced or taken away',
    async (first, reopened) => {
      await first.write({ 'item ntc_1 itm_1': 'one', 'item ntc_1 itm_2': 'two', 'rate 1': 'x' })
      await first.write({ 'item ntc_1 itm_2': 'second', 'rate 1': null, 'never there': null })
      await first.write({})
      const store = await reopened(first)
      assert.equal(await store.get('item ntc_1 itm_2'), 'second')
      assert.equal(await store.get('rate 1'), null)
      assert.equal(await store.get('item ntc_1'), null)
      assert.deepEqual(await store.list(''), [
        ['item ntc_1 itm_1', 'one'],
        ['item ntc_1 itm_2', 'second'],
      ])
    },
  ],
  [
    'a list has what begins with the prefix, letter by letter, and nothing else',
    async (first, reopened) => {
      const names = [
        'a',
        'a ',
        'a b',
        'a b ',
        'a b c',
        'a b c d',
        'a b c d e',
        'a bc',
        'a  b',
        'A b',
        'á b',
        'a_b',
        'a%b',
      ]
      await first.write(Object.fromEntries(names.map((name) => [name, name])))
      const store = await reopened(first)
      const prefixes = ['', ' ', '_', '%', 'A', 'a b c d e f', ...names, ...names.map((name) => `${name} `)]
      for (const prefix of prefixes) {
        const expected = names.filter((name) => name.startsWith(prefix)).sort((one, other) => (one < other ? -1 : 1))
        assert.deepEqual([prefix, await namesIn(store, prefix)], [prefix, expected])
      }
    },
  ],
  [
    'names that differ in the size of a letter, an accent, a space at the end or far to the right are different',
    async (first, reopened) => {
      const long = 'a'.repeat(2000)
      const names = ['a', 'A', 'a ', ' a', 'á', '', `${long}1`, `${long}2`, `x ${long}1`, `x ${long}2`]
      for (const name of names) await first.write({ [name]: `of ${name}` })
      await first.write({ A: null })
      const store = await reopened(first)
      for (const name of names) assert.equal(await store.get(name), name === 'A' ? null : `of ${name}`)
      assert.deepEqual(await namesIn(store, `x ${long}`), [`x ${long}1`, `x ${long}2`])
    },
  ],
  [
    'any name and any value come back as they went in, however long',
    async (first, reopened) => {
      const sizes = [0, 1, 11, 44_939, 44_980, 60_000, 65_535, 65_536, 262_144]
      const records: Record<string, string> = Object.fromEntries(
        sizes.map((size) => [`size ${size}`, 'ß'.repeat(size)]),
      )
      const odd = [strange, `${strange} ${strange}`, '__proto__', 'constructor', '1', '$&', '🦭']
      for (const name of odd) Object.defineProperty(records, name, { value: `${name} ${strange}`, enumerable: true })
      await first.write(records)
      const store = await reopened(first)
      for (const [name, value] of Object.entries(records)) assert.equal(await store.get(name), value)
      assert.equal((await store.list('')).length, sizes.length + odd.length)
      assert.equal((await store.list(`${strange} `)).length, 1)
      await store.write({ 'size 262144': '', 'size 0': 'x'.repeat(70_000) })
      const next = await reopened(store)
      assert.equal(await next.get('size 262144'), '')
      assert.equal((await next.get('size 0'))?.length, 70_000)
    },
  ],
  [
    'writes made at once take effect in the order in which they were made, and none is lost',
    async (first, reopened) => {
      await Promise.all(
        many.map((name, index) => first.write({ [name]: 'its own', last: name, [`odd ${index % 2}`]: name })),
      )
      await Promise.all([first.write({ gone: 'there' }), first.write({ gone: null }), first.write({ stays: 'there' })])
      const store = await reopened(first)
      assert.deepEqual(await namesIn(store, 'n'), many)
      const rest = await Promise.all(['last', 'odd 0', 'odd 1', 'gone', 'stays'].map((name) => store.get(name)))
      assert.deepEqual(rest, ['n39', 'n38', 'n39', null, 'there'])
    },
  ],
  [
    'what is read after a write was asked for shows it',
    async (store) => {
      const [, seen] = await Promise.all([store.write({ 'a 1': 'new' }), store.get('a 1')])
      assert.equal(seen, 'new')
      const [, listed] = await Promise.all([store.write({ 'a 1': null, 'a 2': 'newer' }), store.list('a ')])
      assert.deepEqual(listed, [['a 2', 'newer']])
    },
  ],
  [
    'what was promised is there after a kill, the whole of each write',
    async (first, _, { crashed }) => {
      await first.write(Object.fromEntries(many.map((name) => [name, 'first'])))
      let store = await crashed(first)
      assert.deepEqual(await namesIn(store, ''), many)
      await store.write({ ...Object.fromEntries(many.map((name) => [name, null])), decision: 'signed' })
      store = await crashed(store)
      assert.deepEqual(await store.list(''), [['decision', 'signed']])
    },
  ],
  [
    'a kill in the middle of many writes leaves each there whole, or not at all, and in their order',
    async (first, _, { crashed }) => {
      const settled: string[] = []
      const writes = many.map((name) =>
        first.write({ [`item ${name}`]: name, [`decision ${name}`]: name, last: name }).then(
          () => settled.push(name),
          () => undefined, // it died
        ),
      )
      await writes[0]
      const promised = [...settled]
      const store = await crashed(first)
      const items = (await store.list('item ')).map(([, value]) => value)
      assert.deepEqual(items, many.slice(0, items.length))
      assert.ok(items.length >= promised.length, 'what was promised is there')
      assert.deepEqual(
        (await store.list('decision ')).map(([, value]) => value),
        items,
      )
      assert.equal(await store.get('last'), items.at(-1))
      await store.write({ last: 'after' })
      assert.equal(await store.get('last'), 'after')
    },
  ],
  [
    'what was handed in or out and changed there is not changed here',
    async (store) => {
      const records: Record<string, string> = { one: 'kept' }
      const writing = store.write(records)
      records['one'] = 'changed'
      await writing
      const listed = await store.list('')
      ;(listed as unknown[])[0] = ['one', 'changed']
      assert.deepEqual(await store.list(''), [['one', 'kept']])
    },
  ],
  [
    'it is closed when everybody who opened it has closed it, and can be opened again',
    async (store, _, { durable }) => {
      await store.open()
      await store.write({ one: 'kept' })
      await store.close()
      await store.write({ two: 'still open' })
      await store.close()
      await assert.rejects(store.get('one'), refusedWith('store_closed'))
      await assert.rejects(store.list(''), refusedWith('store_closed'))
      await assert.rejects(store.write({ one: 'late' }), refusedWith('store_closed'))
      await store.close()
      await store.open()
      if (durable) assert.deepEqual(await namesIn(store, ''), ['one', 'two'])
      assert.notEqual(await store.get('one'), 'late')
    },
  ],
  [
    'everything asked for before the closing is written',
    async (first, reopened) => {
      const early = Promise.all(many.map((name) => first.write({ [name]: name })))
      const [store] = await Promise.all([reopened(first), early])
      assert.deepEqual(await namesIn(store, ''), many)
    },
  ],
  [
    'while one store uses a place another is refused by its code, and the first goes on',
    async (first, reopened, { another }) => {
      const second = another()
      if (second === null) return
      await first.write({ one: '1' })
      await assert.rejects(second.open(), refusedWith('store_in_use'))
      await second.close()
      await first.write({ two: '2' })
      const store = await reopened(first)
      assert.deepEqual(await namesIn(store, ''), ['one', 'two'])
      await store.close()
      const third = another() as CaseStore
      await third.open()
      assert.equal(await third.get('two'), '2')
      await third.close()
      await store.open()
    },
  ],
]

/**
 * What every store of cases promises, as `inboxConformance` shows it for the inbox:
 * `for (const { name, run } of caseConformance(makePlace)) test(name, run)`.
 */
export function caseConformance(makePlace: () => Promise<StorePlace<CaseStore>>): ConformanceCase[] {
  return casesOn(checks, makePlace)
}
