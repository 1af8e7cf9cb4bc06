import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { memoryCases } from '../inbox/cases.ts'
import type { NoticeIssued } from '../protocol.ts'
import type { NoticeContext } from '../receiver/handlers.ts'
import { generateKeys } from '../receiver/own-keys.ts'
import { noticeOf } from '../testing/statements.ts'
import { handClock, removed } from '../testing/with-receiver.ts'
import { openPolicy } from './open-policy.ts'
import { approve, auto, observe, type Reach, type Rule } from './rule.ts'

const keys = await generateKeys()
const minute = 60_000
const hour = 60 * minute

/** What may happen: a notice comes (some at once), time passes, the process starts again, a person decides. */
const anItem = fc.record({
  account: fc.constantFrom('cust1', 'cust2', undefined),
  share: fc.constantFrom(0, 0.02, 0.05, 0.2, undefined),
  sites: fc.constantFrom(1, 1, 1, 2, 40, Number.NaN),
  mailboxes: fc.constantFrom(0, 1, 1, 3),
  scope: fc.constantFrom('file', 'page', 'account', 'site'),
  fails: fc.constantFrom(0, 0, 1),
})
const aNotice = fc.record({
  notifier: fc.constantFrom('org_a', 'org_a', 'org_b', 'org_A', 'org_'),
  regime: fc.constantFrom('ntd_code', 'ntd_code', 'dsa_notice', 'test'),
  category: fc.constantFrom('csam', 'csam', 'terrorist_content'),
  items: fc.array(anItem, { minLength: 1, maxLength: 4 }),
})
const aStep = fc.oneof(
  { weight: 6, arbitrary: fc.record({ come: fc.array(aNotice, { minLength: 1, maxLength: 4 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ pass: fc.constantFrom(minute, 20 * minute, 61 * minute, 8 * hour, -10 * minute) }),
  },
  { weight: 2, arbitrary: fc.constant({ restart: true } as const) },
  { weight: 2, arbitrary: fc.record({ approve: fc.nat(7) }) },
)
const aRule: fc.Arbitrary<Rule> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(approve(), observe()) },
  {
    weight: 4,
    arbitrary: fc
      .record({
        notifiers: fc.constantFrom(['org_a'], ['org_b', 'org_a']),
        regimes: fc.constantFrom(['ntd_code'], ['ntd_code', 'dsa_notice']),
        categories: fc.constantFrom(['csam'], ['terrorist_content', 'csam']),
        itemsAnHour: fc.constantFrom(1, 3, 7),
        shareOfAccount: fc.constantFrom(0.1, 0.3, 1),
      })
      .map((given) => auto(given as Parameters<typeof auto>[0])),
  },
)

type Step = typeof aStep extends fc.Arbitrary<infer Value> ? Value : never
interface Act {
  readonly at: number
  readonly notice: NoticeIssued
  readonly item: string
  readonly approved: boolean
  readonly reach: Reach
}

