import fc from 'fast-check'
import { expect, test } from 'vitest'
import { acceptReceipt } from '../delivery/accept-receipt.ts'
import { attemptDueDeliveries } from '../delivery/attempt-delivery.ts'
import { pollDeliveries } from '../delivery/offer-for-poll.ts'
import { attributeItem } from '../notices/attribute-item.ts'
import { markOverdue } from '../notices/mark-overdue.ts'
import { withdrawNotice } from '../notices/withdraw-notice.ts'
import { acceptOutcomes } from '../removal/accept-outcome.ts'
import { addObservations } from '../removal/add-observations.ts'
import { closeNotices } from '../removal/close-notices.ts'
import { headlines } from '../removal/headline.ts'
import { observeDueItems } from '../removal/observe-item.ts'
import { readStates } from '../removal/read-states.ts'
import * as build from '../testing/build/delivery.ts'
import { hostAnswers, hostsExist } from '../testing/build/observation.ts'
import { report, signedBy } from '../testing/build/outcome.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { rebuildInbox } from './project.ts'
import { revealItem } from './reveal-item.ts'

const start = '2026-11-21T10:00:00.000Z'
const watching = { observeHead: true, observeIntervalMs: 2_000, closeAfterMs: 3_600_000 }

type Step = [verb: keyof typeof verbs, choice: number]
interface Scene {
  ground: TestGround
  on: build.Line
  notices: build.BuiltNotice[]
}

const outcomes = [
  { outcome: 'content_removed' },
  { outcome: 'access_disabled', territory: ['eu'] },
  { outcome: 'already_unavailable', since: '2026-11-21T09:00:00.000Z' },
  { outcome: 'not_hosted_here', reason: 'customer_left' },
  { outcome: 'cannot_execute', reason: 'technical' },
  { outcome: 'refused', reason: 'no_reason_given' },
  { outcome: 'forwarded', downstream: 'org_saltmarsh' },
  { outcome: 'reinstated' },
] as const

const pick = <T>(from: readonly T[], choice: number): T | undefined => from[choice % Math.max(1, from.length)]
const onNotice =
  (act: (scene: Scene, notice: build.BuiltNotice, choice: number) => Promise<unknown>) =>
  async (scene: Scene, choice: number) => {
    const notice = pick(scene.notices, choice)
    if (notice) await act(scene, notice, choice)
  }

// What one of them refuses is part of the sequence: a verb that changes nothing leaves the rows as they are.
const verbs = {
  submit: async ({ ground, on, notices }: Scene, choice: number) => {
    const nobody = { url: `https://nobody.example/${choice}`, ip: '192.0.2.9' }
    notices.push(await build.submittedNotice(ground, on, { items: choice % 3 === 0 ? [{}, nobody] : [{}] }))
  },
  wait: async ({ ground }: Scene, choice: number) =>
    ground.clock.advance(pick([1, 2_000, 60_000, 90_000_000], choice) ?? 1),
  react: async ({ ground }: Scene) => ground.runReactions(),
  push: async ({ ground }: Scene, choice: number) => {
    ground.outbound.answer(build.endpointUrl, pick([202, 500, 410], choice) ?? 202)
    await attemptDueDeliveries(ground, { workerId: 'one', limit: 32, jitter: () => 0.5 })
  },
  poll: async ({ ground, on }: Scene) => {
    const polled = await pollDeliveries(ground, on.provider, {})
    if (polled.result === 'sets') await pollDeliveries(ground, on.provider, { acks: Object.keys(polled.sets) })
  },
  look: async ({ ground }: Scene, choice: number) => {
    hostAnswers(ground, pick([410, 410, 200, 403], choice) ?? 410)
    await observeDueItems(ground, { limit: 32 })
    ground.clock.advance(2_000)
  },
  overdue: async ({ ground }: Scene) => markOverdue(ground),
  close: async ({ ground }: Scene) => closeNotices(ground),
  receipt: onNotice(async ({ ground, on }, { noticeId }) => {
    const orgId = on.provider.orgId
    const found = ground.db.read.selectFrom('deliveries').select('id').where('noticeId', '=', noticeId)
    if ((await found.execute()).length === 0) return
    const { jti, setSha256 } = await build.deliveryOf(ground, noticeId, orgId)
    const message = { v: 1 as const, notice: noticeId, seq: 1, ref: jti, set_sha256: setSha256, received_at: start }
    await acceptReceipt(ground, signedBy(orgId), message)
  }),
  outcome: onNotice(async ({ ground, on }, notice, choice) => {
    const outcome = pick(outcomes, Math.floor(choice / 7))
    const [first = ''] = notice.itemIds
    await acceptOutcomes(ground, signedBy(on.provider.orgId), report(ground, notice, outcome as never, [first]))
  }),
  analyst: onNotice(async ({ ground, on }, { noticeId, itemIds }, choice) => {
    const row = {
      item: itemIds[0],
      result: pick(['online', 'gone_http'], choice),
      at: ground.clock.now().toISOString(),
    }
    await addObservations(ground, on.notifier, noticeId, [row])
  }),
  withdraw: onNotice(({ ground, on }, { noticeId }) => withdrawNotice(ground, on.notifier, noticeId, 'error')),
  attribute: onNotice(({ ground, on }, { itemIds }) => {
    const desk = {
      ...on.desk,
      kind: 'person',
      personId: 'psn_1',
      role: 'owner',
      assurance: 2,
      assuranceNeeded: 2,
      sessionId: 'ses_1',
    }
    return attributeItem(ground, desk as never, itemIds.at(-1) ?? '', on.provider.orgId, 'By the registry.')
  }),
  reveal: onNotice(({ ground, on }, { itemIds }) => revealItem(ground, on.notifier, itemIds[0] ?? '', 'handling')),
}

