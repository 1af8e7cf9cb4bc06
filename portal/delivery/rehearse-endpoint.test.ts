import { generateKey } from '@noticeline/sdk/protocol'
import { expect, test } from 'vitest'
import { acceptOutcomes } from '../removal/accept-outcome.ts'
import * as build from '../testing/build/delivery.ts'
import { failed } from '../testing/fakes.ts'
import { endRehearsal, endRehearsals } from './end-rehearsals.ts'
import { findDeliveries } from './find-deliveries.ts'
import { findRehearsal, findRehearsals } from './find-rehearsals.ts'
import { cardOf, isSettled, stateOf } from './rehearsal.ts'
import { readStored } from './rehearsal-answers.ts'
import { rehearseEndpoint } from './rehearse-endpoint.ts'

const start = '2026-11-21T10:00:00.000Z'

test('nothing of a rehearsal is a notice: no row among notices, items, deliveries, reports, and none in an inbox', () =>
  build.withLine(start, async (ground, on) => {
    const { endpointId } = await build.endpoint(ground, on.provider)
    ground.outbound.answer(build.endpointUrl, 202)
    const started = await rehearseEndpoint(ground, on.provider, endpointId)
    if (started.result !== 'started') throw new Error(started.result)
    const found = await findRehearsal(ground, on.provider, started.rehearsalId)
    if (found.result !== 'found') throw new Error(found.result)
    const { noticeId } = found.rehearsal
    const results = [
      { item: 'itm_00000000000000000000000000', outcome: 'content_removed', at: start, by: 'auto' } as const,
    ]
    const reporter = { orgId: on.provider.orgId, grade: 'authenticated' } as const
    const wrong = await acceptOutcomes(ground, reporter, { v: 1, notice: noticeId, seq: 1, results })
    expect(wrong).toMatchObject({ result: 'invalid', errors: [{ pointer: '/results/0/item' }] })
    const { itemId } = await ground.db.read.selectFrom('rehearsals').select('itemId').executeTakeFirstOrThrow()
    const right = results.map((one) => ({ ...one, item: itemId }))
    const report = { v: 1, notice: noticeId, seq: 1, results: right } as const
    const stranger = { orgId: on.notifier.orgId, grade: 'authenticated' } as const
    expect(await acceptOutcomes(ground, stranger, { ...report, results: [...right] })).toEqual({
      result: 'unknown-notice',
    })
    expect(await acceptOutcomes(ground, reporter, { ...report, results: [...right] })).toMatchObject({
      result: 'recorded',
    })
    ground.clock.advance(31_000)
    await endRehearsals(ground)
    await ground.runReactions()
    for (const table of ['notices', 'items', 'deliveries', 'tokens', 'reports', 'outcomes', 'inboxRows'] as const) {
      expect(await ground.db.read.selectFrom(table).selectAll().execute(), table).toEqual([])
    }
    expect(await findDeliveries(ground, on.provider)).toMatchObject({ deliveries: [] })
    const card = await findRehearsal(ground, on.provider, started.rehearsalId)
    expect(card).toMatchObject({ rehearsal: { state: 'failed' } })
    expect(await findRehearsal(ground, on.notifier, started.rehearsalId)).toEqual({ result: 'forbidden' })
    expect(await findRehearsals(ground, on.provider, endpointId)).toMatchObject({ rehearsals: [{ state: 'failed' }] })
    const kinds = await ground.facts.kinds(on.provider.orgId)
    expect(kinds.filter((kind) => kind.startsWith('rehearsal'))).toEqual(['rehearsal.started', 'rehearsal.ended'])
  }))

