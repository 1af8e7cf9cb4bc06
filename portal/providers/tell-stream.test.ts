import { eventTypes, setDigest, unseal, verifyToken } from '@noticeline/sdk/protocol'
import { describe, expect, test } from 'vitest'
import { attemptDueDeliveries } from '../delivery/attempt-delivery.ts'
import { suspendOrganisation } from '../people/suspend-organisation.ts'
import * as build from '../testing/build/delivery.ts'
import { person } from '../testing/build/person.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { acceptVerificationReceipt } from './accept-verification-receipt.ts'
import { changeEndpoint } from './change-endpoint.ts'
import { pauseEndpoint, resumeEndpoint } from './pause-endpoint.ts'
import { removeEndpoint } from './remove-endpoint.ts'
import { setStreamStatus } from './set-stream-status.ts'
import { tellStreams } from './tell-stream.ts'

const start = '2026-11-21T10:00:00.000Z'
const { endpointUrl } = build

/** What was posted to the endpoint, as claims, in order; each is verified with the published keys. */
async function told(ground: TestGround, orgId: string) {
  const { keys } = await ground.keys.jwks()
  const said = []
  for (const { message } of ground.outbound.calls) {
    const verified = await verifyToken(message?.body ?? '', {
      key: async (kid) => keys.find((key) => (key as { kid?: string }).kid === kid) ?? null,
      issuer: ground.config.origin,
      audience: `urn:noticeline:org:${orgId}`,
      now: ground.clock.now(),
    })
    if (verified.accepted && verified.token.event.type === eventTypes.streamUpdated) {
      expect(verified.token.claims).not.toHaveProperty('txn')
      said.push(verified.token.event.body as { status: string; reason?: string })
    }
  }
  return said
}

const statuses = async (ground: TestGround, orgId: string) => (await told(ground, orgId)).map(({ status }) => status)

