import { expect, test } from 'vitest'
import { attemptDueDeliveries } from '../delivery/attempt-delivery.ts'
import { fallBack } from '../delivery/fall-back.ts'
import { pollDeliveries } from '../delivery/offer-for-poll.ts'
import { findNotice } from '../inbox/find-notice.ts'
import { reinstateOrganisation, suspendOrganisation } from '../people/suspend-organisation.ts'
import * as build from '../testing/build/delivery.ts'
import { person } from '../testing/build/person.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { attributeItem } from './attribute-item.ts'
import { findUnattributed } from './find-unattributed.ts'
import { markOverdue } from './mark-overdue.ts'
import { withdrawNotice } from './withdraw-notice.ts'

const at = '2026-11-22T10:00:00.000Z'
const hour = 3_600_000

const attempt = async (ground: TestGround) => {
  while ((await attemptDueDeliveries(ground, { workerId: 'w', limit: 32, jitter: () => 0.5 })) > 0);
  await ground.runReactions()
}

/** What was said about notices; that its stream was switched off and on again is told as well. */
function sent(ground: TestGround): string[] {
  return ground.outbound.calls.flatMap(({ message }) => {
    const claims = Buffer.from(message?.body.split('.')[1] ?? '', 'base64url').toString()
    return Object.keys((JSON.parse(claims) as { events: object }).events).filter((type) => type.includes('notice.'))
  })
}

async function suspended(ground: TestGround, on: build.Line) {
  const desk = await person(ground, { orgKind: 'platform' })
  const { orgId } = on.provider
  const decide = {
    out: async () => {
      await suspendOrganisation(ground, desk, { orgId, reason: 'Shelters offenders' })
      await ground.runReactions()
    },
    back: async () => {
      await reinstateOrganisation(ground, desk, { orgId, reason: 'It answered' })
      for (let round = 0; round < 3; round += 1) await ground.runReactions()
    },
  }
  return { desk, orgId, ...decide }
}

async function seen(ground: TestGround, on: build.Line, noticeId: string) {
  const found = await findNotice(ground, on.notifier, noticeId)
  if (found.result !== 'found') throw new Error(found.result)
  return found.notice.items.map(({ headline }) => headline)
}

test('while a provider is out its clock stands still, the desk has the item with the reason, and the notifier sees it', () =>
  build.withLine(at, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId, itemIds } = await build.receivedNotice(ground, on)
    const { desk, out, orgId } = await suspended(ground, on)
    ground.clock.advance(10 * hour)
    await out()
    expect(await findUnattributed(ground, desk)).toMatchObject({
      items: [{ itemId: itemIds[0], code: 'provider_suspended' }],
    })
    ground.clock.advance(100 * hour)
    expect(await markOverdue(ground)).toBe(0)
    expect(await seen(ground, on, noticeId)).toEqual(['unattributed'])
    const clock = await clockOf(ground, itemIds[0], orgId)
    expect(clock).toMatchObject({ dueAt: null, endedAt: null, deadlinePassedAt: null })
    expect(await ground.facts.kinds(noticeId)).toContain('clock.paused')
  }))

test('when it is back, what still waits is its own again, and the time it could not answer in does not count', () =>
  build.withLine(at, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId, itemIds } = await build.receivedNotice(ground, on)
    const { desk, out, back, orgId } = await suspended(ground, on)
    ground.clock.advance(10 * hour)
    await out()
    ground.clock.advance(100 * hour)
    await back()
    expect(await findUnattributed(ground, desk)).toMatchObject({ items: [] })
    expect(await seen(ground, on, noticeId)).toEqual(['open'])
    const { dueAt } = await clockOf(ground, itemIds[0], orgId)
    expect(dueAt?.toISOString()).toBe('2026-11-27T14:00:00.000Z')
    // Twice is the same as once.
    await back()
    expect((await ground.facts.kinds(noticeId)).filter((kind) => kind === 'clock.resumed')).toHaveLength(1)
  }))

