import { expect, test, vi } from 'vitest'
import * as build from './testing/build/delivery.ts'
import { startWorker } from './worker.ts'

test('a receiver that takes its time holds up nobody else', () =>
  build.withLine('2026-11-21T10:00:00.000Z', async (ground, on) => {
    const other = await build.anotherProvider(ground, on, 'Gullwing', '198.51.100.0/24')
    const promptUrl = 'https://hooks.gullwing.example/in'
    await build.endpoint(ground, on.provider)
    await build.endpoint(ground, other, { url: promptUrl })
    const called = (url: string) => ground.outbound.calls.some((call) => call.url === url)
    let answer = () => {}
    const slow = new Promise<202>((resolve) => {
      answer = () => resolve(202)
    })
    ground.outbound.answer(build.endpointUrl, () => slow)
    ground.outbound.answer(promptUrl, 202)
    const first = await build.issuedNotice(ground, on)
    const worker = await startWorker(ground, { ...ground.queue, work: async () => {} }, 'test')
    try {
      await vi.waitFor(() => expect(called(build.endpointUrl)).toBe(true), 5_000)
      const items = [{ url: 'https://elsewhere.example/x', ip: '198.51.100.7' }]
      const { noticeId } = await build.issuedNotice(ground, on, { items })
      await vi.waitFor(() => expect(called(promptUrl)).toBe(true), 5_000)
      await vi.waitFor(async () => {
        expect((await build.deliveryOf(ground, noticeId, other.orgId)).state).toBe('received')
      }, 5_000)
      await vi.waitFor(async () => {
        expect((await build.deliveryOf(ground, first.noticeId, on.provider.orgId)).state).toBe('offered')
      }, 5_000)
    } finally {
      answer()
      await worker.stop()
    }
  }))
