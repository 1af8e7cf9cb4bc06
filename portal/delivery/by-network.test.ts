import { expect, test } from 'vitest'
import { endNetwork } from '../attribution/prove-network.ts'
import { withdrawNotice } from '../notices/withdraw-notice.ts'
import type { ProgramActor } from '../people/may.ts'
import { changeEndpoint } from '../providers/change-endpoint.ts'
import { pauseEndpoint } from '../providers/pause-endpoint.ts'
import { removeEndpoint } from '../providers/remove-endpoint.ts'
import * as build from '../testing/build/delivery.ts'
import { person } from '../testing/build/person.ts'
import { network } from '../testing/build/provider.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { attemptDueDeliveries } from './attempt-delivery.ts'
import { pollDeliveries } from './offer-for-poll.ts'

const at = '2026-11-22T10:00:00.000Z'
const panels = { wide: 'https://wide.tern.example/n', narrow: 'https://narrow.tern.example/n', rest: build.endpointUrl }

const attempt = (ground: TestGround) => attemptDueDeliveries(ground, { workerId: 'w', limit: 32, jitter: () => 0.5 })
const called = (ground: TestGround) => ground.outbound.calls.map(({ url }) => url)
const inNarrow = { ip: '203.0.113.81', url: 'https://a.tern.example/1' }
const inWide = { ip: '203.0.113.200', url: 'https://b.tern.example/2' }
const inOther = { ip: '198.51.100.9', url: 'https://c.tern.example/3' }

/** Tern holds a /24, a /28 in it, and another /24. */
async function networksOf(ground: TestGround, { orgId }: ProgramActor) {
  const wide = await ground.db.read
    .selectFrom('networks')
    .select('id')
    .where('orgId', '=', orgId)
    .executeTakeFirstOrThrow()
  return {
    wide: wide.id,
    narrow: await network(ground, { orgId, cidr: '203.0.113.80/28' }),
    other: await network(ground, { orgId, cidr: '198.51.100.0/24' }),
  }
}

async function endpoint(ground: TestGround, actor: ProgramActor, url: string, networks: string[]) {
  const { endpointId } = await build.endpoint(ground, actor, { url })
  ground.outbound.answer(url, 202)
  if (networks.length > 0) {
    const owner = await person(ground, { orgId: actor.orgId })
    expect(await changeEndpoint(ground, owner, endpointId, { networks })).toMatchObject({
      result: 'changed',
      endpoint: { networks: [...networks].sort(), state: 'active', verified: true },
    })
  }
  return endpointId
}

/** Says where a notice with these items went. */
async function goes(ground: TestGround, on: build.Line, ...items: { url: string; ip: string }[]): Promise<string[]> {
  await ground.runReactions()
  ground.outbound.calls.length = 0
  ground.caught.mail.length = 0
  await build.issuedNotice(ground, on, { items: items.map((item) => ({ ...item, url: `${item.url}?${++made}` })) })
  while ((await attempt(ground)) > 0);
  return [...called(ground), ...ground.caught.mail.map(({ to }) => to)]
}
let made = 0

test('a notice goes to the endpoint bound most narrowly to the network of its items, else to one bound to none', () =>
  build.withLine(at, async (ground, on) => {
    await build.contact(ground, on.provider.orgId)
    const { wide, narrow } = await networksOf(ground, on.provider)
    await endpoint(ground, on.provider, panels.rest, [])
    await endpoint(ground, on.provider, panels.wide, [wide])
    await endpoint(ground, on.provider, panels.narrow, [narrow])
    ground.caught.mail.length = 0
    expect(await goes(ground, on, inNarrow)).toEqual([panels.narrow])
    expect(await goes(ground, on, inWide)).toEqual([panels.wide])
    expect(await goes(ground, on, inOther)).toEqual([panels.rest])
    // The range around both of them is bound, and so is what serves both.
    expect(await goes(ground, on, inNarrow, inWide)).toEqual([panels.wide])
    expect(await goes(ground, on, inNarrow, inOther)).toEqual([panels.rest])
  }))

test('where none serves it, the contact is written to as if there were no endpoint, and a stream has it at once', () =>
  build.withLine(at, async (ground, on) => {
    await build.contact(ground, on.provider.orgId)
    const { narrow } = await networksOf(ground, on.provider)
    await endpoint(ground, on.provider, panels.narrow, [narrow])
    expect(await goes(ground, on, inOther)).toEqual(['abuse@tern.example'])
    expect(await goes(ground, on, inNarrow)).toEqual([panels.narrow])
    // It is put off, not given up, and does not stand in the way of others.
    expect(await attempt(ground)).toBe(0)
    await build.endpoint(ground, on.provider, { url: null })
    const { sets } = (await pollDeliveries(ground, on.provider, {})) as { sets: object }
    expect(Object.keys(sets)).toHaveLength(1)
    ground.clock.advance(61_000)
    expect(await attempt(ground)).toBe(0)
  }))

test('what waited for an endpoint goes to another that is bound to its network, within a minute', () =>
  build.withLine(at, async (ground, on) => {
    await build.contact(ground, on.provider.orgId)
    const { narrow, other } = await networksOf(ground, on.provider)
    const id = await endpoint(ground, on.provider, panels.narrow, [narrow])
    expect(await goes(ground, on, inOther)).toEqual(['abuse@tern.example'])
    const owner = await person(ground, { orgId: on.provider.orgId })
    await changeEndpoint(ground, owner, id, { networks: [narrow, other] })
    ground.clock.advance(61_000)
    expect(await attempt(ground)).toBe(1)
    expect(called(ground)).toEqual([panels.narrow])
  }))

