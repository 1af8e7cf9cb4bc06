import { eventTypes, setDigest, unseal } from '@noticeline/sdk/protocol'
import { expect, test } from 'vitest'
import { suspendOrganisation } from '../people/suspend-organisation.ts'
import { pauseEndpoint, resumeEndpoint } from '../providers/pause-endpoint.ts'
import { tellStreams } from '../providers/tell-stream.ts'
import * as build from '../testing/build/delivery.ts'
import { person } from '../testing/build/person.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { attemptDueDeliveries } from './attempt-delivery.ts'
import { pollDeliveries } from './offer-for-poll.ts'

const start = '2026-11-21T10:00:00.000Z'
const poll = async (ground: TestGround, on: build.Line, asked = {}) => {
  const polled = await pollDeliveries(ground, on.provider, asked)
  if (polled.result !== 'sets') throw new Error(polled.result)
  return polled
}

test('a stream offers what waits at once, the oldest deadline first, until it is acknowledged', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider, { url: null })
    const slow = await build.issuedNotice(ground, on)
    const urgent = await build.issuedNotice(ground, on, { deadline: { within: 'PT1H' } })
    const first = await build.deliveryOf(ground, urgent.noticeId, on.provider.orgId)
    const second = await build.deliveryOf(ground, slow.noticeId, on.provider.orgId)

    const one = await poll(ground, on, { maxEvents: 1 })
    expect(Object.keys(one.sets)).toEqual([first.jti])
    expect(one.moreAvailable).toBe(true)
    expect(setDigest(one.sets[first.jti] ?? '')).toBe(first.setSha256)
    expect((await build.deliveryOf(ground, urgent.noticeId, on.provider.orgId)).state).toBe('offered')

    ground.clock.advance(9_000)
    const next = await poll(ground, on, { acks: [first.jti] })
    expect(Object.keys(next.sets)).toEqual([second.jti])
    expect(await build.deliveryOf(ground, urgent.noticeId, on.provider.orgId)).toMatchObject({
      state: 'received',
      receivedHow: 'poll',
      receivedAt: new Date('2026-11-21T10:00:09.000Z'),
    })
    expect(await poll(ground, on, { acks: [second.jti], maxEvents: 0 })).toMatchObject({
      sets: {},
      moreAvailable: false,
    })
    expect(await poll(ground, on)).toMatchObject({ sets: {}, moreAvailable: false })
  }))

test('what push has not settled within a minute is offered here too, and an acknowledgement ends the pushing', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.issuedNotice(ground, on)
    ground.outbound.answer(build.endpointUrl, 500)
    await attemptDueDeliveries(ground, { workerId: 'one', limit: 32 })
    ground.clock.advance(59_999)
    expect((await poll(ground, on)).sets).toEqual({})
    ground.clock.advance(1)
    const [jti] = Object.keys((await poll(ground, on)).sets)
    await poll(ground, on, { acks: [jti] })
    ground.clock.advance(86_400_000)
    expect(await attemptDueDeliveries(ground, { workerId: 'one', limit: 32 })).toBe(0)
    expect((await build.deliveryOf(ground, noticeId, on.provider.orgId)).receivedHow).toBe('poll')
  }))

test.each([
  ['invalid_request', 'invalid_request', 'slowly'],
  ['invalid_issuer', 'invalid_issuer', 'slowly'],
  ['invalid_audience', 'invalid_audience', 'slowly'],
  ['access_denied', 'access_denied', 'slowly'],
  ['invalid_key', 'invalid_key', 'soon'],
  ['authentication_failed', 'authentication_failed', 'soon'],
  ['jwtParse', 'refused', 'soon'],
])(
  'a token refused over poll with %s counts as a 400 with it: recorded as poll.%s, offered again %s',
  (err, code, when) =>
    build.withLine(start, async (ground, on) => {
      await build.endpoint(ground, on.provider, { url: null })
      const { noticeId } = await build.issuedNotice(ground, on)
      const [jti = ''] = Object.keys((await poll(ground, on)).sets)
      const after = await poll(ground, on, { setErrs: { [jti]: { err, description: 'x' } } })
      expect(after.sets).toEqual({})
      const delivery = await build.deliveryOf(ground, noticeId, on.provider.orgId)
      expect(delivery).toMatchObject({ lastCode: `poll.${code}`, state: 'offered', attempts: 1 })
      expect((await ground.facts.kinds(noticeId)).filter((kind) => kind === 'delivery.attempted')).toHaveLength(1)
      ground.clock.advance(10_000)
      expect(Object.keys((await poll(ground, on)).sets)).toEqual(when === 'soon' ? [jti] : [])
      ground.clock.advance(2 * 3_600_000)
      expect(Object.keys((await poll(ground, on)).sets)).toEqual([jti])
    }),
)