const rows = (ground: TestGround) =>
  ground.db.read.selectFrom('inboxRows').selectAll().orderBy('itemId').orderBy('orgId').orderBy('side').execute()

const usual: Step[] = [
  ['submit', 0],
  ['react', 0],
]
const anySteps = fc
  .array(fc.tuple(fc.constantFrom(...(Object.keys(verbs) as (keyof typeof verbs)[])), fc.nat({ max: 60 })), {
    minLength: 12,
    maxLength: 25,
  })
  .map((steps): Step[] => [...usual, ...steps])

test('whatever happened, the rows that were kept are those that are made from their sources again', async () => {
  const seen = new Set<string>()
  await fc.assert(
    fc.asyncProperty(anySteps, (steps) =>
      build.withLine(
        start,
        async (ground, on) => {
          hostsExist(ground)
          await build.endpoint(ground, on.provider)
          const scene: Scene = { ground, on, notices: [] }
          for (const [verb, choice] of steps) await verbs[verb](scene, choice)
          const kept = await rows(ground)
          for (const row of kept) seen.add(row.headline)
          ground.clock.advance(400 * 86_400_000)
          expect(await rebuildInbox(ground)).toBe(scene.notices.length)
          expect(await rows(ground)).toEqual(kept)
        },
        watching,
      ),
    ),
    { numRuns: 12, seed: 20261122 },
  )
  expect(seen.size).toBeGreaterThan(4)
}, 300_000)

test('the headline of every row is the one the axes of its item say', () =>
  build.withLine(
    start,
    async (ground, on) => {
      hostsExist(ground)
      hostAnswers(ground, 410)
      await build.endpoint(ground, on.provider)
      const notice = await build.receivedNotice(ground, on)
      await acceptOutcomes(ground, signedBy(on.provider.orgId), report(ground, notice))
      const [state] = await readStates(ground.db.read, [notice.noticeId], ground.clock.now())
      expect((await rows(ground)).map((row) => [row.side, row.headline])).toEqual(
        expect.arrayContaining([
          ['notifier', state?.headline],
          ['provider', state?.headline],
        ]),
      )
      expect(headlines).toContain(state?.headline)
    },
    watching,
  ))

test('an item is overdue in the list once the sweep has said so, for whoever adheres', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    await build.receivedNotice(ground, on)
    ground.clock.advance(86_400_001)
    expect((await rows(ground)).map((row) => row.headline)).toEqual(['open', 'open'])
    await markOverdue(ground)
    expect((await rows(ground)).map((row) => row.headline)).toEqual(['overdue', 'overdue'])
  }))
