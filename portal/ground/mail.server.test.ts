import { afterEach, describe, expect, test } from 'vitest'
import { type MailTaker, startMailTaker } from '../testing/mail-taker.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import type { OutgoingMail } from './ground.ts'
import { createMail, type MailOptions } from './mail.server.ts'
import { holdsForeignAddress, MailError } from './mail-check.ts'
import { mailIdOf } from './mail-noting.server.ts'
import { proofOf } from './mail-return.ts'

const origin = 'https://noticeline.example'
const mail: OutgoingMail = {
  id: 'mal_sgn_1',
  to: 'desk@teal.example',
  subject: 'Your link to sign in',
  text: `Dag Jörg,\n\n${origin}/sign-in/sgn_1.abc\n.\nUntil 09:30:00 UTC.\n`,
  about: { purpose: 'sign_in', of: 'sgn_1' },
}

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function mailServer(refusing?: number): Promise<MailTaker> {
  const taker = await startMailTaker(refusing)
  open.push(taker.stop)
  return taker
}

function bySmtp(ground: TestGround, smtpUrl: string, mode: MailOptions['config']['mode'] = 'test') {
  return createMail({
    ...ground,
    config: {
      mode,
      origin,
      smtpUrl,
      mailFrom: 'Noticeline <desk@noticeline.example>',
      mailReturn: null,
      mailIncoming: null,
      dkim: null,
    },
  })
}

function byMailbox(ground: TestGround) {
  const config = { mode: 'demo', origin, smtpUrl: null, mailFrom: 'desk@noticeline.example' } as const
  return createMail({ ...ground, config: { ...config, mailReturn: null, mailIncoming: null, dkim: null } })
}

async function codeOf(sending: Promise<void>): Promise<string> {
  const error = await sending.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  return error instanceof MailError ? error.code : error === null ? 'sent' : String(error)
}

const at = '2026-11-21T09:00:00.000Z'

describe('by SMTP', () => {
  test('a mail is plain text, from the configured address, under an id that proves that it is ours', () =>
    withGround(at, async (ground) => {
      const { smtpUrl, letters } = await mailServer()
      await bySmtp(ground, smtpUrl).send(mail)
      await bySmtp(ground, smtpUrl).send(mail)
      expect(letters).toHaveLength(1)
      const [letter] = letters
      expect(letter?.from).toMatch(/^MAIL FROM:<desk@noticeline\.example>/)
      expect(letter?.to).toEqual(['RCPT TO:<desk@teal.example>'])
      const [head = '', body = ''] = (letter?.data ?? '').split('\r\n\r\n', 2)
      expect(head.replaceAll('\r\n ', ' ').split('\r\n').sort()).toEqual(
        [
          'Auto-Submitted: auto-generated',
          'Content-Transfer-Encoding: quoted-printable',
          'Content-Type: text/plain; charset=utf-8',
          'Date: Sat, 21 Nov 2026 09:00:00 +0000',
          'From: Noticeline <desk@noticeline.example>',
          'MIME-Version: 1.0',
          `Message-ID: <${proofOf(ground.vault, mailIdOf(ground.vault, mail.id))}@noticeline.example>`,
          'Subject: Your link to sign in',
          'To: desk@teal.example',
        ].sort(),
      )
      expect(body).toContain('Dag J=C3=B6rg,')
      expect(letter?.data).toContain(`${origin}/sign-in/sgn_1.abc\r\n.\r\n`)
    }))

  test('a server that refuses is an error with its number, and without the recipient', () =>
    withGround(at, async (ground) => {
      const { smtpUrl } = await mailServer(550)
      const error = await bySmtp(ground, smtpUrl)
        .send(mail)
        .catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ name: 'MailError', code: 'not_sent', cause: { code: 'SMTP_550' } })
      expect(String((error as Error).stack) + String((error as Error).cause)).not.toContain('teal')
    }))

  test('a server that is not there is an error too', () =>
    withGround(at, async (ground) => {
      const { smtpUrl } = await mailServer()
      await open.pop()?.()
      expect(await codeOf(bySmtp(ground, smtpUrl).send(mail))).toBe('not_sent')
    }))

  test('production does not speak in the clear to another machine', () =>
    withGround(at, async (ground) => {
      // 0.0.0.0 reaches this machine without being one of its names.
      const { smtpUrl, letters } = await mailServer()
      const other = smtpUrl.replace('127.0.0.1', '0.0.0.0')
      expect(await codeOf(bySmtp(ground, other, 'production').send(mail))).toBe('not_sent')
      expect(letters).toHaveLength(0)
      expect(await codeOf(bySmtp(ground, smtpUrl, 'production').send(mail))).toBe('sent')
    }))
})