test('an error about what has arrived changes nothing, and acknowledging after an error settles it', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider, { url: null })
    const { noticeId } = await build.issuedNotice(ground, on)
    const [jti = ''] = Object.keys((await poll(ground, on)).sets)
    await poll(ground, on, { setErrs: { [jti]: { err: 'invalid_key' } }, maxEvents: 0 })
    await poll(ground, on, { acks: [jti], maxEvents: 0 })
    await poll(ground, on, { setErrs: { [jti]: { err: 'invalid_key' } }, maxEvents: 0 })
    expect(await build.deliveryOf(ground, noticeId, on.provider.orgId)).toMatchObject({
      state: 'received',
      receivedHow: 'poll',
      nextAttemptAt: null,
    })
    expect((await ground.facts.kinds(noticeId)).filter((kind) => kind === 'delivery.attempted')).toHaveLength(1)
  }))

test('maxEvents 0 offers nothing and says whether more is waiting', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider, { url: null })
    const { noticeId } = await build.issuedNotice(ground, on)
    expect(await poll(ground, on, { maxEvents: 0 })).toMatchObject({ sets: {}, moreAvailable: true })
    expect((await build.deliveryOf(ground, noticeId, on.provider.orgId)).state).toBe('queued')
  }))

test('what was pushed and answered 202 is gone from the poll', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.receivedNotice(ground, on)
    ground.clock.advance(61_000)
    expect(await poll(ground, on)).toMatchObject({ sets: {}, moreAvailable: false })
    const { jti } = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    await poll(ground, on, { acks: [jti] })
    // It was received by push, a minute earlier; that is what counts.
    expect(await build.deliveryOf(ground, noticeId, on.provider.orgId)).toMatchObject({
      receivedHow: 'push',
      receivedAt: new Date(start),
    })
  }))

test('acknowledged over poll while a push of it is on its way: received once, tried no more, whatever the push ends in', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    for (const status of [202, 500] as const) {
      const { noticeId } = await build.issuedNotice(ground, on)
      const { jti } = await build.deliveryOf(ground, noticeId, on.provider.orgId)
      ground.outbound.answer(build.endpointUrl, async () => {
        await poll(ground, on, { acks: [jti], maxEvents: 0 })
        return status
      })
      await attemptDueDeliveries(ground, { workerId: 'one', limit: 32 })
      ground.clock.advance(86_400_000)
      expect(await attemptDueDeliveries(ground, { workerId: 'one', limit: 32 })).toBe(0)
      const kinds = await ground.facts.kinds(noticeId)
      expect(kinds.filter((kind) => kind === 'delivery.received' || kind === 'clock.started')).toHaveLength(2)
      expect(await build.deliveryOf(ground, noticeId, on.provider.orgId)).toMatchObject({
        state: 'received',
        receivedHow: 'poll',
      })
    }
  }))

test('acknowledging what was sent to somebody else settles nothing', () =>
  build.withLine(start, async (ground, on) => {
    const other = await build.anotherProvider(ground, on, 'Gullwing', '198.51.100.0/24')
    await build.endpoint(ground, on.provider, { url: null })
    const { noticeId } = await build.issuedNotice(ground, on)
    const { jti } = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    const polled = await pollDeliveries(ground, other, { acks: [jti], setErrs: { [jti]: { err: 'invalid_key' } } })
    expect(polled).toEqual({ result: 'sets', sets: {}, moreAvailable: false })
    expect(await build.deliveryOf(ground, noticeId, on.provider.orgId)).toMatchObject({
      state: 'queued',
      lastCode: null,
    })
    expect(await pollDeliveries(ground, on.notifier, {})).toEqual({ result: 'forbidden' })
  }))

