import { expect, test } from 'vitest'
import { attributeItem } from '../notices/attribute-item.ts'
import { readAddressees } from '../notices/read-notice.ts'
import * as build from '../testing/build/delivery.ts'
import { signedBy } from '../testing/build/outcome.ts'
import { acceptReceipt } from './accept-receipt.ts'
import { attemptDueDeliveries } from './attempt-delivery.ts'
import { findDeliveries } from './find-deliveries.ts'

test('an attempt whose worker was killed is abandoned when the receipt comes, since nobody tries again', () =>
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
    expect(await findDeliveries(ground, on.provider)).toMatchObject({
      deliveries: [{ state: 'acknowledged', attempts: [{ result: 'abandoned' }] }],
    })
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
