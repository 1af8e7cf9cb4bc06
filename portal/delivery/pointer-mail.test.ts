import { expect, test } from 'vitest'
import * as build from '../testing/build/delivery.ts'
import { pointerMail } from './pointer-mail.ts'

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
    const { text } = pointerMail[locale]({ ...pointer, withdrawn: false })
    for (const word of ['ntc_1', '3', 'ntd_code', '24 ', pointer.link, pointer.asked, '2026-12-21'])
      expect(text).toContain(word)
    expect(pointerMail[locale]({ ...pointer, withdrawn: true }).text).not.toContain('24 ')
  }
})
