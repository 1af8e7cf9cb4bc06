import { expect, test } from 'vitest'
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
