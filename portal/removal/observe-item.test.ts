import { expect, test } from 'vitest'
import { withdrawNotice } from '../notices/withdraw-notice.ts'
import * as build from '../testing/build/delivery.ts'
import { hostAnswers, hostsExist, looks } from '../testing/build/observation.ts'
import { reportedOutcome } from '../testing/build/outcome.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { addObservations } from './add-observations.ts'
import { closeNotices } from './close-notices.ts'
import { look } from './look.ts'
import { observeDueItems } from './observe-item.ts'
import { readStates } from './read-states.ts'
import { claimLooks } from './removal-store.server.ts'

const start = '2026-11-21T10:00:00.000Z'
const watching = { observeHead: true, observeIntervalMs: 2_000, closeAfterMs: 3_600_000 }

async function headline(ground: TestGround, noticeId: string): Promise<string | undefined> {
  return (await readStates(ground.db.read, [noticeId], ground.clock.now()))[0]?.headline
}

async function received(ground: TestGround, on: build.Line) {
  hostsExist(ground)
  hostAnswers(ground, 200)
  await build.endpoint(ground, on.provider)
  return build.receivedNotice(ground, on)
}

test('a removal that is reported and seen three times over the interval is verified', () =>
  build.withLine(
    start,
    async (ground, on) => {
      const notice = await received(ground, on)
      await looks(ground, 2)
      expect(await headline(ground, notice.noticeId)).toBe('open')
      hostAnswers(ground, 410)
      await reportedOutcome(ground, on.provider.orgId, notice)
      await looks(ground, 2)
      expect(await headline(ground, notice.noticeId)).toBe('removed_claimed')
      await looks(ground, 1)
      expect(await headline(ground, notice.noticeId)).toBe('removed_verified')
      const [state] = await readStates(ground.db.read, [notice.noticeId], ground.clock.now())
      expect(state?.observation).toMatchObject({ grade: 'machine', lastOnlineAt: new Date('2026-11-21T10:00:02.000Z') })
      const kinds = await ground.facts.kinds(notice.noticeId)
      expect(kinds.filter((kind) => kind === 'item.confirmed-offline')).toHaveLength(1)
      expect(kinds.filter((kind) => kind === 'item.observed')).toHaveLength(2)
      expect(
        ground.outbound.calls.filter((call) => call.method !== 'post').every((call) => call.method === 'head'),
      ).toBe(true)
    },
    watching,
  ))

test('a claim that is seen to be untrue is contradicted, and its clock runs again', () =>
  build.withLine(
    start,
    async (ground, on) => {
      const notice = await received(ground, on)
      await reportedOutcome(ground, on.provider.orgId, notice)
      ground.clock.advance(1)
      await looks(ground, 1)
      expect(await headline(ground, notice.noticeId)).toBe('contradicted')
      const [state] = await readStates(ground.db.read, [notice.noticeId], ground.clock.now())
      expect(state?.accountable?.clock.state).toBe('running')
      expect(await ground.facts.kinds(notice.noticeId)).toContain('item.contradicted')
      hostAnswers(ground, 404)
      await looks(ground, 3)
      expect(await headline(ground, notice.noticeId)).toBe('removed_verified')
    },
    watching,
  ))

test('what comes back after it was verified has reappeared', () =>
  build.withLine(
    start,
    async (ground, on) => {
      const notice = await received(ground, on)
      hostAnswers(ground, 410)
      await reportedOutcome(ground, on.provider.orgId, notice)
      await looks(ground, 3)
      hostAnswers(ground, 200)
      ground.clock.advance(20_000)
      await looks(ground, 1)
      expect(await headline(ground, notice.noticeId)).toBe('reappeared')
      expect(await ground.facts.kinds(notice.noticeId)).toContain('item.reappeared')
    },
    watching,
  ))

test('a confirmed item is looked at less and less', () =>
  build.withLine(
    start,
    async (ground, on) => {
      const notice = await received(ground, on)
      hostAnswers(ground, 410)
      await reportedOutcome(ground, on.provider.orgId, notice)
      expect(await looks(ground, 30)).toBeLessThanOrEqual(5)
      expect(await looks(ground, 100)).toBeLessThanOrEqual(3)
    },
    watching,
  ))

