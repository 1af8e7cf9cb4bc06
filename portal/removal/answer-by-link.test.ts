import { expect, test } from 'vitest'
import { confirmByLink } from '../delivery/confirm-by-link.ts'
import { showAsked } from '../inbox/show-asked.ts'
import { withdrawNotice } from '../notices/withdraw-notice.ts'
import { mailedNotice, mailedToken } from '../testing/build/answer.ts'
import * as build from '../testing/build/delivery.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { answerByLink, type LinkAnswer } from './answer-by-link.ts'

const start = '2026-11-21T10:00:00.000Z'
const gone: LinkAnswer = { outcome: 'content_removed' }

const outcomesOf = (ground: TestGround) =>
  ground.db.read.selectFrom('outcomes').select(['itemId', 'code', 'reason', 'by']).orderBy('number').execute()

test('one answer for everything that is asked ends the items; sent again it is recorded once', () =>
  build.withLine(start, async (ground, on) => {
    const { noticeId, itemIds, token } = await mailedNotice(ground, on, { items: [{}, {}] })
    const answered = await answerByLink(ground, token, { number: noticeId, itemIds: null, answer: gone })
    expect(answered).toEqual({ result: 'recorded', itemIds })
    expect(await outcomesOf(ground)).toMatchObject(
      itemIds.map((itemId) => ({ itemId, code: 'content_removed', by: 'human' })),
    )
    const reports = await ground.db.read.selectFrom('reports').select(['grade', 'event']).execute()
    expect(reports.map(({ grade }) => grade)).toEqual(['form_confirmed'])
    const again = await answerByLink(ground, token, { number: noticeId, itemIds: null, answer: gone })
    expect(again.result).toBe('already-recorded')
    expect(await outcomesOf(ground)).toHaveLength(2)
    const addressees = await ground.db.read.selectFrom('addressees').select('endedAt').execute()
    expect(addressees.every(({ endedAt }) => endedAt !== null)).toBe(true)
  }))

test('each item may have an answer of its own, and a later one holds', () =>
  build.withLine(start, async (ground, on) => {
    const { noticeId, itemIds, token } = await mailedNotice(ground, on, { items: [{}, {}, {}] })
    const [first = '', second = '', third = ''] = itemIds
    const answers: [string, LinkAnswer][] = [
      [first, { outcome: 'not_hosted_here', reason: 'customer_left' }],
      [second, { outcome: 'cannot_execute', reason: 'technical' }],
      [third, { outcome: 'already_unavailable', since: '2026-11-20T10:00:00.000Z' }],
      [second, { outcome: 'access_disabled', territory: ['worldwide'] }],
    ]
    for (const [itemId, answer] of answers) {
      const { result } = await answerByLink(ground, token, { number: noticeId, itemIds: [itemId], answer })
      expect(result).toBe('recorded')
    }
    expect((await outcomesOf(ground)).map(({ code }) => code)).toEqual(answers.map(([, { outcome }]) => outcome))
  }))

test.each<[string, Partial<Parameters<typeof answerByLink>[2]>, string]>([
  ['another number', { number: `ntc_${'0'.repeat(26)}` }, 'wrong-number'],
  ['somebody else’s item', { itemIds: [`itm_${'0'.repeat(26)}`] }, 'invalid'],
  ['no item', { itemIds: [] }, 'invalid'],
  ['no reason', { answer: { outcome: 'refused' } }, 'invalid'],
  ['another outcome’s reason', { answer: { outcome: 'refused', reason: 'technical' } }, 'invalid'],
  [
    'a since in the future',
    { answer: { outcome: 'already_unavailable', since: '2027-01-01T00:00:00.000Z' } },
    'invalid',
  ],
  ['nothing to put back', { answer: { outcome: 'reinstated' } }, 'invalid'],
])('%s changes nothing', (_what, part, result) =>
  build.withLine(start, async (ground, on) => {
    const { noticeId, token } = await mailedNotice(ground, on)
    const input = { number: noticeId, itemIds: null, answer: gone, ...part }
    expect(await answerByLink(ground, token, input)).toMatchObject({ result })
    expect(await outcomesOf(ground)).toEqual([])
  }),
)