test('an endpoint is rehearsed once at a time, and a run that was broken off is ended by the clock', () =>
  build.withLine(start, async (ground, on) => {
    const { endpointId } = await build.endpoint(ground, on.provider)
    ground.outbound.answer(build.endpointUrl, () => {
      throw new Error('killed')
    })
    await expect(rehearseEndpoint(ground, on.provider, endpointId)).rejects.toThrow('killed')
    ground.outbound.answer(build.endpointUrl, 202)
    expect(await rehearseEndpoint(ground, on.provider, endpointId)).toMatchObject({ result: 'running' })
    expect(await endRehearsals(ground)).toBe(0)
    ground.clock.advance(121_000)
    expect(await endRehearsals(ground)).toBe(1)
    expect(await findRehearsals(ground, on.provider, endpointId)).toMatchObject({
      rehearsals: [
        { state: 'failed', card: [{ code: 'broken_off', result: 'skipped' }, {}, {}, {}, {}, {}, {}, {}, {}] },
      ],
    })
    expect((await rehearseEndpoint(ground, on.provider, endpointId)).result).toBe('started')
  }))

test('the withdrawal is sent once, however many look', () =>
  build.withLine(start, async (ground, on) => {
    const { endpointId } = await build.endpoint(ground, on.provider)
    ground.outbound.answer(build.endpointUrl, 202)
    const started = await rehearseEndpoint(ground, on.provider, endpointId)
    if (started.result !== 'started') throw new Error(started.result)
    const before = ground.outbound.calls.length
    expect(await endRehearsal(ground, started.rehearsalId)).toBe(false)
    ground.clock.advance(31_000)
    await Promise.all([1, 2, 3].map(() => endRehearsal(ground, started.rehearsalId)))
    expect(ground.outbound.calls.length - before).toBe(1)
    expect(await endRehearsal(ground, started.rehearsalId)).toBe(true)
  }))

test('sixty an hour are enough', () =>
  build.withLine(start, async (ground, on) => {
    const { endpointId } = await build.endpoint(ground, on.provider)
    const { id, publicJwk } = { id: endpointId, ...(await generateKey('sig')) }
    expect(publicJwk.kty).toBe('EC')
    for (let index = 0; index < 60; index += 1) {
      const ids = { noticeId: `ntc_${index}`, itemId: `itm_${index}` }
      const row = { id: `rhl_${index}`, orgId: on.provider.orgId, endpointId: id, ...ids, state: 'failed' }
      await ground.db.read
        .insertInto('rehearsals')
        .values({ ...row, startedAt: new Date(start) })
        .execute()
    }
    ground.clock.advance(1000)
    expect(await rehearseEndpoint(ground, on.provider, endpointId)).toEqual({ result: 'too-many' })
    ground.clock.advance(3_600_000)
    expect((await rehearseEndpoint(ground, on.provider, endpointId)).result).toBe('started')
  }))

test('who is slow is told so, and after ten seconds has not answered', () => {
  const sent = { kind: 'notice', sentAt: new Date(start), answeredAt: new Date(start) } as const
  const answered = {
    result: 'answered',
    status: 202,
    headers: {},
    body: '',
    truncated: false,
    address: '',
    peer: null,
  } as const
  expect(readStored('notice', { ...sent, answer: { ...answered, ms: 2_999 } })).toMatchObject({ result: 'passed' })
  expect(readStored('notice', { ...sent, answer: { ...answered, ms: 8_200 } })).toMatchObject({
    result: 'advice',
    code: 'slow',
    amount: 8,
  })
  expect(readStored('notice', { ...sent, answer: failed('timeout') })).toMatchObject({
    result: 'failed',
    code: 'timeout',
  })
})

test('a card that has begun waits, and passes only when nothing is left', () => {
  const parts = {
    startedAt: new Date(start),
    receivedAt: null,
    endedAt: null,
    signs: true,
    steps: [],
    statements: [],
    tokens: [],
  }
  const card = cardOf(parts, new Date(start))
  expect(isSettled(card)).toBe(false)
  expect(card.every(({ result }) => result === 'waiting')).toBe(true)
  expect(stateOf(card)).toBe('failed')
})
