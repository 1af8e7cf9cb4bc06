import { expect, test, vi } from 'vitest'
import * as build from '../testing/build/delivery.ts'
import { confirmReceipt } from './accept-receipt.ts'
import { fallBack } from './fall-back.ts'
import { pointerMail } from './pointer-letter.ts'

const start = '2026-11-21T10:00:00.000Z'

test('without an endpoint the first contact gets a pointer, and the notice is offered from then on', () =>
  build.withLine(start, async (ground, on) => {
    await build.contact(ground, on.provider.orgId)
    const { noticeId } = await build.issuedNotice(ground, on, {
      items: [{}, {}],
      reference: 'MK-2026-000123',
      for_provider_only: 'Call us.',
    })
    expect(ground.caught.mail).toHaveLength(1)
    const [mail] = ground.caught.mail
    expect(mail).toMatchObject({ to: 'abuse@tern.example', subject: `Notice ${noticeId}` })
    for (const word of [
      noticeId,
      'Items: 2',
      'ntd_code',
      '24 hours from receipt',
      `${ground.config.origin}/answer/ans_`,
      `${ground.config.origin}/asked`,
      '2026-12-21',
    ]) {
      expect(mail?.text).toContain(word)
    }
    expect(JSON.stringify(mail)).not.toMatch(/cust|\/g\/|203\.0\.113|jpg|Call us|csam/)
    const delivery = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    expect(delivery).toMatchObject({ state: 'offered', receivedAt: null })
  }))

test('whoever has an endpoint that works gets no mail', () =>
  build.withLine(start, async (ground, on) => {
    await build.contact(ground, on.provider.orgId)
    await build.endpoint(ground, on.provider)
    await build.issuedNotice(ground, on)
    expect(ground.caught.mail).toEqual([])
  }))

test('with neither endpoint nor contact the delivery has failed, and waits for a channel', () =>
  build.withLine(start, async (ground, on) => {
    const { noticeId } = await build.issuedNotice(ground, on)
    const delivery = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    expect(delivery).toMatchObject({ state: 'failed', lastCode: 'no_channel', offeredAt: null })
    expect(await ground.facts.kinds(noticeId)).toContain('delivery.failed')
  }))

test('both languages say the same numbers', () => {
  const pointer = {
    noticeId: 'ntc_1',
    count: 3,
    regime: 'ntd_code',
    hours: 24,
    link: 'https://p.example/answer/x',
    until: new Date('2026-12-21T10:00:00.000Z'),
    asked: 'https://p.example/asked',
  }
  for (const locale of ['en', 'nl'] as const) {
    const { text } = pointerMail[locale]([{ ...pointer, withdrawn: false }])
    for (const word of ['ntc_1', '3', 'ntd_code', '24 ', pointer.link, pointer.asked, '2026-12-21'])
      expect(text).toContain(word)
    expect(pointerMail[locale]([{ ...pointer, withdrawn: true }]).text).not.toContain('24 ')
  }
})
test('a burst leaves in three mails and one more, which names all the rest; what arrived meanwhile is not in it', () =>
  build.withLine(start, async (ground, on) => {
    await build.contact(ground, on.provider.orgId)
    const notices = []
    for (let made = 0; made < 7; made += 1) notices.push((await build.issuedNotice(ground, on)).noticeId)
    expect(ground.caught.mail).toHaveLength(3)
    await confirmReceipt(ground, { orgId: on.provider.orgId, grade: 'form_confirmed' }, notices[4] ?? '')
    ground.clock.advance(179_000)
    await fallBack(ground)
    expect(ground.caught.mail).toHaveLength(3)
    ground.clock.advance(1_000)
    await fallBack(ground)
    expect(ground.caught.mail).toHaveLength(4)
    const last = ground.caught.mail.at(-1)
    expect(last?.subject).toBe('3 notices')
    const named = notices.filter((noticeId) => last?.text.includes(noticeId))
    expect(named).toEqual([notices[3], notices[5], notices[6]])
    await fallBack(ground)
    expect(ground.caught.mail).toHaveLength(4)
    for (const noticeId of named) expect(await ground.facts.kinds(noticeId)).toContain('delivery.pointed')
  }))

test('a mail that left before it was noted is the same mail when it is tried again', () =>
  build.withLine(start, async (ground, on) => {
    await build.contact(ground, on.provider.orgId)
    const { send } = ground.mail
    ground.mail.send = async (mail) => {
      await send(mail)
      throw new Error('cut short')
    }
    await expect(build.issuedNotice(ground, on)).rejects.toThrow('cut short')
    ground.mail.send = send
    await build.issuedNotice(ground, on)
    await fallBack(ground)
    expect(new Set(ground.caught.mail.map((mail) => mail.id)).size).toBe(ground.caught.mail.length)
    expect(ground.caught.mail).toHaveLength(2)
  }))

test('whoever comes across a mail that another is sending leaves it alone; a minute after a kill it is sent again', () =>
  build.withLine(start, async (ground, on) => {
    await build.contact(ground, on.provider.orgId)
    const { send } = ground.mail
    let sent = 0
    ground.mail.send = async () => {
      sent += 1
      await new Promise(() => {})
    }
    void build.issuedNotice(ground, on)
    await vi.waitFor(() => expect(sent).toBe(1), 10_000)
    ground.mail.send = send
    await fallBack(ground)
    expect(ground.caught.mail).toHaveLength(0)
    ground.clock.advance(60_001)
    await fallBack(ground)
    expect(ground.caught.mail).toHaveLength(1)
    expect((await ground.facts.kinds()).filter((kind) => kind === 'delivery.pointed')).toHaveLength(1)
  }))

test('whoever comes across one mail at the same time notes it once', () =>
  build.withLine(start, async (ground, on) => {
    await build.contact(ground, on.provider.orgId)
    const { send } = ground.mail
    let cut = true
    ground.mail.send = async (mail) => {
      if (cut) throw new Error('cut short')
      // Both have read what waits before either notes anything.
      await new Promise((resolve) => setTimeout(resolve, 20))
      await send(mail)
    }
    await expect(build.issuedNotice(ground, on)).rejects.toThrow('cut short')
    cut = false
    await Promise.all([fallBack(ground), fallBack(ground)])
    const kinds = await ground.facts.kinds()
    expect(kinds.filter((kind) => kind === 'delivery.pointed')).toHaveLength(1)
    expect(ground.caught.mail).toHaveLength(1)
  }))