describe('into the mailbox', () => {
  test('a mail waits with the time it was sent, and the same id waits once', () =>
    withGround('2026-11-21T09:00:00.000Z', async (ground) => {
      const box = byMailbox(ground)
      await box.send(mail)
      ground.clock.advance(1000)
      await box.send({ ...mail, subject: 'Again' })
      expect(await ground.db.read.selectFrom('mailbox').selectAll().execute()).toEqual([
        {
          id: mail.id,
          sentAt: new Date('2026-11-21T09:00:00.000Z'),
          recipient: mail.to,
          subject: mail.subject,
          body: mail.text,
        },
      ])
    }))

  test('what is refused is not kept', () =>
    withGround('2026-11-21T09:00:00.000Z', async (ground) => {
      expect(await codeOf(byMailbox(ground).send({ ...mail, text: 'https://tern.example/x' }))).toBe('foreign_address')
      expect(await ground.db.read.selectFrom('mailbox').selectAll().execute()).toEqual([])
    }))
})

test.each(['203.0.113.0/24', '2001:db8::/32', 'AS64500', 'www.tern.example'])(
  'a mail about a claim names what is claimed: %s',
  (network) =>
    withGround(at, async (ground) => {
      const { smtpUrl, letters } = await mailServer()
      await bySmtp(ground, smtpUrl).send({ ...mail, text: `Gulls claims ${network}, which is yours.`, network })
      expect(letters).toHaveLength(1)
    }),
)

describe('a mail that is refused', () => {
  test.each<[string, Partial<OutgoingMail>, string]>([
    ['a second header in the subject', { subject: 'x\r\nBcc: other@teal.example' }, 'invalid_subject'],
    ['a line break alone', { subject: 'x\ny' }, 'invalid_subject'],
    ['a line separator', { subject: 'x\u2028y' }, 'invalid_subject'],
    ['no subject', { subject: '' }, 'invalid_subject'],
    ['a second header in the recipient', { to: 'desk@teal.example\r\nBcc: other@teal.example' }, 'invalid_recipient'],
    ['two recipients', { to: 'desk@teal.example, other@teal.example' }, 'invalid_recipient'],
    ['a name and a recipient', { to: 'Desk <desk@teal.example>' }, 'invalid_recipient'],
    ['a group', { to: 'all: desk@teal.example;' }, 'invalid_recipient'],
    ['nobody', { to: 'desk' }, 'invalid_recipient'],
    ['an id with a header', { id: 'x>\r\nBcc: y' }, 'invalid_id'],
    ['a control character', { text: 'x\u0000' }, 'invalid_text'],
    ['a carriage return', { text: 'x\ry' }, 'invalid_text'],
    ['too much text', { text: 'x'.repeat(20_001) }, 'invalid_text'],
    ['an address in the subject', { subject: 'See http://203.0.113.80/x' }, 'foreign_address'],
    ['an address in the text', { text: 'See https://cust42.tern.example/x' }, 'foreign_address'],
    ['an address of the network it is about', { text: '203.0.113.80', network: '203.0.113.0/24' }, 'foreign_address'],
    ['an address for a network', { text: '203.0.113.80', network: '203.0.113.80' }, 'foreign_address'],
    ['a page for a network', { text: 'tern.example/x', network: 'tern.example/x' }, 'foreign_address'],
  ])('holds %s', (_what, part, code) =>
    withGround(at, async (ground) => {
      const { smtpUrl, letters } = await mailServer()
      const sending = bySmtp(ground, smtpUrl).send({ ...mail, ...part })
      expect(await codeOf(sending)).toBe(code)
      await expect(sending).rejects.toThrow(/^(?!.*(?:teal|tern|203\.0)).*$/)
      expect(letters).toHaveLength(0)
    }),
  )

  test.each([
    'https://noticeline.example.evil.example/',
    'https://noticeline.example@evil.example/',
    'https://noticeline.example:8443/',
    'http://noticeline.example/',
    'https://noticeline.example/?to=x',
    'https://noticeline.example/#x',
    'https://noticeline.example/https://tern.example/',
    'https://noticeline.example/https%3A%2F%2Ftern.example%2F',
    'https://noticeline.example/%',
    'https://noticeline.example/a https://tern.example/b',
    'HTTPS://TERN.EXAMPLE/',
    'hxxps://tern.example/',
    'hxxp[:]//tern.example',
    'ftp://tern.example/',
    'mailto:x@tern.example',
    'www.tern.example',
    'tern[.]example',
    '203.0.113.80',
    'at 203.0.113.80.',
    '[2001:db8::50]',
    'at 2001:db8::50.',
    '::ffff:203.0.113.80',
  ])('%s is an address of somebody else', (text) => {
    expect(holdsForeignAddress(text, origin)).toBe(true)
  })

  test.each([
    'https://noticeline.example/sign-in/sgn_1.abc-_',
    'Open https://noticeline.example/answer/x.',
    '(https://noticeline.example/)',
    'Until 2026-11-21 09:30:00, or 09:30:00.000Z',
    'MK-2026-000123: 3 items, ntd_code, version 1.2.3',
    'Mail desk@noticeline.example, or call +31 20 123 45 67.',
    'Stichting Baken: melding',
  ])('%s is none', (text) => {
    expect(holdsForeignAddress(text, origin)).toBe(false)
  })

  test('the demo may point to its own loopback address', () => {
    expect(holdsForeignAddress('http://127.0.0.1:4680/sign-in/x', 'http://127.0.0.1:4680')).toBe(false)
    expect(holdsForeignAddress('http://127.0.0.1:4681/sign-in/x', 'http://127.0.0.1:4680')).toBe(true)
  })
})
