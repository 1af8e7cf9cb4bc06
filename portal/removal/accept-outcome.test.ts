import type { ItemOutcome } from '@noticeline/sdk/protocol'
import { expect, test } from 'vitest'
import { attributeItem } from '../notices/attribute-item.ts'
import { findUnattributed } from '../notices/find-unattributed.ts'
import { withdrawNotice } from '../notices/withdraw-notice.ts'
import * as build from '../testing/build/delivery.ts'
import { report, reportedOutcome, signedBy } from '../testing/build/outcome.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { acceptOutcomes } from './accept-outcome.ts'
import { readStates } from './read-states.ts'

const start = '2026-11-21T10:00:00.000Z'
const at = (text: string) => `2026-11-21T${text}.000Z`

async function stateOf(ground: TestGround, noticeId: string, index = 0) {
  const state = (await readStates(ground.db.read, [noticeId], ground.clock.now()))[index]
  if (!state) throw new Error('no such item')
  return state
}

test('a report is recorded with its outcomes, and stops the clock at the instant it signs for', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const notice = await build.receivedNotice(ground, on)
    ground.clock.set(at('10:30:00'))
    const reporter = signedBy(on.provider.orgId)
    const sent = report(ground, notice, { at: at('10:20:00'), note: 'customer told', scope_applied: 'file' })
    const accepted = await acceptOutcomes(ground, reporter, sent)
    expect(accepted.result).toBe('recorded')
    const state = await stateOf(ground, notice.noticeId)
    expect(state.headline).toBe('removed_claimed')
    expect(state.accountable).toMatchObject({ handling: 'content_removed', clock: { state: 'met' } })
    expect(state.accountable?.row.endedAt?.toISOString()).toBe(at('10:20:00'))
    expect(await ground.facts.kinds(notice.noticeId)).toEqual(
      expect.arrayContaining(['outcome.reported', 'clock.stopped']),
    )
  }))

test('the same signed report twice is recorded once; other words under its id are refused', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const notice = await build.receivedNotice(ground, on)
    const reporter = signedBy(on.provider.orgId)
    const first = await acceptOutcomes(ground, reporter, report(ground, notice))
    const facts = await ground.facts.kinds()
    expect(await acceptOutcomes(ground, reporter, report(ground, notice))).toEqual({
      ...first,
      result: 'already-recorded',
    })
    const forged = { ...reporter, raw: 'other.bytes.here' }
    expect(await acceptOutcomes(ground, forged, report(ground, notice))).toMatchObject({
      result: 'invalid',
      errors: [{ code: 'jti_reused' }],
    })
    expect(await ground.facts.kinds()).toEqual(facts)
  }))

test('two copies at once are recorded once', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const notice = await build.receivedNotice(ground, on)
    const reporter = signedBy(on.provider.orgId)
    const both = await Promise.all([1, 2].map(() => acceptOutcomes(ground, reporter, report(ground, notice))))
    expect(both.map((one) => one.result).sort()).toEqual(['already-recorded', 'recorded'])
  }))

