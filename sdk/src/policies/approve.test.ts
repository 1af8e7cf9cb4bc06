import { describe, expect, test } from 'vitest'
import type { NoticeItem } from '../protocol.ts'
import type { Outcome } from '../receiver/outcomes.ts'
import { generateKeys } from '../receiver/own-keys.ts'
import { policyKeys, withPolicy } from '../testing/with-policy.ts'
import { removed } from '../testing/with-receiver.ts'
import { verifyDecision } from './decision.ts'

const one = { id: 'itm_1', url: 'https://secret-host.example/1.jpg' }
const two = { id: 'itm_2', url: 'https://secret-host.example/2.jpg' }
const hour = 3_600_000

const refused: Outcome = { ...removed('itm_2'), outcome: 'refused', reason: 'disputes_illegality' }

describe('approve, which is the rule unless another is given', () => {
  test('nothing is done before a person has decided, and then exactly what was approved, once', () =>
    withPolicy({}, async ({ portal, policy, drain, ran, reported }) => {
      const { notice } = await portal.issue({ items: [one, two], notice: 'ntc_a', reference: 'MK-1' })
      await drain()
      expect([ran, reported()]).toEqual([[], []])
      const waiting = policy.waiting()
      expect(waiting).toMatchObject([
        { item: 'itm_1', why: 'approve', due: '2026-11-22T09:00:00.000Z', reference: 'MK-1', reach: { sites: 1 } },
        { item: 'itm_2', notifier: { id: notice.notifier.id } },
      ])
      expect(JSON.stringify(waiting)).not.toContain('secret-host')
      expect(await policy.reveal('ntc_a', 'itm_1', 'P. de Vries')).toMatchObject({ url: one.url })

      expect(await policy.decide('ntc_a', { by: 'P. de Vries', approved: ['itm_1'] })).toMatchObject({
        result: 'recorded',
      })
      await drain()
      expect([ran, reported()]).toEqual([['issued itm_1'], ['itm_1 content_removed human']])
      expect(policy.waiting()).toMatchObject([{ item: 'itm_2' }])

      await policy.decide('ntc_a', { by: 'P. de Vries', answered: [refused] })
      await drain()
      expect(ran).toEqual(['issued itm_1'])
      expect(reported()).toEqual(['itm_1 content_removed human', 'itm_2 refused human'])
      expect(policy.waiting()).toEqual([])
    }))

  test('a decision is signed with the company’s own key and names ids only', () =>
    withPolicy({}, async ({ portal, policy, drain }) => {
      const { setSha256 } = await portal.issue({ items: [one, two], notice: 'ntc_a' })
      await drain()
      await policy.decide('ntc_a', { by: 'P. de Vries', approved: ['itm_1'], answered: [refused], reason: 'seen' })
      await drain()
      const [key] = policyKeys.signing
      const [decision] = await policy.decisions('ntc_a')
      if (key === undefined || decision === undefined) throw new Error('a key and a decision')
      expect(await verifyDecision(decision.raw, key)).toEqual({
        v: 1,
        notice: 'ntc_a',
        seq: 1,
        set_sha256: setSha256,
        by: 'P. de Vries',
        at: '2026-11-21T09:00:00.000Z',
        approved: ['itm_1'],
        answered: [{ item: 'itm_2', outcome: 'refused', reason: 'disputes_illegality' }],
        reason: 'seen',
      })
      const [head, , signature] = decision.raw.split('.')
      const forged = Buffer.from(JSON.stringify({ ...decision, by: 'somebody else' })).toString('base64url')
      expect(await verifyDecision(`${head}.${forged}.${signature}`, key)).toBeNull()
      const another = (await generateKeys()).signing[0] ?? key
      expect(await verifyDecision(decision.raw, another)).toBeNull()
    }))

  test('said twice it is one decision; said otherwise it is not taken, and nothing of it is', () =>
    withPolicy({}, async ({ portal, policy, drain, ran, reported }) => {
      await portal.issue({ items: [one, two], notice: 'ntc_a' })
      await drain()
      const same = { by: 'P. de Vries', approved: ['itm_1'] }
      const [first, second] = await Promise.all([policy.decide('ntc_a', same), policy.decide('ntc_a', same)])
      expect([first?.result, second?.result]).toEqual(['recorded', 'already-recorded'])
      await drain()
      expect(await policy.decide('ntc_a', same)).toEqual({ ...second })
      const otherwise = { by: 'A. Bakker', answered: [{ ...refused, item: 'itm_1' }, refused] }
      expect(await policy.decide('ntc_a', otherwise)).toEqual({ result: 'decided-otherwise', item: 'itm_1' })
      const unknown = { by: 'A. Bakker', approved: ['itm_2', 'itm_9'] }
      expect(await policy.decide('ntc_a', unknown)).toEqual({ result: 'unknown-item', item: 'itm_9' })
      await drain()
      expect([ran, reported(), policy.waiting().length]).toEqual([['issued itm_1'], ['itm_1 content_removed human'], 1])
      expect(await policy.decisions('ntc_a')).toHaveLength(1)
    }))

  test('what cannot be a decision is refused and changes nothing', () =>
    withPolicy({}, async ({ portal, policy, drain }) => {
      await portal.issue({ items: [one], notice: 'ntc_a' })
      await drain()
      const wrong = { ...removed('itm_1'), outcome: 'refused' } as unknown as Outcome
      const code = (code: string) => expect.objectContaining({ code })
      await expect(policy.decide('ntc_a', { by: ' ', approved: ['itm_1'] })).rejects.toEqual(code('policy_invalid'))
      await expect(policy.decide('ntc_a', { by: 'P' })).rejects.toEqual(code('policy_invalid'))
      await expect(policy.decide('ntc_a', { by: 'P', approved: ['itm_1', 'itm_1'] })).rejects.toEqual(
        code('policy_invalid'),
      )
      await expect(policy.decide('ntc_a', { by: 'P', answered: [wrong] })).rejects.toEqual(code('report_invalid'))
      expect(policy.waiting()).toHaveLength(1)
    }))

  test('a decision survives the process: it is carried out by the next', () =>
    withPolicy({}, async ({ portal, drain, restarted, ran, reported }) => {
      await portal.issue({ items: [one], notice: 'ntc_a' })
      await drain()
      // Nothing carries it out here: as if the process had died on the spot.
      const late = await restarted()
      await late.start({ attach: async () => null as never })
      expect(await late.decide('ntc_a', { by: 'P', approved: ['itm_1'] })).toMatchObject({ result: 'recorded' })
      await drain()
      expect(ran).toEqual([])
      await restarted()
      await drain()
      expect([ran, reported()]).toEqual([['issued itm_1'], ['itm_1 content_removed human']])
      await restarted()
      await drain()
      expect(reported()).toHaveLength(1)
    }))

  test('a handler that fails after approval runs again by itself', () => {
    let fails = 2
    const on = (ran: string[]) => ({
      'notice.issued': ({ items }: { items: NoticeItem[] }) => {
        ran.push(`issued ${items.map(({ id }) => id).join(' ')}`)
        if (fails-- > 0) throw new Error('the panel is down')
        return items.map(({ id }) => removed(id))
      },
    })
    return withPolicy({ on }, async ({ portal, policy, drain, clock, ran, reported }) => {
      await portal.issue({ items: [one, two], notice: 'ntc_a' })
      await drain()
      await policy.decide('ntc_a', { by: 'P', approved: ['itm_2'] })
      for (let run = 0; run < 4; run += 1) {
        await drain()
        clock.forward(hour)
      }
      expect([ran, reported()]).toEqual([Array(3).fill('issued itm_2'), ['itm_2 content_removed human']])
    })
  })

  test('a reissue while it waits asks nobody twice, and approval still reaches the handler', () =>
    withPolicy({}, async ({ portal, policy, drain, ran }) => {
      const { notice, jti } = await portal.issue({ items: [one], notice: 'ntc_a' })
      await drain()
      await portal.issue({ ...notice, items: [one], seq: 2, reissue_of: jti })
      await drain()
      expect(policy.waiting()).toHaveLength(1)
      await policy.decide('ntc_a', { by: 'P', approved: ['itm_1'] })
      await drain()
      expect(ran).toEqual(['issued itm_1'])
    }))

  test('what was corrected after a decision waits again, with an alarm, and is shown as it is now', () =>
    withPolicy({}, async ({ portal, drain, restarted, ran, alarms }) => {
      const { notice } = await portal.issue({ items: [one, two], notice: 'ntc_a' })
      await drain()
      const cut = await restarted()
      await cut.start({ attach: async () => null as never })
      await cut.decide('ntc_a', { by: 'P', approved: ['itm_1'] })
      const url = 'https://another-host.example/1.jpg'
      await portal.correct(
        notice,
        [1, 2].map((n) => ({ id: `itm_${n}`, url, scope: 'file' as const })),
        2,
      )
      await drain()
      const next = await restarted()
      await drain()
      expect([ran, alarms]).toEqual([
        [],
        [{ code: 'decision_void', notice: 'ntc_a', item: 'itm_1', due: '2026-11-22T09:00:00.000Z' }],
      ])
      expect(next.waiting().map(({ item, why }) => [item, why])).toEqual([
        ['itm_1', 'corrected'],
        ['itm_2', 'approve'],
      ])
      expect(await next.reveal('ntc_a', 'itm_2', 'P')).toMatchObject({ url })
      await next.decide('ntc_a', { by: 'P', approved: ['itm_1'] })
      await drain()
      expect(ran).toEqual(['issued itm_1'])
    }))

  test('a correction of what was acted on waits as well, and goes to the handler for corrections', () => {
    const on = (ran: string[]) => ({
      'notice.corrected': ({ items }: { items: NoticeItem[] }) => {
        ran.push(`corrected ${items.map(({ id }) => id).join(' ')}`)
        return items.map(({ id }) => removed(id))
      },
    })
    return withPolicy({ on }, async ({ portal, policy, drain, ran, reported }) => {
      const { notice } = await portal.issue({ items: [one], notice: 'ntc_a' })
      await drain()
      await policy.decide('ntc_a', { by: 'P', approved: ['itm_1'] })
      await drain()
      await portal.correct(notice, [{ ...two, id: 'itm_1', scope: 'file' }])
      await drain()
      expect(reported()).toHaveLength(1)
      expect([ran, policy.waiting().length]).toEqual([['issued itm_1'], 1])
      await policy.decide('ntc_a', { by: 'P', approved: ['itm_1'] })
      await drain()
      expect(ran).toEqual(['issued itm_1', 'corrected itm_1'])
      expect(reported()).toHaveLength(2)
    })
  })

  test('a withdrawal ends the waiting; only what was acted on is put back by the handler', () =>
    withPolicy({}, async ({ portal, policy, drain, ran, reported, cases }) => {
      const { notice } = await portal.issue({ items: [one, two], notice: 'ntc_a' })
      await drain()
      await policy.decide('ntc_a', { by: 'P', approved: ['itm_1'] })
      await drain()
      await portal.withdraw(notice)
      await drain()
      expect(ran).toEqual(['issued itm_1', 'withdrawn itm_1'])
      expect(reported().slice(1)).toEqual(['itm_1 reinstated auto', 'itm_2 reinstated auto'])
      expect(policy.waiting()).toEqual([])
      expect(await policy.decide('ntc_a', { by: 'P', approved: ['itm_2'] })).toEqual({ result: 'over', item: 'itm_2' })
      expect(JSON.stringify(await cases.list(''))).not.toContain('secret-host')
      // Issued once more it is to be decided once more.
      await portal.issue({ ...notice, items: [one, two], seq: 3 })
      await drain()
      expect(policy.waiting()).toHaveLength(2)
    }))

  test('a closing ends the waiting, tells the handler of what was acted on, and keeps the decisions', () =>
    withPolicy({}, async ({ portal, policy, drain, ran, cases }) => {
      const { notice } = await portal.issue({ items: [one, two], notice: 'ntc_a' })
      await drain()
      await policy.decide('ntc_a', { by: 'P', approved: ['itm_1'] })
      await drain()
      await portal.close(notice)
      await drain()
      expect([ran, policy.waiting()]).toEqual([['issued itm_1', 'closed itm_1'], []])
      expect(await policy.decisions('ntc_a')).toHaveLength(1)
      expect((await cases.list('policy item ')).length).toBe(0)
    }))

  test('an alarm rings once when a quarter of the time is left, and anew for another deadline', () =>
    withPolicy({}, async ({ portal, policy, drain, restarted, clock, alarms }) => {
      const { notice } = await portal.issue({ items: [one, two], notice: 'ntc_a' })
      await drain()
      await policy.decide('ntc_a', { by: 'P', approved: ['itm_2'] })
      clock.forward(17 * hour)
      await drain()
      expect(alarms).toEqual([])
      clock.forward(2 * hour)
      await drain()
      await restarted()
      await drain()
      const due = '2026-11-22T09:00:00.000Z'
      expect(alarms).toEqual([{ code: 'decision_due', notice: 'ntc_a', item: 'itm_1', due }])
      await portal.changeDeadline(notice, new Date('2026-11-30T09:00:00.000Z'))
      await drain()
      expect(alarms).toHaveLength(1)
      clock.forward(9 * 24 * hour)
      await drain()
      expect(alarms).toHaveLength(2)
    }))
})
