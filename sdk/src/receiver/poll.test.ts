import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { fileStore } from '../inbox/file.ts'
import { memoryStore } from '../inbox/memory.ts'
import type { Misbehaviour } from '../testing/misbehaviour.ts'
import { createTestPortal, type TestPortal } from '../testing/test-portal.ts'
import { removed } from '../testing/with-receiver.ts'
import type { Alarm } from './core.ts'
import { createReceiver, type Receiver, type ReceiverOptions } from './create-receiver.ts'
import { generateKeys, type OwnKeys } from './own-keys.ts'
import { startPolling } from './poll.ts'

// Many times what it takes alone: a first fetch of keys that fails is tried again after half a minute.
vi.setConfig({ testTimeout: 150_000 })
const patient = { timeout: 100_000, interval: 20 }
const item = { url: 'https://cust42.tern.example/1' }

let portal: TestPortal
let keys: OwnKeys
let handled: string[]
let alarms: Alarm[]
const closing: (() => unknown)[] = []

beforeEach(async () => {
  portal = await createTestPortal({ longPoll: 500 })
  keys = await generateKeys()
  handled = []
  alarms = []
  closing.push(() => portal.stop())
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function receiverWith(given: Partial<ReceiverOptions> = {}): Promise<Receiver> {
  const receiver = await createReceiver({
    issuer: portal.issuer,
    keys,
    inbox: memoryStore(),
    onAlarm: (alarm) => alarms.push(alarm),
    on: {
      'notice.issued': ({ items }) => {
        handled.push(...items.map(({ id }) => id))
        return items.map(({ id }) => removed(id))
      },
      'notice.withdrawn': () => undefined,
    },
    ...given,
  })
  closing.push(() => receiver.stop(0))
  return receiver
}

const polling = async (given: Partial<ReceiverOptions> = {}) => {
  const receiver = await receiverWith(given)
  return { receiver, polls: await startPolling(receiver, { token: portal.token }) }
}

const reported = () => portal.reports.filter(({ type }) => type === 'items.reported').length

describe('a receiver that polls', () => {
  test('registers without an address, takes notices, and acknowledges each with a later poll', async () => {
    const { receiver } = await polling()
    expect(portal.endpoints).toMatchObject([{ to: null }])
    const { jti, answers } = await portal.issue({ items: [item] })
    await expect.poll(() => reported(), patient).toBe(1)
    await expect.poll(() => portal.stream.acknowledged.has(jti), patient).toBe(true)
    expect(answers).toEqual([])
    expect(handled).toHaveLength(1)
    // Offered by one poll, acknowledged by a later one.
    const asked = portal.stream.polls.findIndex(({ ack }) => ack?.includes(jti))
    expect(asked).toBeGreaterThan(0)
    await expect
      .poll(() => receiver.health(), patient)
      .toMatchObject({
        accepting: true,
        polling: { failures: 0, lastError: null, unsaid: 0, answeredAt: expect.any(String) },
      })
  })

  test('acknowledges nothing that is not stored: it comes again', async () => {
    const inbox = memoryStore()
    let failures = 2
    const add = inbox.add.bind(inbox)
    inbox.add = async (...given) => {
      if (given[0].type === 'notice.issued' && failures-- > 0) throw new Error('disk full')
      return add(...given)
    }
    await polling({ inbox })
    const { jti } = await portal.issue({ items: [item] })
    await expect.poll(() => alarms.map(({ code }) => code), patient).toContain('store_failed')
    expect(portal.stream.acknowledged.has(jti)).toBe(false)
    await expect.poll(() => portal.stream.acknowledged.has(jti), patient).toBe(true)
    expect(handled).toHaveLength(1)
  })

  test('says of what it refuses which and why, and takes the rest', async () => {
    await polling()
    const wrong = await portal.send({
      type: 'urn:noticeline:event:notice.issued',
      body: { v: 1, notice: 'ntc_1' },
      notice: 'ntc_1',
    })
    const right = await portal.issue({ items: [item] })
    await expect.poll(() => portal.stream.refused.get(wrong.jti), patient).toMatchObject({ err: 'invalid_request' })
    await expect.poll(() => portal.stream.acknowledged.has(right.jti), patient).toBe(true)
    expect(portal.stream.acknowledged.has(wrong.jti)).toBe(false)
  })

  test.each([
    ['plain', 'A sealing key is registered'],
    ['misnamed', 'named by another jti'],
  ] as const)('refuses what the poll offers %s', async (poll, words) => {
    portal.misbehave({ poll })
    await polling()
    const { jti } = await portal.issue({ items: [item] })
    const named = poll === 'misnamed' ? `${jti}-other` : jti
    await expect
      .poll(() => portal.stream.refused.get(named), patient)
      .toMatchObject({ err: 'invalid_request', description: expect.stringContaining(words) })
    expect(handled).toEqual([])
  })

  test.each([
    [{ poll: 503, retryAfter: 1 }, 'http_503'],
    [{ poll: 429, retryAfter: 1 }, 'http_429'],
    [{ poll: 'hang-up' }, 'unreachable'],
    [{ poll: 'garbled' }, 'not_a_poll_answer'],
    [{ poll: 401 }, 'unauthorized'],
  ] as [Misbehaviour, string][])('carries on when polls were answered with %o', async (how, error) => {
    const { receiver } = await polling()
    portal.misbehave(how)
    const { jti } = await portal.issue({ items: [item] })
    const health = async () => (await receiver.health()).polling?.lastError
    await expect.poll(health, patient).toBe(error)
    expect(alarms.map(({ code }) => code)).toEqual(error === 'unauthorized' ? ['poll_refused'] : [])
    portal.misbehave({ poll: 'answered' })
    await expect.poll(() => portal.stream.acknowledged.has(jti), patient).toBe(true)
    await expect.poll(health, patient).toBe(null)
    expect(handled).toHaveLength(1)
  })

  test('starts with a portal that is away for now, and not with a token it does not take', async () => {
    const receiver = await receiverWith()
    await receiver.connect({ token: portal.token, url: null })
    portal.misbehave({ poll: 401 })
    await expect(startPolling(receiver, { token: portal.token })).rejects.toMatchObject({
      code: 'portal_refused',
      httpCode: 401,
      portalCode: 'unauthorized',
    })
    portal.misbehave({ poll: 'hang-up' })
    await startPolling(receiver, { token: portal.token })
    await expect(startPolling(receiver, { token: portal.token })).rejects.toMatchObject({ code: 'already_polling' })
    portal.misbehave({ poll: 'answered' })
    await portal.issue({ items: [item] })
    await expect.poll(() => reported(), patient).toBe(1)
  })

  test('sends its token nowhere but over TLS', async () => {
    const receiver = await receiverWith()
    for (const pollUrl of ['http://portal.example/v1/streams/1', 'not an address']) {
      await expect(startPolling(receiver, { token: portal.token, pollUrl })).rejects.toMatchObject({
        code: 'not_connected',
      })
    }
  })

  test('asks no faster when answers are empty at once, or bring the same again and again', async () => {
    await polling()
    for (const poll of ['empty', 'again'] as const) {
      portal.misbehave({ poll })
      await portal.issue({ items: [item] })
      if (poll === 'again') await expect.poll(() => handled.length, patient).toBe(2)
      const before = portal.stream.polls.length
      const began = performance.now()
      await new Promise((resolve) => setTimeout(resolve, 1500))
      const seconds = (performance.now() - began) / 1000
      expect(portal.stream.polls.length - before).toBeLessThanOrEqual(seconds + 3)
    }
    expect(handled).toHaveLength(2)
  })

  test('when it stops it does not wait for the portal, and says what it has stored', async () => {
    await portal.stop()
    portal = await createTestPortal({ longPoll: 60_000 })
    closing.push(() => portal.stop())
    const inbox = memoryStore()
    const { receiver } = await polling({ inbox })
    let stopping: Promise<void> | undefined
    const add = inbox.add.bind(inbox)
    inbox.add = async (...given) => {
      const added = await add(...given)
      stopping ??= receiver.stop()
      return added
    }
    const { jti } = await portal.issue({ items: [item] })
    await expect.poll(() => stopping !== undefined, patient).toBe(true)
    await stopping
    expect(portal.stream.acknowledged.has(jti)).toBe(true)
    expect(portal.stream.polls.at(-1)).toMatchObject({ maxEvents: 0, ack: [jti] })
    expect((await receiver.health()).accepting).toBe(false)
  })

  test('alone it can be stopped and started; what it took meanwhile is not lost', async () => {
    const { receiver, polls } = await polling()
    await polls.stop()
    await portal.issue({ items: [item] })
    const count = portal.stream.polls.length
    expect(await receiver.health()).toMatchObject({ accepting: true })
    expect(portal.stream.polls).toHaveLength(count)
    await startPolling(receiver, { token: portal.token })
    await expect.poll(() => reported(), patient).toBe(1)
    expect(portal.endpoints).toHaveLength(1)
  })
})

test('what is pushed and polled at the same time is handled once', async () => {
  portal.misbehave({ pollToo: true })
  let receiver: Receiver | undefined
  const { id, audience } = portal.attach({
    signingKeys: keys.signing.map(({ publicJwk }) => publicJwk),
    sealingKey: keys.sealing[0]?.publicJwk ?? null,
    to: async (request) => receiver?.handle(request) ?? new Response(null, { status: 503 }),
  })
  receiver = await receiverWith({ audience })
  await startPolling(receiver, { token: portal.token, pollUrl: `${portal.issuer}/v1/streams/${id}` })
  const issued = await Promise.all(Array.from({ length: 6 }, () => portal.issue({ items: [item] })))
  await expect.poll(() => reported(), patient).toBe(6)
  expect([...handled].sort()).toEqual(issued.flatMap(({ notice }) => notice.items.map((one) => one.id)).sort())
})

test('what was stored but not acknowledged when the process ended comes again, and is handled once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'noticeline-polled-'))
  closing.push(() => rm(folder, { recursive: true, force: true }))
  portal.misbehave({ poll: 'again' })
  const first = await polling({ inbox: fileStore(folder) })
  await portal.issue({ items: [item] })
  await expect.poll(() => reported(), patient).toBe(1)
  await first.receiver.stop()
  const before = portal.stream.polls.length
  await polling({ inbox: fileStore(folder) })
  portal.misbehave({ poll: 'answered' })
  const acknowledged = () => new Set(portal.stream.polls.slice(before).flatMap(({ ack }) => ack ?? []))
  await expect.poll(() => acknowledged().size, patient).toBe(1)
  expect(handled).toHaveLength(1)
  expect(portal.endpoints).toHaveLength(1)
})