test('with nobody to write to, being bound is no shelter: the oldest endpoint takes it', () =>
  build.withLine(at, async (ground, on) => {
    await build.contact(ground, on.provider.orgId)
    const { narrow } = await networksOf(ground, on.provider)
    await endpoint(ground, on.provider, panels.narrow, [narrow])
    await ground.db.read
      .updateTable('contacts')
      .set({ unreachableAt: new Date(at) })
      .execute()
    expect(await goes(ground, on, inOther)).toEqual([panels.narrow])
  }))

test('a network that ends takes no endpoint from what stood in it; the word that it was taken back goes there too', () =>
  build.withLine(at, async (ground, on) => {
    await build.contact(ground, on.provider.orgId)
    const { narrow, other } = await networksOf(ground, on.provider)
    await endpoint(ground, on.provider, panels.rest, [])
    await endpoint(ground, on.provider, panels.narrow, [narrow, other])
    ground.caught.mail.length = 0
    ground.outbound.calls.length = 0
    const { noticeId } = await build.issuedNotice(ground, on, { items: [inOther] })
    await endNetwork(ground, await person(ground, { orgKind: 'platform' }), other, 'Sold')
    await attempt(ground)
    await withdrawNotice(ground, on.notifier, noticeId, 'error')
    await ground.runReactions()
    await attempt(ground)
    expect(called(ground)).toEqual([panels.narrow, panels.narrow])
  }))

test('a slow endpoint takes nothing from the other: each has its own two in hand', () =>
  build.withLine(at, async (ground, on) => {
    await build.contact(ground, on.provider.orgId)
    const { wide, other } = await networksOf(ground, on.provider)
    await endpoint(ground, on.provider, panels.wide, [wide])
    await endpoint(ground, on.provider, panels.rest, [other])
    for (let n = 0; n < 3; n += 1) {
      await build.issuedNotice(ground, on, { items: [{ ...inWide, url: `https://w.tern.example/${n}` }] })
      await build.issuedNotice(ground, on, { items: [{ ...inOther, url: `https://o.tern.example/${n}` }] })
    }
    ground.outbound.calls.length = 0
    expect(await attempt(ground)).toBe(4)
    expect(called(ground).sort()).toEqual([panels.rest, panels.rest, panels.wide, panels.wide])
  }))

test('an endpoint is paused, removed or bound only where every network has a way that is left', () =>
  build.withLine(at, async (ground, on) => {
    const { wide, narrow, other } = await networksOf(ground, on.provider)
    const rest = await endpoint(ground, on.provider, panels.rest, [])
    const bound = await endpoint(ground, on.provider, panels.wide, [wide])
    const none = { result: 'no-second-channel' }
    const owner = await person(ground, { orgId: on.provider.orgId })
    // The /24 and the /28 in it would have the other one, the second /24 nothing.
    expect(await pauseEndpoint(ground, on.provider, rest)).toEqual(none)
    expect(await removeEndpoint(ground, on.provider, rest)).toEqual(none)
    expect(await changeEndpoint(ground, owner, rest, { networks: [narrow] })).toEqual(none)
    expect(await changeEndpoint(ground, owner, bound, { networks: [wide, other] })).toMatchObject({ result: 'changed' })
    expect(await pauseEndpoint(ground, on.provider, rest)).toEqual({ result: 'paused' })
    expect(await removeEndpoint(ground, on.provider, bound)).toEqual(none)
    expect(await removeEndpoint(ground, on.provider, rest)).toEqual({ result: 'removed' })
    expect(await removeEndpoint(ground, on.provider, rest)).toEqual({ result: 'unknown-endpoint' })
    await build.contact(ground, on.provider.orgId)
    expect(await removeEndpoint(ground, on.provider, bound)).toEqual({ result: 'removed' })
    expect(await ground.facts.kinds(on.provider.orgId)).toContain('endpoint.retired')
    await ground.runReactions()
    expect(ground.caught.mail.map(({ subject }) => subject)).toContain('An endpoint of yours was removed')
    expect(await goes(ground, on, inWide)).toEqual(['abuse@tern.example'])
  }))

test('what is no range of one’s own cannot be bound, nor a stream; nothing changes, and each says why', () =>
  build.withLine(at, async (ground, on) => {
    const theirs = await build.anotherProvider(ground, on, 'Gullwing', '192.0.2.0/24')
    const foreign = await ground.db.read
      .selectFrom('networks')
      .select('id')
      .where('orgId', '=', theirs.orgId)
      .executeTakeFirstOrThrow()
    const { orgId } = on.provider
    const name = await network(ground, { orgId, domain: 'tern.example' })
    const { wide, other } = await networksOf(ground, on.provider)
    const id = await endpoint(ground, on.provider, panels.rest, [])
    const stream = await build.endpoint(ground, on.provider, { url: null })
    const owner = await person(ground, { orgId })
    await endNetwork(ground, await person(ground, { orgKind: 'platform' }), other, 'Sold')
    for (const one of [foreign.id, name, other, 'net_nothing']) {
      expect(await changeEndpoint(ground, owner, id, { networks: [wide, one] })).toEqual({
        result: 'invalid',
        errors: [{ pointer: '/networks/1', code: 'unknown_network', message: expect.any(String) }],
      })
    }
    expect(await changeEndpoint(ground, owner, stream.endpointId, { networks: [wide] })).toMatchObject({
      result: 'invalid',
      errors: [{ pointer: '/networks', code: 'poll_serves_all' }],
    })
    expect(await changeEndpoint(ground, on.provider, id, { networks: [wide] })).toEqual({ result: 'proof-needed' })
    expect(await ground.db.read.selectFrom('endpointNetworks').selectAll().execute()).toEqual([])
  }))
