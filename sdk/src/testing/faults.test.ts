import { expect, test } from 'vitest'
import { faults } from './misbehaviour.ts'
import { createTestClock } from './test-clock.ts'
import { codesOf, withReceiver } from './with-receiver.ts'

const items = [{ url: 'https://cust42.tern.example/g/7f3a.jpg' }]
const hours = 3_600_000

test.each(['unavailable', 'busy', 'drops'] as const)('%s: no report is taken, and each once when it is over', (fault) =>
  withReceiver({}, async ({ portal, receiver, clock }) => {
    portal.misbehave(faults[fault])
    await portal.issue({ items })
    await receiver.drain()
    // In their order: the second waits for the first.
    expect([portal.reports.length, portal.reportBodies.length]).toEqual([0, 1])
    portal.misbehave(faults.none)
    clock.forward(hours)
    await receiver.drain()
    expect(portal.reports).toHaveLength(2)
  }),
)

test('refuses: reports are dead letters', () =>
  withReceiver({}, async ({ portal, receiver, alarms }) => {
    portal.misbehave(faults.refuses)
    await portal.issue({ items })
    await receiver.drain()
    expect(alarms.map(({ code, err }) => [code, err])).toEqual(Array(2).fill(['report_dead', 'access_denied']))
  }))

test('duplicates: both are answered 202, one is handled', () =>
  withReceiver({}, async ({ portal, receiver, ran }) => {
    portal.misbehave(faults.duplicates)
    expect(codesOf(await portal.issue({ items }))).toEqual([202, 202])
    await receiver.drain()
    expect(ran).toHaveLength(1)
  }))

test('wrong key: refused as such, until it is over', () =>
  withReceiver({}, async ({ portal }) => {
    portal.misbehave(faults.wrongKey)
    const { answers } = await portal.issue({ items })
    expect(answers.map(({ code, body }) => [code, JSON.parse(body).err])).toEqual([[400, 'invalid_key']])
    portal.misbehave(faults.none)
    expect(codesOf(await portal.issue({ items }))).toEqual([202])
  }))

test('dead JWKS: who never had the keys says that he is not ready; who had them goes on', () =>
  withReceiver({}, async ({ portal, clock }) => {
    portal.misbehave(faults.deadJwks)
    expect(codesOf(await portal.issue({ items }))).toEqual([503])
    portal.misbehave(faults.none)
    clock.forward(60_000)
    expect(codesOf(await portal.issue({ items }))).toEqual([202])
    portal.misbehave(faults.deadJwks)
    clock.forward(48 * hours)
    expect(codesOf(await portal.issue({ items }))).toEqual([202])
  }))

test('a clock that is an hour ahead: its tokens are from the future', () =>
  withReceiver({}, async ({ portal }) => {
    portal.misbehave(faults.clockAhead)
    expect(codesOf(await portal.issue({ items }))).toEqual([400])
  }))

test('JSON, order turned round, and slowness change nothing', () =>
  withReceiver({}, async ({ portal, receiver, ran }) => {
    portal.misbehave({ ...faults.speaksJson, ...faults.slow, ...faults.reorders, delay: 20 })
    const { notice } = await portal.issue({ items })
    await portal.withdraw(notice)
    expect(ran).toEqual([])
    await portal.release('reversed')
    await receiver.drain()
    expect(ran).toEqual([`withdrawn ${notice.items[0]?.id}`])
    expect(portal.reports.filter(({ type }) => type === 'notice.received')).toHaveLength(2)
  }))

test('what is signed and not pushed can be pushed later, by the key of then', () =>
  withReceiver({}, async ({ portal }) => {
    const { raw } = await portal.sign({
      type: 'https://schemas.openid.net/secevent/ssf/event-type/verification',
      body: {},
    })
    await portal.rotateKey()
    expect(await portal.push(raw)).toEqual({ code: 202, body: '' })
  }))

test('a clock stands until it is turned, and takes no nonsense', () => {
  const clock = createTestClock('2026-03-29T00:59:00.000Z')
  expect(clock.now()).toEqual(clock.now())
  clock.forward(60_000)
  expect(clock.now().toISOString()).toBe('2026-03-29T01:00:00.000Z')
  clock.set(new Date('2027-01-01T00:00:00.000Z'))
  clock.forward(-1)
  expect(clock.now().toISOString()).toBe('2026-12-31T23:59:59.999Z')
  expect(() => clock.set('tomorrow')).toThrow(TypeError)
})
