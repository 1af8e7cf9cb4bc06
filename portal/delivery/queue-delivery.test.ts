import { eventTypes } from '@noticeline/sdk/protocol'
import { expect, test } from 'vitest'
import { attributeItem } from '../notices/attribute-item.ts'
import { withdrawNotice } from '../notices/withdraw-notice.ts'
import * as build from '../testing/build/delivery.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { attemptDueDeliveries } from './attempt-delivery.ts'
import { queueDelivery } from './queue-delivery.ts'

const start = '2026-11-21T10:00:00.000Z'
const day = 86_400_000
const nobodys = { url: 'https://nobody.example/x', ip: '192.0.2.9' }

async function tokensOf(ground: TestGround, noticeId: string) {
  const rows = await ground.db.read
    .selectFrom('tokens')
    .selectAll()
    .where('noticeId', '=', noticeId)
    .orderBy('seq')
    .execute()
  return rows.map(({ jti, seq, orgId, event, dataKey, sealed }) => {
    if (!dataKey || !sealed) throw new Error('erased')
    const raw = ground.vault.open(dataKey, `token:${jti}`, sealed).toString()
    const claims = JSON.parse(Buffer.from(raw.split('.')[1] ?? '', 'base64url').toString())
    return { seq, orgId, event, items: claims.events[event].items.map((item: { id?: string }) => item.id ?? item) }
  })
}

const attribute = (ground: TestGround, on: build.Line, itemId: string | undefined, orgId: string) => {
  const desk = {
    ...on.desk,
    kind: 'person',
    personId: 'psn_1',
    role: 'owner',
    assurance: 2,
    assuranceNeeded: 2,
    sessionId: 'ses_1',
  }
  return attributeItem(ground, desk as never, itemId ?? '', orgId, 'By the registry.')
}

test('nobody is sent an item that nobody answers for', () =>
  build.withLine(start, async (ground, on) => {
    const { noticeId } = await build.issuedNotice(ground, on, { items: [nobodys] })
    expect(await tokensOf(ground, noticeId)).toEqual([])
  }))

test('an item that is attributed later to the same provider comes as a new revision, complete by itself', () =>
  build.withLine(start, async (ground, on) => {
    const { noticeId, itemIds } = await build.issuedNotice(ground, on, { items: [{}, nobodys] })
    const { orgId } = on.provider
    expect(await tokensOf(ground, noticeId)).toMatchObject([{ seq: 1, orgId, items: [itemIds[0]] }])
    await attribute(ground, on, itemIds[1], orgId)
    await ground.runReactions()
    const two = [
      { seq: 1, orgId, items: [itemIds[0]] },
      { seq: 2, orgId, items: itemIds },
    ]
    expect(await tokensOf(ground, noticeId)).toMatchObject(two)
    await queueDelivery(ground, { kind: 'item.attributed', payload: { noticeId } } as never)
    expect(await tokensOf(ground, noticeId)).toHaveLength(2)
    await withdrawNotice(ground, on.notifier, noticeId, 'error')
    await ground.runReactions()
    expect((await tokensOf(ground, noticeId)).at(-1)).toMatchObject({
      seq: 3,
      event: eventTypes.withdrawn,
      items: itemIds,
    })
  }))

test('an item that is attributed later to another provider is the first word to that one', () =>
  build.withLine(start, async (ground, on) => {
    const other = await build.anotherProvider(ground, on, 'Gullwing', '198.51.100.0/24')
    const { noticeId, itemIds } = await build.issuedNotice(ground, on, { items: [{}, nobodys] })
    await attribute(ground, on, itemIds[1], other.orgId)
    await ground.runReactions()
    const sent = await tokensOf(ground, noticeId)
    expect(sent.find((token) => token.orgId === other.orgId)).toMatchObject({ seq: 1, items: [itemIds[1]] })
    expect(sent).toHaveLength(2)
  }))

test('what was withdrawn before it was queued is sent to nobody', () =>
  build.withLine(start, async (ground, on) => {
    const { noticeId } = await build.submittedNotice(ground, on)
    await withdrawNotice(ground, on.notifier, noticeId, 'error')
    await ground.runReactions()
    expect(await tokensOf(ground, noticeId)).toEqual([])
  }))

test('a notice is tried for as long as it is open; a withdrawal that nobody takes in is given up after a month', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const open = await build.issuedNotice(ground, on)
    const back = await build.issuedNotice(ground, on)
    ground.outbound.answer(build.endpointUrl, 500)
    await attemptDueDeliveries(ground, { workerId: 'one', limit: 32 })
    await withdrawNotice(ground, on.notifier, back.noticeId, 'error')
    await ground.runReactions()
    ground.clock.advance(31 * day)
    for (let round = 0; round < 3; round += 1) await attemptDueDeliveries(ground, { workerId: 'one', limit: 32 })
    const rows = await ground.db.read
      .selectFrom('deliveries')
      .select(['noticeId', 'event', 'state', 'nextAttemptAt'])
      .where('event', 'in', [eventTypes.withdrawn, eventTypes.issued])
      .execute()
    const withdrawal = rows.find((row) => row.event === eventTypes.withdrawn)
    expect(withdrawal).toMatchObject({ noticeId: back.noticeId, state: 'failed', nextAttemptAt: null })
    expect(rows.find((row) => row.noticeId === open.noticeId)?.nextAttemptAt).not.toBeNull()
  }))
