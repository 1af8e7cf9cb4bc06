import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { longestRead, readMail } from './mail-reading.ts'

const read = (...lines: string[]) => readMail(Buffer.from(lines.join('\r\n')))
const classOf = async (...lines: string[]) => (await read(...lines)).class

const bounced = [
  'Return-Path: <>',
  'From: MAILER-DAEMON@mx.example (Mail Delivery System)',
  'To: bounce@noticeline.example',
  'Subject: failure notice',
  '',
]

describe('a bounce in words', () => {
  test('qmail', async () => {
    const found = await read(
      ...bounced,
      'Hi. This is the qmail-send program at mx.example.',
      "I'm afraid I wasn't able to deliver your message to the following addresses.",
      "This is a permanent error; I've given up. Sorry it didn't work out.",
      '',
      '<abuse@tern.example>:',
      'Sorry, no mailbox here by that name. (#5.1.1)',
      '',
      '--- Below this line is a copy of the message.',
      '',
      'To: <desk@teal.example>:',
      'Message-ID: <mal_1.x@noticeline.example>',
    )
    expect(found).toMatchObject({
      class: 'permanent',
      givenUp: true,
      recipients: ['abuse@tern.example'],
      code: '5.1.1',
    })
    expect(found.about).toEqual(['mal_1.x@noticeline.example'])
  })

  test('exim that still tries', async () => {
    const found = await read(
      ...bounced.map((line) => line.replace('failure notice', 'Warning: message 1abc delayed 24 hours')),
      'This message was created automatically by mail delivery software.',
      'A message that you sent has not yet been delivered to one or more of its',
      'recipients after more than 24 hours on the queue. No action is required.',
      '',
      'The address to which the message has not yet been delivered is:',
      '  abuse@tern.example',
    )
    expect(found).toMatchObject({ class: 'temporary', givenUp: false })
  })

  test('a refusal for now, without a status code of its own', async () => {
    const found = await read(...bounced, '<abuse@tern.example>: host mx.tern.example said: 451 greylisted, try later')
    expect(found).toMatchObject({ class: 'temporary', recipients: ['abuse@tern.example'], code: null })
  })
})

describe('a machine', () => {
  test.each([
    [['Auto-Submitted: auto-replied']],
    [['Auto-Submitted: auto-generated (ticket)']],
    [['X-Autoreply: yes']],
    [['X-Auto-Response-Suppress: All']],
    [['Precedence: bulk']],
    [['Return-Path: <>']],
    [['Subject: Out of Office: notice']],
    [['Subject: Automatisch antwoord: melding']],
    [['Subject: Automatic reply: notice']],
    [['Subject: Afwezig']],
    [['From: no-reply@tern.example']],
  ])('%j is nobody', async (headers) => {
    const rest = ['From: abuse@tern.example', 'Subject: Re: notice'].filter(
      (line) => !headers.some((header) => header.startsWith(line.slice(0, 5))),
    )
    expect(await classOf(...headers, ...rest, '', 'Thank you for your message.')).toBe('auto_reply')
  })
})

describe('a person', () => {
  test.each([
    ['Auto-Submitted: no'],
    ['Precedence: normal'],
    ['Subject: Re: Undelivered Mail Returned to Sender'],
    ['Subject: automatic backups of our customers'],
  ])('who writes under %s stays one', async (header) => {
    expect(await classOf('From: noor@tern.example', header, '', 'The following address(es) failed: x@y.example')).toBe(
      'person',
    )
  })

  test('who forwards a bounce is none', async () => {
    const found = await read(
      'From: noor@tern.example',
      'Subject: Fwd: failure notice',
      'Content-Type: multipart/mixed; boundary="b"',
      '',
      '--b',
      '',
      'We got this.',
      '--b',
      'Content-Type: message/rfc822',
      '',
      ...bounced,
      '<abuse@tern.example>: 550 no such user',
      '--b--',
    )
    expect(found).toMatchObject({ class: 'person', recipients: [] })
  })
})

describe('hostile MIME is harmless', () => {
  const nested = (depth: number) =>
    Array.from(
      { length: depth },
      (_, level) => `Content-Type: multipart/mixed; boundary="b${level}"\r\n\r\n--b${level}`,
    )

  test.each([
    ['parts in parts in parts', () => nested(5000).join('\r\n')],
    ['a header without an end', () => `Subject: ${'x'.repeat(2_000_000)}`],
    ['a boundary of nothing', () => 'Content-Type: multipart/report; boundary=""\r\n\r\n----\r\n'],
    ['a hundred thousand addresses', () => `To: ${'a@b.example, '.repeat(100_000)}\r\n\r\nx`],
    [
      'a hundred thousand groups',
      () =>
        `${bounced.join('\r\n')}\r\n${'Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n\r\n'.repeat(100_000)}`,
    ],
    ['spaces without end', () => `${bounced.join('\r\n')}\r\nThe following address(es) failed:${' '.repeat(500_000)}`],
    ['an unknown charset', () => 'Content-Type: text/plain; charset="x-none"\r\n\r\n\xff\xfe'],
  ])('%s', async (_what, make) => {
    const began = performance.now()
    const found = await readMail(Buffer.from(make(), 'latin1'))
    expect(found.text.length).toBeLessThanOrEqual(20_000)
    expect(found.recipients.length).toBeLessThanOrEqual(200)
    expect(performance.now() - began).toBeLessThan(20_000)
  })

  test('what is longer than a mail is read up to there', async () => {
    const long = Buffer.concat([Buffer.from('Subject: x\r\n\r\n'), Buffer.alloc(longestRead * 4, 'x ')])
    expect(await readMail(long)).toMatchObject({ class: 'person' })
  })

  test('any bytes at all are read to something', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        expect((await readMail(bytes)).class).toMatch(/^(permanent|temporary|auto_reply|feedback|person)$/)
      }),
      { numRuns: 200 },
    ))
})
