import { expect, test, vi } from 'vitest'
import * as build from '../testing/build/delivery.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { beginAttempts } from './begin-attempts.ts'
import { runDeliveries } from './run-deliveries.ts'

const start = '2026-11-21T10:00:00.000Z'
const soon = { timeout: 8_000, interval: 10 }
const posts = (ground: TestGround) => ground.outbound.calls.filter((call) => call.method === 'post').length
const rows = (ground: TestGround) => ground.db.read.selectFrom('deliveries').selectAll().orderBy('id').execute()

test('what was taken in is in flight no more, before it is written down; what was not answered yet is', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    for (let index = 0; index < 6; index += 1) await build.issuedNotice(ground, on)
    const claim = (taken: string[]) => beginAttempts(ground, 'one', 32, taken)
    const first = await claim([])
    const ids = first.map(({ attemptId }) => attemptId)
    expect([ids.length, await claim([])]).toEqual([2, []])
    expect(await claim(ids.slice(0, 1))).toHaveLength(1)
    expect(await claim(ids.slice(0, 1))).toEqual([])
    expect(await claim(ids)).toHaveLength(1)
  }))

test('who is claimed for knows whether its endpoint has a place left', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const full = async () => (await beginAttempts(ground, 'one', 32)).map((one) => one.full)
    await build.issuedNotice(ground, on)
    expect(await full()).toEqual([false])
    await build.issuedNotice(ground, on)
    await build.issuedNotice(ground, on)
    expect([await full(), await full()]).toEqual([[true], []])
  }))

test('what comes back makes the worker look again only where more may wait: behind it, or for one that failed', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const claims = vi.fn()
    const span: typeof ground.traces.span = (name, ...rest) => {
      if (name === 'claim') claims()
      return ground.traces.span(name, ...rest)
    }
    let open = () => {}
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    ground.outbound.answer(build.endpointUrl, () => opened.then(() => 202))
    // Nothing but a bell makes it look while its own clock stands.
    const waits = setTimeout
    const clock = vi.spyOn(globalThis, 'setTimeout')
    clock.mockImplementation(((work: () => void, ms?: number) =>
      waits(work, ms === 500 ? 60_000 : ms)) as typeof setTimeout)
    try {
      for (let index = 0; index < 5; index += 1) await build.issuedNotice(ground, on)
      const deliveries = runDeliveries({ ...ground, traces: { ...ground.traces, span } }, { workerId: 'one' })
      await vi.waitFor(() => expect(posts(ground)).toBe(2), soon)
      open()
      const all = async () => expect((await rows(ground)).every(({ state }) => state === 'received')).toBe(true)
      await vi.waitFor(all, soon)
      const before = claims.mock.calls.length
      await build.issuedNotice(ground, on)
      await vi.waitFor(all, soon)
      expect(claims.mock.calls.length - before).toBe(1)
      await deliveries.stop()
    } finally {
      clock.mockRestore()
    }
  }))