test('a sealed stream offers envelopes', () =>
  build.withLine(start, async (ground, on) => {
    const { sealing } = await build.endpoint(ground, on.provider, { url: null, sealed: true })
    const { noticeId } = await build.issuedNotice(ground, on)
    const { jti, setSha256 } = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    const { sets } = await poll(ground, on)
    if (!sealing) throw new Error('no sealing key')
    const opened = await unseal(sets[jti] ?? '', { kid: sealing.kid, privateJwk: sealing.privateJwk })
    expect(opened.opened && setDigest(opened.raw)).toBe(setSha256)
  }))

test('a stream that is fetched from hears by its next poll what becomes of it, until it acknowledges, suspended too', () =>
  build.withLine(start, async (ground, on) => {
    const { orgId } = on.provider
    await build.contact(ground, orgId)
    const { endpointId, sealing } = await build.endpoint(ground, on.provider, { url: null, sealed: true })
    await pauseEndpoint(ground, on.provider, endpointId)
    await ground.runReactions()
    const [[jti, envelope] = ['', '']] = Object.entries((await poll(ground, on)).sets)
    expect(Object.keys((await poll(ground, on)).sets)).toEqual([jti])
    expect(await poll(ground, on, { acks: [jti], maxEvents: 0 })).toMatchObject({ sets: {} })
    expect((await poll(ground, on)).sets).toEqual({})
    const opened = await unseal(envelope, { kid: sealing?.kid ?? '', privateJwk: sealing?.privateJwk ?? {} })
    expect(
      JSON.parse(Buffer.from((opened.opened && opened.raw.split('.')[1]) || '', 'base64url').toString()),
    ).toMatchObject({
      jti,
      sub_id: { id: endpointId },
      events: { [eventTypes.streamUpdated]: { status: 'paused' } },
    })
    expect((await ground.facts.kinds(orgId)).filter((kind) => kind === 'stream.told')).toHaveLength(1)

    await resumeEndpoint(ground, on.provider, endpointId)
    await ground.runReactions()
    const desk = await person(ground, { orgId: on.desk.orgId, orgKind: 'platform' })
    await suspendOrganisation(ground, desk, { orgId, reason: 'Never answers, says its registry.' })
    await ground.runReactions()
    // Only what the stream is now: that it runs again is no longer true.
    const [disabled = ''] = Object.keys((await poll(ground, on)).sets)
    await poll(ground, on, { setErrs: { [disabled]: { err: 'invalid_request' } } })
    expect((await poll(ground, on)).sets).toEqual({})
    const rows = await ground.db.read.selectFrom('streamUpdates').select(['status', 'code']).orderBy('factId').execute()
    expect(rows).toEqual([
      { status: 'paused', code: null },
      { status: 'enabled', code: 'superseded' },
      { status: 'disabled', code: 'poll_refused' },
    ])
  }))

test('what a stream that is posted to has not heard within a minute, its poll brings; nobody hears it twice', () =>
  build.withLine(start, async (ground, on) => {
    await build.contact(ground, on.provider.orgId)
    const { endpointId } = await build.endpoint(ground, on.provider)
    ground.outbound.answer(build.endpointUrl, 503)
    await pauseEndpoint(ground, on.provider, endpointId)
    await ground.runReactions()
    ground.clock.advance(59_999)
    expect((await poll(ground, on)).sets).toEqual({})
    ground.clock.advance(1)
    const [jti = ''] = Object.keys((await poll(ground, on)).sets)
    const other = await build.anotherProvider(ground, on, 'Gullwing', '198.51.100.0/24')
    await pollDeliveries(ground, other, { acks: [jti] })
    expect(Object.keys((await poll(ground, on)).sets)).toEqual([jti])
    await poll(ground, on, { acks: [jti] })
    ground.clock.advance(86_400_000)
    expect(await tellStreams(ground)).toBe(0)
  }))