describe('a receiver is told before its stream stops, and after', () => {
  test('paused, resumed and removed: each once, signed, and it is known whether it was heard', () =>
    build.withLine(start, async (ground, on) => {
      const { orgId } = on.provider
      await build.contact(ground, orgId)
      const { endpointId } = await build.endpoint(ground, on.provider)
      ground.outbound.answer(endpointUrl, 202)
      await pauseEndpoint(ground, on.provider, endpointId)
      await ground.runReactions()
      await resumeEndpoint(ground, on.provider, endpointId)
      await ground.runReactions()
      ground.outbound.answer(endpointUrl, 503)
      await removeEndpoint(ground, on.provider, endpointId)
      await ground.runReactions()
      expect(await statuses(ground, orgId)).toEqual(['paused', 'enabled', 'disabled'])
      const rows = await ground.db.read
        .selectFrom('streamUpdates')
        .selectAll()
        .orderBy('madeAt')
        .orderBy('jti')
        .execute()
      expect(rows.map(({ status, code }) => [status, code])).toEqual([
        ['paused', null],
        ['enabled', null],
        ['disabled', 'http_503'],
      ])
      expect((await ground.facts.kinds(orgId)).filter((kind) => kind === 'stream.told')).toHaveLength(3)
    }))

  test('not heard, it is told again by the table of deliveries, in the same bytes, until it is; each try is a fact', () =>
    build.withLine(start, async (ground, on) => {
      const { orgId } = on.provider
      await build.contact(ground, orgId)
      const { endpointId } = await build.endpoint(ground, on.provider)
      ground.outbound.answer(endpointUrl, 503)
      await pauseEndpoint(ground, on.provider, endpointId)
      await ground.runReactions()
      const again = async (afterMs: number) => {
        ground.clock.advance(afterMs)
        return tellStreams(ground, { jitter: () => 0.5 })
      }
      expect([await again(3_000), await again(4_000), await again(29_000), await again(2_000)]).toEqual([0, 1, 0, 1])
      ground.outbound.answer(endpointUrl, 202)
      expect([await again(121_000), await again(40 * 86_400_000)]).toEqual([1, 0])
      const posted = ground.outbound.calls.map(({ message }) => message?.body)
      expect([posted.length, new Set(posted).size]).toEqual([4, 1])
      expect(await statuses(ground, orgId)).toEqual(['paused', 'paused', 'paused', 'paused'])
      expect((await ground.facts.kinds(orgId)).filter((kind) => kind === 'stream.told')).toHaveLength(4)
    }))

  test('a newer word takes the place of one that was not heard; 410 and thirty days end it, and so does a new address', () =>
    build.withLine(start, async (ground, on) => {
      const { orgId } = on.provider
      await build.contact(ground, orgId)
      const { endpointId } = await build.endpoint(ground, on.provider)
      const pauseAndTell = async () => {
        await pauseEndpoint(ground, on.provider, endpointId)
        await ground.runReactions()
      }
      ground.outbound.answer(endpointUrl, 500)
      await pauseAndTell()
      ground.clock.advance(1_000)
      ground.outbound.answer(endpointUrl, 202)
      await resumeEndpoint(ground, on.provider, endpointId)
      await ground.runReactions()
      ground.clock.advance(3_600_000)
      expect(await tellStreams(ground)).toBe(0)
      expect(await statuses(ground, orgId)).toEqual(['paused', 'enabled'])
      ground.outbound.answer(endpointUrl, 410)
      await pauseAndTell()
      ground.clock.advance(86_400_000)
      expect(await tellStreams(ground)).toBe(0)
      await resumeEndpoint(ground, on.provider, endpointId)
      ground.outbound.answer(endpointUrl, 500)
      await ground.runReactions()
      ground.clock.advance(31 * 86_400_000)
      expect([await tellStreams(ground), await tellStreams(ground)]).toEqual([1, 0])
      ground.clock.advance(86_400_000)
      expect(await tellStreams(ground)).toBe(0)
      await pauseAndTell()
      const owner = await person(ground, { orgId, role: 'owner' })
      await changeEndpoint(ground, owner, endpointId, { url: 'https://elsewhere.example/in' })
      ground.clock.advance(86_400_000)
      expect(await tellStreams(ground)).toBe(0)
      const codes = await ground.db.read.selectFrom('streamUpdates').select('code').orderBy('factId').execute()
      expect(codes.map(({ code }) => code)).toEqual(['superseded', null, 'http_410', 'http_500', 'moved'])
    }))

  test('two workers at once, and one that was killed: no try is lost, and it is told by one at a time', () =>
    build.withLine(start, async (ground, on) => {
      await build.contact(ground, on.provider.orgId)
      const { endpointId } = await build.endpoint(ground, on.provider)
      ground.outbound.answer(endpointUrl, 500)
      await pauseEndpoint(ground, on.provider, endpointId)
      await ground.runReactions()
      ground.clock.advance(10_000)
      ground.outbound.answer(endpointUrl, () => Promise.reject(new Error('killed')))
      await expect(tellStreams(ground)).rejects.toThrow('killed')
      expect(await tellStreams(ground)).toBe(0)
      ground.clock.advance(61_000)
      ground.outbound.answer(endpointUrl, 202)
      const tried = await Promise.all([tellStreams(ground), tellStreams(ground)])
      expect(tried.sort()).toEqual([0, 1])
    }))

  test('told twice it is the same token, and its receipt is no stranger', () =>
    build.withLine(start, async (ground, on) => {
      const { orgId } = on.provider
      await build.contact(ground, orgId)
      const { endpointId, sealing } = await build.endpoint(ground, on.provider, { sealed: true })
      ground.outbound.answer(endpointUrl, 202)
      await pauseEndpoint(ground, on.provider, endpointId)
      await ground.runReactions()
      await ground.db.pool.query('update stream_updates set told_at = null, attempts = 0')
      await ground.db.pool.query("update reactions set done_at = null where reaction = 'tellStream'")
      const { factId } = await ground.db.read
        .selectFrom('reactions')
        .select('factId')
        .where('reaction', '=', 'tellStream')
        .executeTakeFirstOrThrow()
      await ground.db.transaction((tx) => tx.enqueue('reaction.tellStream', { factId }))
      await ground.runReactions()
      if (!sealing) throw new Error('no sealing key')
      const digests = []
      for (const { message } of ground.outbound.calls) {
        const opened = await unseal(message?.body ?? '', { kid: sealing.kid, privateJwk: sealing.privateJwk })
        digests.push(opened.opened && setDigest(opened.raw))
      }
      expect(digests).toHaveLength(2)
      expect(new Set(digests).size).toBe(1)
      const { jti } = await ground.db.read.selectFrom('streamUpdates').select('jti').executeTakeFirstOrThrow()
      expect(await acceptVerificationReceipt(ground, { orgId, grade: 'signed' }, { ref: jti })).toEqual({
        result: 'already-recorded',
      })
      expect(await acceptVerificationReceipt(ground, { orgId: 'org_x', grade: 'signed' }, { ref: jti })).toEqual({
        result: 'unknown-token',
      })
    }))

  test('a company that is suspended hears of it; one whose endpoint said 410, or was never verified, is not called', () =>
    build.withLine(start, async (ground, on) => {
      const { orgId } = on.provider
      await build.contact(ground, orgId)
      const { endpointId } = await build.endpoint(ground, on.provider)
      ground.outbound.answer(endpointUrl, 202)
      const desk = await person(ground, { orgId: on.desk.orgId, orgKind: 'platform' })
      await suspendOrganisation(ground, desk, { orgId, reason: 'Never answers, says its registry.' })
      await ground.runReactions()
      expect(await statuses(ground, orgId)).toEqual(['disabled'])
      const other = await build.anotherProvider(ground, on, 'Gullwing', '198.51.100.0/24')
      const goneUrl = 'https://hooks.gullwing.example/in'
      await build.contact(ground, other.orgId, 'abuse@gullwing.example')
      await build.endpoint(ground, other, { url: goneUrl })
      ground.outbound.answer(goneUrl, 410)
      await build.issuedNotice(ground, on, { items: [{ url: 'https://x.gullwing.example/x', ip: '198.51.100.7' }] })
      await attemptDueDeliveries(ground, { workerId: 'one', limit: 32 })
      const before = ground.outbound.calls.length
      await ground.runReactions()
      expect(ground.outbound.calls.length).toBe(before)
      await ground.db.read.updateTable('endpoints').set({ verifiedAt: null, state: 'unverified' }).execute()
      await removeEndpoint(ground, on.provider, endpointId)
      await ground.runReactions()
      expect(ground.outbound.calls.length).toBe(before)
    }))
})