test('a link shows and answers what is addressed to its organisation, and nothing of anybody else’s', () =>
  build.withLine(start, async (ground, on) => {
    const other = await build.anotherProvider(ground, on, 'Mudlark Servers', '198.51.100.0/24')
    const items = [{}, { url: 'https://files.mudlark.example/m/1.jpg', ip: '198.51.100.7' }]
    const { noticeId, itemIds, token } = await mailedNotice(ground, on, { items })
    const confirmed = await confirmByLink(ground, token, noticeId)
    if (confirmed.result !== 'confirmed') throw new Error(confirmed.result)
    const asked = await showAsked(ground, confirmed.link, { reveal: true })
    expect(asked?.items).toMatchObject([{ id: itemIds[0], number: 1, handling: 'open', scope: 'file' }])
    expect(asked?.items[0]?.address?.defanged).toMatch(/^hxxps:\/\/cust\d+\[\.\]tern\[\.\]example\/g\/\d+\.jpg$/)
    expect(JSON.stringify(asked)).not.toMatch(/mudlark|https:/)
    const theirs = await answerByLink(ground, token, { number: noticeId, itemIds: itemIds.slice(1), answer: gone })
    expect(theirs).toMatchObject({ result: 'invalid', errors: [{ code: 'not_addressed_to_you' }] })
    const all = await answerByLink(ground, token, { number: noticeId, itemIds: null, answer: gone })
    expect(all).toEqual({ result: 'recorded', itemIds: itemIds.slice(0, 1) })
    expect(other.orgId).not.toBe(on.provider.orgId)
  }))

test('every showing of an address is a line in the history; without it nothing is shown and nothing is written', () =>
  build.withLine(start, async (ground, on) => {
    const { noticeId, token } = await mailedNotice(ground, on, { items: [{}, {}] })
    const confirmed = await confirmByLink(ground, token, noticeId)
    if (confirmed.result !== 'confirmed') throw new Error(confirmed.result)
    const reveals = async () => (await ground.facts.kinds(noticeId)).filter((kind) => kind === 'item.revealed').length
    const hidden = await showAsked(ground, confirmed.link, { reveal: false })
    expect([hidden?.items.map(({ address }) => address), await reveals()]).toEqual([[null, null], 0])
    await showAsked(ground, confirmed.link, { reveal: true })
    expect(await reveals()).toBe(2)
    await showAsked(ground, confirmed.link, { reveal: true })
    expect(await reveals()).toBe(4)
  }))

test('after a withdrawal its own link says what goes back, and takes that it is back', () =>
  build.withLine(start, async (ground, on) => {
    const { noticeId, token } = await mailedNotice(ground, on)
    await answerByLink(ground, token, { number: noticeId, itemIds: null, answer: gone })
    await withdrawNotice(ground, on.notifier, noticeId, 'error')
    await ground.runReactions()
    const back = { number: noticeId, itemIds: null, answer: { outcome: 'reinstated' } } as const
    expect(await answerByLink(ground, token, back)).toMatchObject({ result: 'revoked' })
    const newer = mailedToken(ground)
    const confirmed = await confirmByLink(ground, newer, noticeId)
    if (confirmed.result !== 'confirmed') throw new Error(confirmed.result)
    expect((await showAsked(ground, confirmed.link, { reveal: true }))?.withdrawn).toEqual({
      reason: 'error',
      restore: true,
    })
    expect(await answerByLink(ground, newer, back)).toMatchObject({ result: 'recorded' })
    const rows = await ground.db.read
      .selectFrom('inboxRows')
      .select('headline')
      .where('side', '=', 'notifier')
      .execute()
    expect(rows).toEqual([{ headline: 'withdrawn_restored' }])
  }))
