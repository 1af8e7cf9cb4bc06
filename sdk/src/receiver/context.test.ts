import { describe, expect, test } from 'vitest'
import type { NoticeIssued, NoticeWithdrawn } from '../protocol.ts'
import { codesOf, removed, withReceiver } from '../testing/with-receiver.ts'
import type { NoticeContext } from './handlers.ts'

const one = { id: 'itm_1', url: 'https://cust42.tern.example/g/1.jpg' }

describe('what a handler is told', () => {
  test('the case, the time left, the basis for keeping anything, and how often it ran', () => {
    const seen: unknown[] = []
    const on = () => ({
      'notice.issued': (_: unknown, context: NoticeContext) => {
        const { caseId, seq, attempt, preservation, deadline, handled } = context
        seen.push([
          caseId,
          seq,
          attempt,
          preservation.basis,
          deadline?.due.toISOString(),
          deadline?.remaining(),
          handled,
        ])
        return undefined
      },
    })
    return withReceiver({ on }, async ({ portal, receiver }) => {
      await portal.issue({ items: [one], notice: 'ntc_a' })
      await receiver.drain()
      expect(seen).toEqual([['ntc_a', 1, 1, 'none', '2026-11-22T09:00:00.000Z', 24 * 3_600_000, []]])
    })
  })

  test('a key for an effect that must happen once: the same for every run and reissue, another for putting back', () => {
    const keys: string[] = []
    let broken = true
    const on = () => ({
      'notice.issued': ({ items }: NoticeIssued, { idempotencyKey }: NoticeContext) => {
        keys.push(...items.map(({ id }) => idempotencyKey(id)))
        if (broken) throw new Error('try again')
        return undefined
      },
      'notice.withdrawn': ({ items }: NoticeWithdrawn, { idempotencyKey }: NoticeContext) => {
        keys.push(...items.map((id) => idempotencyKey(id)))
        return undefined
      },
    })
    return withReceiver({ on }, async ({ portal, receiver, clock }) => {
      const again = { notice: 'ntc_1', items: [{ ...one, id: 'itm_1' }] }
      const { notice } = await portal.issue(again)
      await receiver.drain()
      broken = false
      clock.forward(3_600_000)
      await receiver.drain()
      await portal.withdraw(notice)
      await receiver.drain()
      await portal.issue({ ...again, seq: 3 })
      await receiver.drain()
      expect(keys).toEqual([
        'ntc_1.itm_1.issued.0',
        'ntc_1.itm_1.issued.0',
        'ntc_1.itm_1.withdrawn.0',
        'ntc_1.itm_1.issued.1',
      ])
    })
  })

  test('a changed deadline holds from then on', () => {
    const due: unknown[] = []
    const on = () => ({
      'deadline.changed': (_: unknown, context: NoticeContext) => void due.push(context.deadline?.due.toISOString()),
    })
    return withReceiver({ on }, async ({ portal, receiver }) => {
      const { notice } = await portal.issue({ items: [one] })
      await portal.changeDeadline(notice, new Date('2026-11-30T12:00:00.000Z'))
      await receiver.drain()
      expect(due).toEqual(['2026-11-30T12:00:00.000Z'])
    })
  })

  test('stopping aborts its signal after the grace and counts no attempt', async () => {
    let reason: unknown
    const on = () => ({
      'notice.issued': (_: unknown, { signal }: NoticeContext) =>
        new Promise<never>((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason
            reject(new Error('interrupted'))
          })
        }),
    })
    await withReceiver({ on }, async ({ portal, receiver, alarms }) => {
      await portal.issue({ items: [one] })
      await receiver.stop(20)
      expect(reason).toMatchObject({ code: 'stopped' })
      expect(alarms).toEqual([])
      expect(codesOf(await portal.issue({ items: [one] }))).toEqual([503])
      expect((await receiver.health()).accepting).toBe(false)
    })
  })
})

test('an outcome can be reported later, for items of the notice only', () =>
  withReceiver({ on: () => ({ 'notice.issued': () => undefined }) }, async ({ portal, receiver }) => {
    const { notice } = await portal.issue({ items: [one] })
    await receiver.drain()
    expect(portal.reports).toHaveLength(1)
    await expect(receiver.report(notice.notice, [removed('itm_9')])).rejects.toMatchObject({ code: 'unknown_item' })
    await expect(receiver.report('ntc_none', [removed('itm_1')])).rejects.toMatchObject({ code: 'unknown_notice' })
    await receiver.report(notice.notice, [{ ...removed('itm_1'), by: 'human' }])
    await receiver.drain()
    expect(portal.reports.at(-1)).toMatchObject({ message: { seq: 1, results: [{ by: 'human' }] } })
  }))