/** Plays the steps, and tells what a handler was given, at which time; how often a run was repeated does not count. */
async function play(rule: Rule, steps: readonly Step[]): Promise<{ acts: Act[]; answers: unknown[]; lines: string }> {
  const clock = handClock('2026-11-21T09:00:00.000Z')
  const cases = memoryCases()
  await cases.open()
  const [reaches, fails, acts] = [
    new Map<string, Reach & { sites: number }>(),
    new Map<string, number>(),
    new Map<string, Act>(),
  ]
  const approved = new Set<string>()
  const [answers, lines]: [unknown[], unknown[]] = [[], []]
  const known: NoticeIssued[] = []
  const contextOf = (notice: NoticeIssued) =>
    ({
      caseId: notice.notice,
      seq: 1,
      notice,
      handled: [],
      deadline: null,
      attempt: 1,
      receivedAt: clock.now(),
      preservation: notice.preservation,
      signal: new AbortController().signal,
      token: { jti: 'evt_1', setSha256: 'x'.repeat(43), raw: '' },
      now: () => clock.now(),
    }) as unknown as NoticeContext
  const open = async () => {
    const policy = await openPolicy({
      cases,
      keys,
      rule,
      clock,
      reach: async ({ id }) => reaches.get(id) as Reach,
      log: (line) => lines.push(line),
    })
    const on = policy.wrap({
      'notice.issued': async (notice) => {
        await new Promise(setImmediate)
        for (const { id } of notice.items) {
          const reach = reaches.get(id) as Reach
          const act = { at: clock.now().getTime(), notice, item: id, approved: approved.has(id), reach }
          if (!acts.has(id)) acts.set(id, act)
        }
        for (const { id } of notice.items) {
          const left = fails.get(id) ?? 0
          fails.set(id, left - 1)
          if (left > 0) throw new Error('the panel is down')
        }
        return notice.items.map(({ id }) => removed(id))
      },
      'notice.withdrawn': () => undefined,
    })
    return { policy, on }
  }
  let { policy, on } = await open()
  const give = async (notice: NoticeIssued) => {
    answers.push(await Promise.resolve(on['notice.issued'](notice, contextOf(notice))).catch(() => 'failed'))
  }
  for (const step of steps) {
    if ('come' in step) {
      const notices = step.come.map(({ notifier, regime, category, items }) =>
        noticeOf(
          {
            regime: regime as NoticeIssued['regime'],
            category: category as NoticeIssued['category'],
            notifier: { id: notifier, kind: 'hotline', name: 'org_a' },
            items: items.map(({ scope }) => ({ url: 'https://secret-host.example/1', scope: scope as 'file' })),
          },
          'https://portal.example/v1/reports',
        ),
      )
      for (const [index, notice] of notices.entries())
        for (const [place, { id }] of notice.items.entries()) {
          const { account, share, sites, mailboxes, fails: often } = step.come[index]?.items[place] ?? never()
          reaches.set(id, { account, share, sites, mailboxes })
          fails.set(id, often)
        }
      known.push(...notices)
      await Promise.all(notices.map(give))
    } else if ('pass' in step) clock.forward(step.pass)
    else if ('restart' in step) {
      await policy.stop()
      ;({ policy, on } = await open())
      // What had not ended runs again, as from an inbox; all of it, since repeats must not matter either.
      await Promise.all(known.map(give))
    } else {
      const waiting = policy.waiting()
      const chosen = waiting[step.approve % Math.max(waiting.length, 1)]
      if (chosen === undefined) continue
      const decided = await policy.decide(chosen.notice, { by: 'P', approved: [chosen.item] })
      if (decided.result === 'recorded') approved.add(chosen.item)
      await Promise.all(known.filter(({ notice }) => notice === chosen.notice).map(give))
    }
  }
  await policy.stop()
  return { acts: [...acts.values()], answers, lines: JSON.stringify(lines) }
}

function never(): never {
  throw new Error('every item was made from one')
}

const played = (check: (rule: Rule, told: Awaited<ReturnType<typeof play>>) => void) =>
  fc.assert(
    fc.asyncProperty(aRule, fc.array(aStep, { minLength: 3, maxLength: 14 }), async (rule, steps) =>
      check(rule, await play(rule, steps as Step[])),
    ),
    { numRuns: 120, seed: 29 },
  )

describe('whatever comes, at once or one by one, with restarts and failing handlers between', {
  timeout: 150_000,
}, () => {
  test('nothing is acted on that is neither listed nor approved', async () => {
    let seen = 0
    await played((rule, { acts, answers }) => {
      for (const { notice, approved } of acts) {
        seen += 1
        if (approved) continue
        if (rule.rule !== 'auto') throw new Error(`acted under ${rule.rule}`)
        expect(rule.notifiers).toContain(notice.notifier.id)
        expect(rule.regimes).toContain(notice.regime)
        expect(rule.categories).toContain(notice.category)
      }
      if (rule.rule === 'observe') expect(answers.filter((answer) => answer !== undefined)).toEqual([])
    })
    expect(seen).toBeGreaterThan(100)
  })

  test('the breaker never lets more through than its numbers, in any hour, of any account', () =>
    played((rule, { acts }) => {
      if (rule.rule !== 'auto') return
      const alone = acts.filter(({ approved }) => !approved)
      for (const { at } of alone) {
        const within = (span: number) => alone.filter((act) => act.at > at - span && act.at <= at)
        expect(within(hour).length).toBeLessThanOrEqual(rule.itemsAnHour)
        if (rule.shareOfAccount === 1) continue
        const spent = within(24 * hour)
        for (const account of new Set(spent.map(({ reach }) => reach.account))) {
          expect(account).toBeDefined()
          const sum = spent.reduce((all, { reach }) => all + (reach.account === account ? (reach.share ?? 1) : 0), 0)
          expect(sum).toBeLessThanOrEqual(rule.shareOfAccount + 1e-9)
        }
      }
    }))

  test('no measure reaches further than the guard, under any rule, approved or not; no line names an address', () =>
    played((_, { acts, lines }) => {
      for (const { reach } of acts) {
        expect(reach.sites).toBeLessThanOrEqual(1)
        expect(reach.mailboxes).toBeLessThanOrEqual(1)
      }
      expect(lines).not.toContain('secret-host')
    }))
})
