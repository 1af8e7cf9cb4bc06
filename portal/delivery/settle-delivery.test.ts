import { expect, test } from 'vitest'
import { attributeItem } from '../notices/attribute-item.ts'
import { readAddressees } from '../notices/read-notice.ts'
import * as build from '../testing/build/delivery.ts'
import { signedBy } from '../testing/build/outcome.ts'
import { abandonLost } from './abandon-lost.ts'
import { acceptReceipt } from './accept-receipt.ts'
import { attemptDueDeliveries } from './attempt-delivery.ts'
import { beginAttempts } from './begin-attempts.ts'
import { findDeliveries } from './find-deliveries.ts'

test('an attempt whose worker was killed is abandoned when its lease has run out, also where the receipt came and nobody tries again', () =>
  build.withLine('2026-11-21T10:00:00.000Z', async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.issuedNotice(ground, on)
    ground.outbound.answer(build.endpointUrl, () => {
      throw new Error('killed')
    })
    await expect(attemptDueDeliveries(ground, { workerId: 'killed', limit: 8 })).rejects.toThrow('killed')
    const delivery = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    const receipt = {
      v: 1 as const,
      notice: noticeId,
      seq: delivery.seq,
      ref: delivery.jti,
      set_sha256: delivery.setSha256,
      received_at: ground.clock.now().toISOString(),
    }
    expect((await acceptReceipt(ground, signedBy(on.provider.orgId), receipt)).result).toBe('recorded')
    const became = async (result: string | null) =>
      expect(await findDeliveries(ground, on.provider)).toMatchObject({
        deliveries: [{ state: 'acknowledged', attempts: [{ result }] }],
      })
    // Whoever began it may still write what came back.
    expect(await abandonLost(ground)).toBe(0)
    await became(null)
    ground.clock.advance(25_000)
    expect(await abandonLost(ground)).toBe(1)
    await became('abandoned')
  }))

test('a receipt that is here before the 202 is written down frees no place: what waited there goes by deadline all the same', () =>
  build.withLine('2026-11-21T10:00:00.000Z', async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const first = await build.issuedNotice(ground, on, { deadline: { within: 'PT1H' } })
    const urgent = await build.issuedNotice(ground, on, { deadline: { within: 'PT2H' } })
    for (let index = 0; index < 4; index += 1) await build.issuedNotice(ground, on)
    const push = () => attemptDueDeliveries(ground, { workerId: 'one', limit: 32, jitter: () => 0.5 })
    ground.outbound.answer(build.endpointUrl, 503)
    while ((await push()) > 0);
    ground.clock.advance(30_000)
    // Tried often, and by itself not due for half a day.
    const far = new Date(ground.clock.now().getTime() + 12 * 3_600_000)
    await ground.db.read
      .updateTable('deliveries')
      .set({ nextAttemptAt: far })
      .where('noticeId', '=', urgent.noticeId)
      .execute()
    let inBetween: unknown
    ground.outbound.answer(build.endpointUrl, async () => {
      const { orgId } = on.provider
      const { jti, seq, setSha256 } = await build.deliveryOf(ground, first.noticeId, orgId)
      const said = { v: 1 as const, notice: first.noticeId, seq, ref: jti, set_sha256: setSha256 }
      const receipt = { ...said, received_at: ground.clock.now().toISOString() }
      expect((await acceptReceipt(ground, signedBy(orgId), receipt)).result).toBe('recorded')
      inBetween = await beginAttempts(ground, 'two', 32)
      return 202
    })
    expect(await push()).toBe(1)
    expect(inBetween).toEqual([])
    const [next] = await beginAttempts(ground, 'two', 32)
    expect(next?.delivery.noticeId).toBe(urgent.noticeId)
  }))

test('an earlier revision that arrives late starts no clock of an item that was not in it', () =>
  build.withLine('2026-11-21T10:00:00.000Z', async (ground, on) => {
    const { noticeId, itemIds } = await build.issuedNotice(ground, on, {
      items: [{}, { url: 'https://nobody.example/x', ip: '192.0.2.9' }],
    })
    const { orgId } = on.provider
    const { jti, seq, setSha256 } = await build.deliveryOf(ground, noticeId, orgId)
    ground.clock.advance(3_600_000)
    const desk = {
      ...on.desk,
      kind: 'person',
      personId: 'psn_1',
      role: 'owner',
      assurance: 2,
      assuranceNeeded: 2,
      sessionId: 'ses_1',
    }
    await attributeItem(ground, desk as never, itemIds[1] ?? '', orgId, 'By the registry.')
    await ground.runReactions()
    const said = { v: 1 as const, notice: noticeId, seq, ref: jti, set_sha256: setSha256 }
    const receipt = { ...said, received_at: '2026-11-21T10:00:30.000Z' }
    expect((await acceptReceipt(ground, signedBy(orgId), receipt)).result).toBe('recorded')
    const addressees = await readAddressees(ground.db.read, { noticeId, orgId })
    const startOf = (itemId: string | undefined) => addressees.find((one) => one.itemId === itemId)?.receivedAt
    expect(startOf(itemIds[0])).toEqual(new Date('2026-11-21T10:00:30.000Z'))
    expect(startOf(itemIds[1])).toBeNull()
  }))