test.each<[string, string, (itemId: string, otherId: string) => { results: object[]; seq?: number }]>([
  [
    "somebody else's item",
    '/results/1/item',
    (itemId, otherId) => ({ results: [{ item: itemId }, { item: otherId }] }),
  ],
  ['an item that is not there', '/results/0/item', () => ({ results: [{ item: 'itm_nobody' }] })],
  ['an item twice', '/results/1/item', (itemId) => ({ results: [{ item: itemId }, { item: itemId }] })],
  ['a revision that was never spoken', '/seq', (itemId) => ({ seq: 2, results: [{ item: itemId }] })],
  ['a removal in the future', '/results/0/at', (itemId) => ({ results: [{ item: itemId, at: at('10:10:01') }] })],
  [
    'putting back what was not withdrawn',
    '/results/0/outcome',
    (itemId) => ({ results: [{ item: itemId, outcome: 'reinstated' }] }),
  ],
  [
    'a duplicate of itself',
    '/results/0/of',
    (itemId) => ({ results: [{ item: itemId, outcome: 'duplicate', of: itemId }] }),
  ],
])('a report with %s changes nothing and says where', (_, pointer, make) =>
  build.withLine(start, async (ground, on) => {
    await build.anotherProvider(ground, on, 'Gullwing', '198.51.100.0/24')
    await build.endpoint(ground, on.provider)
    const notice = await build.receivedNotice(ground, on, {
      items: [{}, { url: 'https://elsewhere.example/x', ip: '198.51.100.7' }],
    })
    const before = await ground.facts.kinds()
    const [own = '', others = ''] = notice.itemIds
    const made = make(own, others)
    const [template] = report(ground, notice).results
    const sent = {
      ...report(ground, notice),
      ...made,
      results: made.results.map((one) => ({ ...template, ...one }) as ItemOutcome),
    }
    const accepted = await acceptOutcomes(ground, signedBy(on.provider.orgId), sent)
    expect(accepted).toMatchObject({ result: 'invalid', errors: [{ pointer }] })
    expect(await ground.facts.kinds()).toEqual(before)
    expect(await ground.db.read.selectFrom('reports').selectAll().execute()).toEqual([])
  }),
)

test('a notice that is not there, and one that is somebody else’s, are told apart and change nothing', () =>
  build.withLine(start, async (ground, on) => {
    const other = await build.anotherProvider(ground, on, 'Gullwing', '198.51.100.0/24')
    const notice = await build.issuedNotice(ground, on)
    expect(await acceptOutcomes(ground, signedBy(other.orgId), report(ground, notice))).toEqual({
      result: 'not-addressed-to-you',
    })
    const unknown = { ...report(ground, notice), notice: 'ntc_nobody' }
    expect(await acceptOutcomes(ground, signedBy(other.orgId), unknown)).toEqual({ result: 'unknown-notice' })
  }))

test('what was typed in counts from when it was typed, whatever it says', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const notice = await build.receivedNotice(ground, on)
    ground.clock.set('2026-11-22T11:00:00.000Z')
    const typed = { orgId: on.provider.orgId, grade: 'authenticated' as const }
    await acceptOutcomes(ground, typed, report(ground, notice, { at: at('10:20:00') }))
    expect((await stateOf(ground, notice.noticeId)).accountable?.clock).toMatchObject({
      state: 'exceeded',
      lateBy: 'PT1H',
    })
  }))

test('a signed report that comes late about what was done in time is on time', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const notice = await build.receivedNotice(ground, on)
    ground.clock.set('2026-11-25T10:00:00.000Z')
    await reportedOutcome(ground, on.provider.orgId, notice, { at: at('10:20:00') })
    expect((await stateOf(ground, notice.noticeId)).accountable?.clock.state).toBe('met')
  }))

test('whoever reports has received, though no receipt ever came', () =>
  build.withLine(start, async (ground, on) => {
    await build.contact(ground, on.provider.orgId)
    const notice = await build.issuedNotice(ground, on)
    const form = { orgId: on.provider.orgId, grade: 'form_confirmed' as const }
    await acceptOutcomes(ground, form, report(ground, notice, { outcome: 'refused', reason: 'disputes_illegality' }))
    const state = await stateOf(ground, notice.noticeId)
    expect(state.accountable).toMatchObject({
      delivery: 'received',
      receivedHow: 'form_confirmed',
      handling: 'refused',
    })
    expect(state.headline).toBe('refused')
  }))

test('an obstacle pauses the clock until something else is reported', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const notice = await build.receivedNotice(ground, on)
    ground.clock.set(at('11:00:00'))
    await reportedOutcome(ground, on.provider.orgId, notice, { outcome: 'cannot_execute', reason: 'technical' })
    expect((await stateOf(ground, notice.noticeId)).accountable?.clock.state).toBe('paused')
    ground.clock.set('2026-11-22T16:00:00.000Z')
    expect((await stateOf(ground, notice.noticeId)).headline).toBe('open')
    await reportedOutcome(ground, on.provider.orgId, notice)
    expect((await stateOf(ground, notice.noticeId)).accountable?.clock).toMatchObject({ state: 'met', lateBy: null })
  }))

