import { expect, test } from 'vitest'
import { mailedNotice } from '../testing/build/answer.ts'
import * as build from '../testing/build/delivery.ts'
import { confirmByLink } from './confirm-by-link.ts'
import { wasAsked } from './was-asked.ts'

const start = '2026-11-21T10:00:00.000Z'
const wrong = `ntc_${'0'.repeat(26)}`

test('typing the number is the receipt, and starts the clock; typed again it changes nothing', () =>
  build.withLine(start, async (ground, on) => {
    const { noticeId, token } = await mailedNotice(ground, on)
    ground.clock.advance(60_000)
    const typed = ` ${noticeId.toUpperCase().replace('_', '_ ')}\n`
    expect(await confirmByLink(ground, token, typed)).toMatchObject({ result: 'confirmed', link: { noticeId } })
    const delivery = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    expect(delivery).toMatchObject({ state: 'received', receivedHow: 'form_confirmed', nextAttemptAt: null })
    expect(delivery.receivedAt?.toISOString()).toBe('2026-11-21T10:01:00.000Z')
    const kinds = await ground.facts.kinds(noticeId)
    expect(kinds).toEqual(expect.arrayContaining(['receipt.recorded', 'clock.started', 'mail.answered']))
    expect(await ground.db.read.selectFrom('mails').select('state').execute()).toEqual([{ state: 'answered' }])
    expect((await ground.db.read.selectFrom('receipts').select('grade').execute())[0]?.grade).toBe('form_confirmed')

    ground.clock.advance(60_000)
    expect((await confirmByLink(ground, token, noticeId)).result).toBe('confirmed')
    expect(await ground.facts.kinds(noticeId)).toEqual(kinds)
  }))

test('a wrong number changes nothing; ten of them close the page for an hour, also to the right one', () =>
  build.withLine(start, async (ground, on) => {
    const { noticeId, token } = await mailedNotice(ground, on)
    const facts = await ground.facts.kinds()
    for (let left = 9; left >= 0; left -= 1) {
      expect(await confirmByLink(ground, token, wrong)).toEqual({ result: 'wrong-number', left })
    }
    const until = new Date('2026-11-21T11:00:00.000Z')
    expect(await confirmByLink(ground, token, wrong)).toEqual({ result: 'limited', until })
    ground.clock.set('2026-11-21T10:59:59.999Z')
    expect(await confirmByLink(ground, token, noticeId)).toEqual({ result: 'limited', until })
    expect(await ground.facts.kinds()).toEqual(facts)
    ground.clock.set(until.toISOString())
    expect((await confirmByLink(ground, token, noticeId)).result).toBe('confirmed')
  }))

test('guesses at once are all counted', () =>
  build.withLine(start, async (ground, on) => {
    const { token } = await mailedNotice(ground, on)
    const guesses = await Promise.all(Array.from({ length: 14 }, () => confirmByLink(ground, token, wrong)))
    expect(guesses.filter(({ result }) => result === 'wrong-number')).toHaveLength(10)
    expect(guesses.filter(({ result }) => result === 'limited')).toHaveLength(4)
  }))

test('a link that is none, or has ended, takes no number', () =>
  build.withLine(start, async (ground, on) => {
    const { noticeId, token } = await mailedNotice(ground, on)
    expect(await confirmByLink(ground, `${token}x`, noticeId)).toEqual({ result: 'unknown' })
    ground.clock.set('2026-12-22T10:00:00.000Z')
    expect(await confirmByLink(ground, token, noticeId)).toMatchObject({ result: 'expired' })
    expect(await ground.facts.kinds(noticeId)).not.toContain('receipt.recorded')
  }))

test('whether a notice was sent to a domain is answered yes or no, and what is asked badly is a no', () =>
  build.withLine(start, async (ground, on) => {
    const { noticeId } = await mailedNotice(ground, on)
    for (const domain of ['tern.example', ' TERN.example. ', 'abuse@tern.example'])
      expect(await wasAsked(ground, { number: ` ${noticeId.toUpperCase()} `, domain })).toBe(true)
    for (const [number, domain] of [
      [noticeId, 'teal.example'],
      [noticeId, 'n.example'],
      [noticeId, ''],
      [noticeId, '%'],
      [wrong, 'tern.example'],
      ['', 'tern.example'],
      ["' or true --", 'tern.example'],
      ['x'.repeat(10_000), 'y'.repeat(10_000)],
    ] as const)
      expect(await wasAsked(ground, { number, domain })).toBe(false)
  }))