describe('a stream is switched', () => {
  const set = (ground: TestGround, on: build.Line, id: string, status: string, reason?: string) =>
    setStreamStatus(ground, on.provider, { stream_id: id, status, ...(reason === undefined ? {} : { reason }) })

  test('off with a reason, and on again only after it was verified', () =>
    build.withLine(start, async (ground, on) => {
      await build.contact(ground, on.provider.orgId)
      const { endpointId } = await build.endpoint(ground, on.provider)
      ground.outbound.answer(endpointUrl, 202)
      expect(await set(ground, on, endpointId, 'disabled', 'Moving to another rack')).toEqual({
        result: 'set',
        status: 'disabled',
        reason: 'Moving to another rack',
      })
      await ground.runReactions()
      expect(await statuses(ground, on.provider.orgId)).toEqual(['disabled'])
      await build.issuedNotice(ground, on)
      expect(await attemptDueDeliveries(ground, { workerId: 'one', limit: 32 })).toBe(0)
      ground.outbound.answer(endpointUrl, 500)
      expect(await set(ground, on, endpointId, 'enabled')).toMatchObject({ result: 'refused' })
      ground.outbound.answer(endpointUrl, 202)
      expect(await set(ground, on, endpointId, 'enabled')).toEqual({ result: 'set', status: 'enabled', reason: null })
      await ground.runReactions()
      expect(await attemptDueDeliveries(ground, { workerId: 'one', limit: 32 })).toBe(1)
    }))

  test('paused and on again; not without a second channel, not somebody else’s, and not by a wrong word', () =>
    build.withLine(start, async (ground, on) => {
      const { endpointId } = await build.endpoint(ground, on.provider)
      ground.outbound.answer(endpointUrl, 202)
      for (const status of ['paused', 'disabled'])
        expect(await set(ground, on, endpointId, status)).toEqual({ result: 'no-second-channel' })
      await build.contact(ground, on.provider.orgId)
      expect(await set(ground, on, endpointId, 'paused', 'Night')).toMatchObject({ result: 'set', reason: 'Night' })
      expect(await set(ground, on, endpointId, 'paused')).toMatchObject({ result: 'set', reason: null })
      expect(await set(ground, on, endpointId, 'enabled')).toMatchObject({ result: 'set', status: 'enabled' })
      const other = await build.anotherProvider(ground, on, 'Gullwing', '198.51.100.0/24')
      expect(await setStreamStatus(ground, other, { stream_id: endpointId, status: 'paused' })).toEqual({
        result: 'unknown-stream',
      })
      for (const wrong of [{ status: 'off' }, { status: 'paused', reason: 'a\nb' }, { status: 'paused', more: 1 }])
        expect(await setStreamStatus(ground, on.provider, { stream_id: endpointId, ...wrong })).toMatchObject({
          result: 'invalid',
          errors: [{ pointer: expect.any(String) }],
        })
    }))

  test('what waited meanwhile goes out at once when it is on again, the oldest deadline first, two at a time', () =>
    build.withLine(start, async (ground, on) => {
      await build.contact(ground, on.provider.orgId)
      const { endpointId } = await build.endpoint(ground, on.provider)
      ground.outbound.answer(endpointUrl, 202)
      await set(ground, on, endpointId, 'disabled')
      await ground.runReactions()
      const notices = []
      for (const within of ['P3D', 'PT1H', 'PT24H', 'PT4H'])
        notices.push(await build.issuedNotice(ground, on, { deadline: { within } }))
      ground.clock.advance(1_800_000)
      // As after days of failing: the next try is planned far ahead.
      await ground.db.pool.query("update deliveries set next_attempt_at = now() + interval '9 hours', attempts = 9")
      await set(ground, on, endpointId, 'enabled')
      await ground.runReactions()
      const arrived = []
      for (;;) {
        const tried = await attemptDueDeliveries(ground, { workerId: 'one', limit: 32 })
        if (tried === 0) break
        expect(tried).toBeLessThanOrEqual(2)
        const states = []
        for (const { noticeId } of notices)
          states.push((await build.deliveryOf(ground, noticeId, on.provider.orgId)).state === 'received' ? 1 : 0)
        arrived.push(states.join(''))
      }
      expect(arrived).toEqual(['0101', '1111'])
    }))
})