test('what is not hosted there waits for a person again', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const notice = await build.receivedNotice(ground, on)
    await reportedOutcome(ground, on.provider.orgId, notice, { outcome: 'not_hosted_here', reason: 'customer_left' })
    const state = await stateOf(ground, notice.noticeId)
    expect(state.headline).toBe('unattributed')
    expect(state.accountable).toMatchObject({ handling: 'not_hosted_here', clock: { state: 'met' } })
    const desk = {
      ...on.desk,
      kind: 'person',
      personId: 'psn_1',
      role: 'owner',
      assurance: 2,
      assuranceNeeded: 2,
      sessionId: 'ses_1',
    }
    const [itemId] = notice.itemIds
    expect(await findUnattributed(ground, desk as never)).toMatchObject({
      items: [{ itemId, code: 'not_hosted_here' }],
    })
  }))

test('who is asked again by the desk after "not hosted here" has no more time than before', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const notice = await build.receivedNotice(ground, on)
    const { orgId } = on.provider
    await reportedOutcome(ground, orgId, notice, { outcome: 'not_hosted_here', reason: 'customer_left' })
    const desk = {
      ...on.desk,
      kind: 'person',
      personId: 'psn_1',
      role: 'owner',
      assurance: 2,
      assuranceNeeded: 2,
      sessionId: 'ses_1',
    }
    const again = await attributeItem(ground, desk as never, notice.itemIds[0] ?? '', orgId, 'it answers from there')
    expect(again).toEqual({ result: 'attributed' })
    const state = await stateOf(ground, notice.noticeId)
    expect(state.headline).toBe('open')
    expect(state.accountable?.clock).toMatchObject({ state: 'running', startedAt: new Date(start) })
  }))

test('gone before receipt is excluded; seen later than that it counts as removed', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    for (const [since, headline] of [
      [at('09:30:00'), 'excluded'],
      [at('08:30:00'), 'removed_claimed'],
    ] as const) {
      const notice = await build.receivedNotice(ground, on, { items: [{ seen_at: at('09:00:00') }] })
      await reportedOutcome(ground, on.provider.orgId, notice, { outcome: 'already_unavailable', since })
      expect((await stateOf(ground, notice.noticeId)).headline).toBe(headline)
    }
  }))

test('after a withdrawal what is put back is restored', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const notice = await build.receivedNotice(ground, on)
    await reportedOutcome(ground, on.provider.orgId, notice)
    ground.clock.advance(60_000)
    await withdrawNotice(ground, on.notifier, notice.noticeId, 'not_illegal')
    expect((await stateOf(ground, notice.noticeId)).headline).toBe('withdrawn')
    ground.clock.advance(60_000)
    await reportedOutcome(ground, on.provider.orgId, notice, { outcome: 'reinstated' })
    expect((await stateOf(ground, notice.noticeId)).headline).toBe('withdrawn_restored')
  }))

test('the report stands sealed, and opens for the evidence as it came', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const notice = await build.receivedNotice(ground, on)
    const reporter = signedBy(on.provider.orgId)
    await acceptOutcomes(ground, reporter, report(ground, notice, { collateral: 'shop.tern.example' }))
    const row = await ground.db.read.selectFrom('reports').selectAll().executeTakeFirstOrThrow()
    if (!row.dataKey || !row.sealed) throw new Error('not sealed')
    expect(ground.vault.open(row.dataKey, `report:${row.id}`, row.sealed).toString()).toBe(reporter.raw)
    const outcome = await ground.db.read.selectFrom('outcomes').selectAll().executeTakeFirstOrThrow()
    expect(JSON.stringify(outcome)).not.toContain('shop')
  }))
