import { type NoticeReceived, setDigest } from '@noticeline/sdk/protocol'
import { describe, expect, test } from 'vitest'
import { acceptOutcomes } from '../removal/accept-outcome.ts'
import * as build from '../testing/build/delivery.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { acceptReceipt } from './accept-receipt.ts'
import { endRehearsals } from './end-rehearsals.ts'
import { findRehearsal } from './find-rehearsals.ts'
import { type Poll, pollDeliveries } from './offer-for-poll.ts'
import { rehearseEndpoint } from './rehearse-endpoint.ts'

const start = '2026-11-21T10:00:00.000Z'

async function started(ground: TestGround, on: build.Line) {
  const { endpointId } = await build.endpoint(ground, on.provider, { url: null })
  const rehearsing = await rehearseEndpoint(ground, on.provider, endpointId)
  if (rehearsing.result !== 'started') throw new Error(rehearsing.result)
  const { rehearsalId } = rehearsing
  const tokens = await ground.db.read.selectFrom('rehearsalTokens').select(['jti', 'kind', 'raw']).execute()
  const kindOf = new Map(tokens.map(({ jti, kind }) => [jti, kind]))
  /** What a poll brings, by kind. */
  const poll = async (answer: Poll = {}) => {
    const polled = await pollDeliveries(ground, on.provider, answer)
    if (polled.result !== 'sets') throw new Error(polled.result)
    return Object.keys(polled.sets).map((jti) => kindOf.get(jti) ?? 'other')
  }
  const jti = (kind: string) => tokens.find((token) => token.kind === kind)?.jti ?? ''
  const card = async () => {
    const found = await findRehearsal(ground, on.provider, rehearsalId)
    if (found.result !== 'found') throw new Error(found.result)
    const { state, card } = found.rehearsal
    return { state, steps: Object.fromEntries(card.map(({ name, result, code }) => [name, code ?? result])) }
  }
  const row = await ground.db.read.selectFrom('rehearsals').selectAll().executeTakeFirstOrThrow()
  const notice = tokens.find(({ kind }) => kind === 'notice')?.raw ?? ''
  return { poll, jti, card, row, notice }
}

/** As a receiver that polls should: takes in what is ours and for it, refuses the rest, and says what it did. */
async function behave(
  ground: TestGround,
  on: build.Line,
  { poll, jti, row, notice }: Awaited<ReturnType<typeof started>>,
) {
  const { orgId } = on.provider
  expect(await poll()).toEqual(['plain'])
  expect((await poll({ acks: [jti('plain')] })).sort()).toEqual(['forged', 'notice', 'stranger'])
  const setErrs = { [jti('forged')]: { err: 'invalid_key' }, [jti('stranger')]: { err: 'invalid_audience' } }
  expect(await poll({ acks: [jti('notice')], setErrs })).toEqual(['notice'])
  expect(await poll({ acks: [jti('notice')] })).toEqual([])
  const received: NoticeReceived = {
    v: 1,
    notice: row.noticeId,
    seq: 1,
    ref: jti('notice'),
    set_sha256: setDigest(notice),
    received_at: ground.clock.now().toISOString(),
  }
  await acceptReceipt(ground, { orgId, grade: 'signed', jti: 'evt_1' }, received)
  const outcome = { item: row.itemId, outcome: 'content_removed', at: start, by: 'auto' } as const
  await acceptOutcomes(
    ground,
    { orgId, grade: 'signed', jti: 'evt_2' },
    { v: 1, notice: row.noticeId, seq: 1, results: [outcome] },
  )
  await endRehearsals(ground)
  expect(await poll()).toEqual(['withdrawal'])
  expect(await poll({ acks: [jti('withdrawal')] })).toEqual([])
  await endRehearsals(ground)
}

describe('a poll stream is rehearsed', () => {
  test('by its own polls, from the verification to the withdrawal, and passes', () =>
    build.withLine(start, async (ground, on) => {
      const stream = await started(ground, on)
      await behave(ground, on, stream)
      expect(await stream.card()).toMatchObject({
        state: 'passed',
        steps: {
          verification: 'passed',
          plain: 'not_sealed',
          forged: 'passed',
          stranger: 'passed',
          notice: 'passed',
          again: 'passed',
          receipt: 'passed',
          report: 'passed',
          withdrawal: 'passed',
        },
      })
      for (const table of ['notices', 'items', 'deliveries', 'reports', 'inboxRows'] as const)
        expect(await ground.db.read.selectFrom(table).selectAll().execute(), table).toEqual([])
    }))

  test('and one that takes in everything is told what it should have refused', () =>
    build.withLine(start, async (ground, on) => {
      const { poll, jti, card } = await started(ground, on)
      await poll({ acks: [jti('plain')] })
      await poll({ acks: [jti('forged'), jti('stranger'), jti('notice')] })
      expect((await card()).steps).toMatchObject({ forged: 'forged_accepted', stranger: 'stranger_accepted' })
      ground.clock.advance(121_000)
      await endRehearsals(ground)
      ground.clock.advance(31_000)
      await endRehearsals(ground)
      expect(await card()).toMatchObject({
        state: 'failed',
        steps: { again: 'not_acknowledged', receipt: 'receipt_missing', report: 'report_missing' },
      })
    }))

  test('and one that never polls hears that', () =>
    build.withLine(start, async (ground, on) => {
      const { card } = await started(ground, on)
      ground.clock.advance(119_000)
      await endRehearsals(ground)
      expect(await card()).toMatchObject({ state: 'running', steps: { verification: 'waiting' } })
      ground.clock.advance(2_000)
      await endRehearsals(ground)
      expect(await card()).toMatchObject({ state: 'failed', steps: { verification: 'not_polled', notice: 'skipped' } })
    }))

  test('and one that refuses what is ours hears that, and gets nothing more', () =>
    build.withLine(start, async (ground, on) => {
      const { poll, jti, card } = await started(ground, on)
      expect(await poll({ setErrs: { [jti('plain')]: { err: 'invalid_key' } } })).toEqual([])
      await endRehearsals(ground)
      expect(await card()).toMatchObject({ state: 'failed', steps: { verification: 'refused_over_poll' } })
    }))

  test('and somebody else’s polls bring and settle nothing of it', () =>
    build.withLine(start, async (ground, on) => {
      const other = await build.anotherProvider(ground, on, 'Mudlark', '198.51.100.0/24')
      const { jti, card } = await started(ground, on)
      const polled = await pollDeliveries(ground, other, {
        acks: [jti('plain')],
        setErrs: { [jti('forged')]: { err: 'x' } },
      })
      expect(polled).toEqual({ result: 'sets', sets: {}, moreAvailable: false })
      expect((await card()).steps).toMatchObject({ verification: 'waiting', forged: 'waiting' })
    }))
})
