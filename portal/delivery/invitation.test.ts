import { expect, test } from 'vitest'
import * as build from '../testing/build/delivery.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { pointerMail } from './pointer-letter.ts'

const at = '2026-11-22T09:00:00.000Z'
const asking = { rdapBootstrap: 'https://list.registry.example/' }
let made = 0

/** A network of a company that never heard of us; each handle is another company, with the same mailbox. */
function known(ground: TestGround, ip: string, handle: string) {
  ground.lookups.answerRegistry(ip, {
    type: 'ALLOCATED PA',
    holder: { handle, name: 'Bittern Networks' },
    abuse: [{ email: 'abuse@bittern.example', name: 'Bittern' }],
  })
}

const issue = (ground: TestGround, on: build.Line, ip: string) =>
  build.issuedNotice(ground, on, { items: [{ url: `https://${ip}/${++made}`, ip }] })
const invited = (ground: TestGround) => ground.caught.mail.map(({ text }) => text.includes('claim the record'))

test('a mailbox that only the registry gave is invited once a day, and pointed to every notice', () =>
  build.withLine(
    at,
    async (ground, on) => {
      known(ground, '192.0.2.80', 'ORG-BN1')
      known(ground, '192.0.2.90', 'ORG-BN2')
      await issue(ground, on, '192.0.2.80')
      await issue(ground, on, '192.0.2.80')
      await issue(ground, on, '192.0.2.90')
      expect(invited(ground)).toEqual([true, false, false])
      ground.clock.advance(86_400_000)
      await issue(ground, on, '192.0.2.90')
      expect(invited(ground)).toEqual([true, false, false, true])
      expect(new Set(ground.caught.mail.map(({ to }) => to))).toEqual(new Set(['abuse@bittern.example']))
      expect(JSON.stringify(ground.caught.mail)).not.toMatch(/192\.0\.2/)
    },
    asking,
  ))

test('a provider that registered is not invited', () =>
  build.withLine(at, async (ground, on) => {
    await build.contact(ground, on.provider.orgId)
    await build.issuedNotice(ground, on)
    expect(invited(ground)).toEqual([false])
  }))

test('both languages invite to the page that the mail links to, and say why', () => {
  const pointer = {
    noticeId: 'ntc_1',
    count: 1,
    regime: 'ntd_code',
    hours: 24,
    link: 'https://portal.example/answer/x',
    until: new Date(at),
    asked: 'https://portal.example/asked',
    withdrawn: false,
  }
  expect(pointerMail.en([pointer], { invites: true }).text).toMatch(/registry of addresses/)
  expect(pointerMail.nl([pointer], { invites: true }).text).toMatch(/register van adressen/)
  expect(pointerMail.nl([pointer]).text).not.toMatch(/register van adressen/)
})