test('two workers never look at the same item at once', () =>
  build.withLine(
    start,
    async (ground, on) => {
      await received(ground, on)
      const seen = await Promise.all([1, 2, 3].map(() => observeDueItems(ground, { limit: 10 })))
      expect(seen.reduce((sum, one) => sum + one, 0)).toBe(1)
    },
    watching,
  ))

test('what was withdrawn is not looked at any longer', () =>
  build.withLine(
    start,
    async (ground, on) => {
      const notice = await received(ground, on)
      await withdrawNotice(ground, on.notifier, notice.noticeId, 'error')
      const before = ground.outbound.calls.length
      await looks(ground, 3)
      expect(ground.outbound.calls).toHaveLength(before)
    },
    watching,
  ))

test.each([
  [200, 'http_head', 'online'],
  [404, 'http_head', 'gone_http'],
  [410, 'http_head', 'gone_http'],
  [451, 'http_head', 'gone_http'],
  [401, 'http_head', 'access_denied'],
  [403, 'http_head', 'access_denied'],
  [301, 'http_head', 'moved'],
  [500, 'http_head', 'inconclusive'],
  [{ result: 'failed', code: 'refused', detail: '', address: null, ms: 1 }, 'tcp_tls', 'gone_host'],
  [{ result: 'failed', code: 'timeout', detail: '', address: null, ms: 1 }, 'http_head', 'inconclusive'],
] as const)('a host that answers %j is seen by %s as %s', (answer, method, result) =>
  build.withLine(
    start,
    async (ground) => {
      ground.lookups.answer('a.tern.example', ['203.0.113.80'])
      ground.outbound.answer('https://a.tern.example/x', answer as never)
      expect(await look(ground, 'https://a.tern.example/x')).toMatchObject({ method, result })
    },
    watching,
  ),
)

test('a name that is gone is gone; with HEAD switched off only the port is asked', () =>
  build.withLine(
    start,
    async (ground) => {
      expect(await look(ground, 'https://gone.example/x')).toMatchObject({ method: 'dns', result: 'gone_dns' })
      ground.lookups.answer('gone.example', 'failed')
      expect(await look(ground, 'https://gone.example/x')).toMatchObject({ method: 'dns', result: 'inconclusive' })
      ground.lookups.answer('here.example', ['203.0.113.9'])
      ground.outbound.answer('https://here.example/x', 200)
      expect(await look(ground, 'https://here.example/x')).toMatchObject({ method: 'tcp_tls', result: 'inconclusive' })
      expect(ground.outbound.calls.map((call) => call.method)).toEqual(['connect'])
    },
    { ...watching, observeHead: false },
  ))

test("one look of a notifier's analyst confirms, unclaimed or claimed", () =>
  build.withLine(
    start,
    async (ground, on) => {
      const notice = await received(ground, on)
      const rows = [{ item: notice.itemIds[0], result: 'gone_http', at: start, method: 'analyst' }]
      const added = await addObservations(ground, on.notifier, notice.noticeId, rows)
      expect(added).toMatchObject({ result: 'recorded', observationIds: [expect.stringMatching(/^obs_/)] })
      expect(await headline(ground, notice.noticeId)).toBe('offline_unclaimed')
      await reportedOutcome(ground, on.provider.orgId, notice)
      expect(await headline(ground, notice.noticeId)).toBe('removed_verified')
    },
    watching,
  ))

