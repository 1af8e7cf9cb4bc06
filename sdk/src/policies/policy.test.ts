import { describe, expect, test } from 'vitest'
import { type GivenPolicy, withPolicy } from '../testing/with-policy.ts'
import { removed } from '../testing/with-receiver.ts'
import { auto, observe } from './rule.ts'

const one = { id: 'itm_1', url: 'https://secret-host.example/1.jpg' }
const two = { id: 'itm_2', url: 'https://secret-host.example/2.jpg' }
const hour = 3_600_000

describe('observe', () => {
  test('logs ids and codes, runs no handler, and reports nothing but the receipt', () =>
    withPolicy({ rule: observe() }, async ({ portal, policy, drain, ran, lines, cases }) => {
      const { notice } = await portal.issue({ items: [one], notice: 'ntc_a' })
      await portal.withdraw(notice, { seq: 3 })
      const second = await portal.issue({ items: [two], notice: 'ntc_b' })
      await portal.correct(second.notice, [{ ...one, id: 'itm_2', scope: 'file' }])
      await portal.close(second.notice, 4)
      await drain()
      expect([ran, policy.waiting()]).toEqual([[], []])
      expect(new Set(portal.reports.map(({ type }) => type))).toEqual(new Set(['notice.received']))
      expect(lines.map(({ code, item }) => `${code} ${item}`)).toContain('observed itm_2')
      expect(JSON.stringify([lines, await cases.list('')])).not.toContain('-host.example')
    }))

  test('what was only looked at comes before a person when the rule changes', () =>
    withPolicy({ rule: observe() }, async ({ portal, drain, restarted, ran }) => {
      await portal.issue({ items: [one], notice: 'ntc_a' })
      await drain()
      const next = await restarted({ rule: { rule: 'approve' } })
      await drain()
      expect([ran, next.waiting().length]).toEqual([[], 1])
    }))
})

describe('auto', () => {
  const lists = { regimes: ['test'], categories: ['csam'], itemsAnHour: 2, shareOfAccount: 1 } as const

  test('acts on what is listed, and beyond its numbers waits for a person and says why', () =>
    withPolicy(
      { rule: auto({ ...lists, notifiers: ['org_a'] }) },
      async ({ portal, policy, drain, clock, ran, alarms, reported }) => {
        const notifier = { id: 'org_a', kind: 'hotline', name: 'Stichting Baken' } as const
        const items = [1, 2, 3].map((n) => ({ id: `itm_${n}`, url: `https://secret-host.example/${n}` }))
        await portal.issue({ items, notice: 'ntc_a', notifier })
        await portal.issue({ items: [{ ...one, id: 'itm_4' }], notice: 'ntc_b' })
        await drain()
        expect(ran).toEqual(['issued itm_1 itm_2'])
        expect(reported()).toEqual(['itm_1 content_removed auto', 'itm_2 content_removed auto'])
        expect(new Set(policy.waiting().map(({ item, why }) => `${item} ${why}`))).toEqual(
          new Set(['itm_3 items_an_hour', 'itm_4 notifier_not_listed']),
        )
        expect(alarms.map(({ code, item }) => `${code} ${item}`)).toEqual(['breaker_open itm_3'])
        clock.forward(hour)
        await portal.issue({ items: [{ ...one, id: 'itm_5' }], notice: 'ntc_c', notifier })
        await drain()
        expect(ran.at(-1)).toBe('issued itm_5')
      },
    ))

  test('without lists, or with numbers that are none, it is refused', () => {
    const right = { ...lists, notifiers: ['org_a'] } as const
    for (const wrong of [
      { ...right, notifiers: [] },
      { ...right, regimes: [] },
      { ...right, categories: [''] },
      { ...right, itemsAnHour: 0 },
      { ...right, itemsAnHour: Number.POSITIVE_INFINITY },
      { ...right, shareOfAccount: 0 },
      { ...right, shareOfAccount: Number.NaN },
    ]) {
      expect(() => auto(wrong as never)).toThrow(expect.objectContaining({ code: 'policy_invalid' }))
    }
  })
})

test('a measure that reaches further than the guard is refused, approved by a person or not', () =>
  withPolicy(
    { reach: async () => ({ sites: 3, mailboxes: 0 }) },
    async ({ portal, policy, drain, restarted, ran, alarms }) => {
      await portal.issue({ items: [one], notice: 'ntc_a' })
      await drain()
      expect(policy.waiting()).toMatchObject([{ why: 'blast_radius', reach: { sites: 3 } }])
      expect(alarms).toMatchObject([{ code: 'beyond_guard' }])
      const approval = { by: 'P', approved: ['itm_1'] }
      expect(await policy.decide('ntc_a', approval)).toEqual({ result: 'beyond-guard', item: 'itm_1' })
      const wider = await restarted({ guard: { sites: 3 } })
      expect(await wider.decide('ntc_a', approval)).toMatchObject({ result: 'recorded' })
      await drain()
      expect(ran).toEqual(['issued itm_1'])
    },
  ))

test('handlers under a policy can write the customer a statement, with who decided', () => {
  const said: string[] = []
  const on: GivenPolicy['on'] = () => ({
    'notice.issued': (notice, context) => {
      const outcomes = notice.items.map(({ id }) => removed(id))
      const statement = context.customerStatement('en', { outcomes })
      said.push(statement.result === 'statement' ? statement.text : statement.why)
      return outcomes
    },
  })
  const provider = { name: 'Tern Hosting', contact: 'abuse@tern.example' }
  return withPolicy({ on, provider }, async ({ portal, policy, drain }) => {
    await portal.issue({ items: [one, two], notice: 'ntc_a', regime: 'ntd_code' })
    await drain()
    await policy.decide('ntc_a', { by: 'P', approved: ['itm_2'] })
    await drain()
    expect(said).toHaveLength(1)
    expect(said[0]).toContain('A person took the decision.')
    expect(said[0]).toContain('hxxps://secret-host.example/2.jpg')
    expect(said[0]).not.toContain('1.jpg')
  })
})