test('what was on its way is not tried, polled, pointed to or escalated, and goes out when it is back', () =>
  build.withLine(at, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    await build.contact(ground, on.provider.orgId)
    const { noticeId } = await build.issuedNotice(ground, on)
    const { out, back, orgId } = await suspended(ground, on)
    await out()
    ground.caught.mail.length = 0
    ground.outbound.calls.length = 0
    ground.clock.advance(20 * hour)
    await attempt(ground)
    await fallBack(ground)
    expect(await pollDeliveries(ground, on.provider, {})).toMatchObject({ sets: {} })
    expect(ground.outbound.calls).toEqual([])
    expect(ground.caught.mail).toEqual([])
    expect(await ground.db.read.selectFrom('deskTasks').selectAll().execute()).toEqual([])
    expect(await build.deliveryOf(ground, noticeId, orgId)).toMatchObject({
      lastCode: 'suspended',
      nextAttemptAt: null,
    })
    ground.outbound.answer(build.endpointUrl, 202)
    await back()
    await attempt(ground)
    expect(await build.deliveryOf(ground, noticeId, orgId)).toMatchObject({ state: 'received' })
  }))

test('what the desk gave to another stays there: the one that is back is asked for it no longer, and is not sent it', () =>
  build.withLine(at, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const other = await build.anotherProvider(ground, on, 'Gullwing', '198.51.100.0/24')
    await build.contact(ground, other.orgId, 'abuse@gullwing.example')
    const { noticeId, itemIds } = await build.issuedNotice(ground, on)
    const { desk, out, back, orgId } = await suspended(ground, on)
    await out()
    ground.clock.advance(hour)
    expect(await attributeItem(ground, desk, itemIds[0] ?? '', other.orgId, 'It moved there.')).toEqual({
      result: 'attributed',
    })
    await ground.runReactions()
    ground.outbound.answer(build.endpointUrl, 202)
    ground.outbound.calls.length = 0
    await back()
    await attempt(ground)
    expect(sent(ground)).toEqual([])
    expect(ground.caught.mail.map(({ to }) => to)).toContain('abuse@gullwing.example')
    expect((await clockOf(ground, itemIds[0], orgId)).endedAt).not.toBeNull()
    const rows = await ground.db.read
      .selectFrom('inboxRows')
      .select(['orgId', 'headline'])
      .where('itemId', '=', itemIds[0] ?? '')
      .where('side', '=', 'provider')
      .execute()
    expect(new Map(rows.map(({ orgId: id, headline }) => [id, headline]))).toEqual(
      new Map([
        [orgId, 'excluded'],
        [other.orgId, 'open'],
      ]),
    )
    expect(await seen(ground, on, noticeId)).toEqual(['open'])
  }))

test('a notice that comes while it is out waits at the desk, and is its own when it is back; a withdrawal reaches it then', () =>
  build.withLine(at, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    ground.outbound.answer(build.endpointUrl, 202)
    const before = await build.receivedNotice(ground, on)
    const { desk, out, back, orgId } = await suspended(ground, on)
    await out()
    const { noticeId, itemIds } = await build.issuedNotice(ground, on)
    expect(await findUnattributed(ground, desk)).toMatchObject({
      items: [{ itemId: before.itemIds[0] }, { itemId: itemIds[0], code: 'provider_suspended' }],
    })
    expect(await seen(ground, on, noticeId)).toEqual(['unattributed'])
    await withdrawNotice(ground, on.notifier, before.noticeId, 'error')
    await ground.runReactions()
    ground.outbound.calls.length = 0
    await back()
    await attempt(ground)
    expect(sent(ground)).toHaveLength(2)
    expect(await build.deliveryOf(ground, noticeId, orgId)).toMatchObject({ state: 'received' })
  }))

function clockOf(ground: TestGround, itemId = '', orgId = '') {
  return ground.db.read
    .selectFrom('addressees')
    .select(['dueAt', 'endedAt', 'deadlinePassedAt'])
    .where('itemId', '=', itemId)
    .where('orgId', '=', orgId)
    .executeTakeFirstOrThrow()
}