test('observations of what is not there, from the future, or by others change nothing and say where', () =>
  build.withLine(
    start,
    async (ground, on) => {
      const notice = await received(ground, on)
      const [item] = notice.itemIds
      const add = (rows: unknown, actor = on.notifier) => addObservations(ground, actor, notice.noticeId, rows)
      const before = await ground.facts.kinds()
      const invalid = (pointer: string) => ({ result: 'invalid', errors: [{ pointer }] })
      expect(await add([{ item: 'itm_nobody', result: 'online', at: start }])).toMatchObject(invalid('/0/item'))
      expect(await add([{ item, result: 'online', at: '2026-11-22T10:00:00.000Z' }])).toMatchObject(invalid('/0/at'))
      expect(await add([{ item, result: 'burnt', at: start }])).toMatchObject(invalid('/0/result'))
      expect(await add([])).toMatchObject(invalid(''))
      expect(await add([{ item, result: 'online', at: start }], on.provider)).toEqual({ result: 'forbidden' })
      const stranger = { ...on.notifier, orgId: 'org_stranger' }
      expect(await add([{ item, result: 'online', at: start }], stranger)).toEqual({ result: 'unknown-notice' })
      expect(await ground.facts.kinds()).toEqual(before)
    },
    watching,
  ))

test('a notice closes when everything in it has ended long enough ago, once, and its recipients are told how', () =>
  build.withLine(
    start,
    async (ground, on) => {
      const notice = await received(ground, on)
      hostAnswers(ground, 410)
      await reportedOutcome(ground, on.provider.orgId, notice)
      await looks(ground, 3)
      expect(await closeNotices(ground)).toBe(0)
      ground.clock.advance(watching.closeAfterMs)
      expect(await closeNotices(ground)).toBe(1)
      expect(await closeNotices(ground)).toBe(0)
      await ground.runReactions()
      const closing = await ground.db.read
        .selectFrom('deliveries')
        .selectAll()
        .where('event', 'like', '%notice.closed')
        .executeTakeFirstOrThrow()
      expect(closing).toMatchObject({ noticeId: notice.noticeId, seq: 2, state: 'queued' })
      await looks(ground, 2, 86_400_000)
      expect(await observeDueItems(ground, { limit: 10 })).toBe(0)
    },
    watching,
  ))

test('a notice with something open, contradicted or come back does not close', () =>
  build.withLine(
    start,
    async (ground, on) => {
      const notice = await received(ground, on)
      ground.clock.advance(10 * watching.closeAfterMs)
      expect(await closeNotices(ground)).toBe(0)
      hostAnswers(ground, 410)
      await reportedOutcome(ground, on.provider.orgId, notice)
      await looks(ground, 3)
      hostAnswers(ground, 200)
      ground.clock.advance(20_000)
      await looks(ground, 1)
      ground.clock.advance(10 * watching.closeAfterMs)
      expect(await headline(ground, notice.noticeId)).toBe('reappeared')
      expect(await closeNotices(ground)).toBe(0)
    },
    watching,
  ))

test('a notice withdrawn before anybody acted closes too; one that waits to be put back does not', () =>
  build.withLine(
    start,
    async (ground, on) => {
      const untouched = await received(ground, on)
      const removed = await build.receivedNotice(ground, on)
      await reportedOutcome(ground, on.provider.orgId, removed)
      for (const { noticeId } of [untouched, removed]) await withdrawNotice(ground, on.notifier, noticeId, 'error')
      ground.clock.advance(watching.closeAfterMs)
      expect(await closeNotices(ground)).toBe(1)
      const row = ground.db.read.selectFrom('notices').select('closedAt').where('id', '=', removed.noticeId)
      expect((await row.executeTakeFirstOrThrow()).closedAt).toBeNull()
    },
    watching,
  ))

test('a look that was planned, begun or made by a clock that was set back since holds nothing up', () =>
  build.withLine(
    start,
    async (ground, on) => {
      const notice = await received(ground, on)
      await looks(ground, 1)
      const right = ground.clock.now()
      ground.clock.advance(365 * 86_400_000)
      await looks(ground, 2)
      await ground.db.transaction((tx) =>
        claimLooks(tx.db, {
          now: tx.now,
          leasedUntil: new Date(tx.now.getTime() + 60_000),
          furthestLook: new Date(tx.now.getTime() + 86_400_000),
          limit: 10,
        }),
      )
      ground.clock.set(right)
      hostAnswers(ground, 410)
      await reportedOutcome(ground, on.provider.orgId, notice)
      expect(await looks(ground, 3)).toBe(3)
      expect(await headline(ground, notice.noticeId)).toBe('removed_verified')
    },
    watching,
  ))
