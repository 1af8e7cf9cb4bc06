/**
 * Every mail there is, in both languages, through the real sender to a real mail server. A purpose or a letter that is added
 * does not compile until it stands here, and a file that sends mail and is not named here fails.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { letters as networkLetters } from './attribution/network-letters.ts'
import { letters as taskLetters } from './delivery/desk-tasks.ts'
import { pointerMail } from './delivery/pointer-letter.ts'
import type { MailPurpose } from './ground/ground.ts'
import { createMail } from './ground/mail.server.ts'
import { contested, words as decisionWords } from './people/mail-decision.ts'
import { letters as invitationLetters } from './people/mail-invitation.ts'
import { letters as joiningLetters } from './people/mail-joining.ts'
import { letters as mailboxLetters } from './people/mail-mailbox-change.ts'
import { letters as signInLetters } from './people/mail-sign-in.ts'
import { plainName } from './people/plain-name.ts'
import { letters as codeLetters } from './providers/mail-contact-code.ts'
import { closing, letters as newsLetters } from './providers/mail-contact-news.ts'
import { letters as endpointLetters } from './providers/mail-endpoint-change.ts'
import { type MailTaker, startMailTaker } from './testing/mail-taker.ts'
import { withGround } from './testing/with-ground.ts'

type Locale = 'en' | 'nl'
interface Said {
  subject: string
  text: string | string[]
}

const at = '2026-11-22T09:00:00.000Z'
const origin = 'https://noticeline.example'
const secret = 'Zx7Zx7Zx7Zx7Zx7Zx7Zx7Zx7Zx7Zx7Zx7Zx7Zx7Zx7Z'
const code = 'ABCD-2345'
const link = (page: string) => `${origin}/${page}/abc_01m80000000000000000000000.${secret}`
const noticeId = 'ntc_01m80000000000000000000000'
/** As a registry may write it: nothing of this may reach a mail. */
const company = plainName('Tern (203.0.113.80) https://www.tern.example/g/1.jpg B.V.')
const name = plainName('Noor https://evil.example/x Visser')

/** Which file sends what, and each letter of it. */
const files: Record<string, MailPurpose[]> = {
  'attribution/mail-network.ts': ['network', 'network_proof'],
  'delivery/desk-tasks.ts': ['desk_tasks'],
  'delivery/pointer-mail.ts': ['pointer'],
  'people/mail-decision.ts': ['decision', 'contested_claim'],
  'people/mail-invitation.ts': ['invitation'],
  'people/mail-joining.ts': ['joining'],
  'people/mail-mailbox-change.ts': ['mailbox_change'],
  'people/mail-sign-in.ts': ['sign_in'],
  'providers/mail-contact-code.ts': ['contact_code', 'contact_challenge'],
  'providers/mail-contact-news.ts': ['contact_news'],
  'providers/mail-endpoint-change.ts': ['endpoint_change'],
}

const pointer = {
  noticeId,
  count: 3,
  regime: 'ntd_code',
  hours: 24,
  link: link('answer'),
  until: new Date('2026-12-22T09:00:00.000Z'),
  asked: `${origin}/asked`,
  withdrawn: false,
}
const network = { network: '203.0.113.0/24', company, code, link: link('network-proof'), until: at }
const parts = {
  organisation: company,
  contactId: 'ctc_01m80000000000000000000000',
  code,
  link: link('confirm'),
  answer: `${origin}/v1/contacts/ctc_01m80000000000000000000000/answer`,
  lapses: '2026-12-22',
}
const detail = { contactId: parts.contactId, at, link: `${origin}/provider/contacts` }

function each<K extends string, V>(
  of: Readonly<Record<K, V>>,
  said: (letter: V, key: K) => Said,
): Record<string, Said> {
  return Object.fromEntries(Object.entries<V>(of).map(([key, letter]) => [key, said(letter, key as K)]))
}

/** By language, purpose and letter. */
function templates(locale: Locale): Record<MailPurpose, Record<string, Said>> {
  const { proof, ...networkNews } = networkLetters[locale]
  return {
    pointer: {
      one: pointerMail[locale]([pointer]),
      several: pointerMail[locale]([pointer, { ...pointer, hours: 1 }]),
      withdrawn: pointerMail[locale]([{ ...pointer, withdrawn: true }]),
      inviting: pointerMail[locale]([pointer], { invites: true }),
    },
    contact_code: { verify: codeLetters[locale].verify(parts) },
    contact_challenge: {
      before: codeLetters[locale].challenge(parts, 14),
      lapsed: codeLetters[locale].challenge(parts, 0),
    },
    contact_news: each(newsLetters[locale], ({ subject, text }) => ({ subject, text: closing[locale](text, detail) })),
    endpoint_change: each(endpointLetters[locale], ({ subject, text }) => ({
      subject,
      text: text({ endpointId: 'end_01m80000000000000000000000', at, link: `${origin}/provider` }),
    })),
    network: each(networkNews, ({ subject, text }) => ({ subject, text: text(network) })),
    network_proof: { proof: { subject: proof.subject, text: proof.text(network) } },
    sign_in: {
      link: { subject: signInLetters[locale].subject, text: signInLetters[locale].text(name, link('sign-in'), 15) },
    },
    joining: each(joiningLetters[locale], ({ subject, text }) => ({
      subject,
      text: text({ name, company, link: link('join'), hours: 24 }),
    })),
    invitation: {
      invited: {
        subject: invitationLetters[locale].subject(company),
        text: invitationLetters[locale].text({ organisation: company, by: name, link: link('invitation'), until: at }),
      },
      byNobody: {
        subject: invitationLetters[locale].subject(company),
        text: invitationLetters[locale].text({ organisation: company, by: null, link: link('invitation'), until: at }),
      },
    },
    mailbox_change: each(mailboxLetters[locale], (letter) => letter(name, link('mailbox-change'))),
    decision: each(decisionWords[locale], ({ subject, text }) => ({
      subject,
      text: text(company, `${origin}/provider`),
    })),
    contested_claim: {
      contested: { subject: contested[locale].subject, text: contested[locale].text(company, `${origin}/provider`) },
    },
    desk_tasks: {
      one: taskLetters[locale](1, `${origin}/operator/tasks`),
      several: taskLetters[locale](3, `${origin}/operator/tasks`),
    },
  }
}

const all = (['en', 'nl'] as const).flatMap((locale) =>
  Object.entries(templates(locale)).flatMap(([purpose, letters]) =>
    Object.entries(letters).map(([letter, said]) => ({ locale, purpose: purpose as MailPurpose, letter, said })),
  ),
)

let taker: MailTaker
beforeAll(async () => {
  taker = await startMailTaker()
})
afterAll(() => taker.stop())

describe('every mail', () => {
  test('is one of those that are held to it here, whichever file sends it', () => {
    const folders = ['people', 'providers', 'attribution', 'deadlines', 'notices', 'delivery', 'removal', 'inbox']
    const senders = folders.flatMap((folder) =>
      readdirSync(join(import.meta.dirname, folder))
        .filter((file) => /\.ts$/.test(file) && !file.endsWith('.test.ts'))
        .map((file) => `${folder}/${file}`)
        .filter((file) => readFileSync(join(import.meta.dirname, file), 'utf8').includes('mail.send(')),
    )
    expect(senders.sort()).toEqual(Object.keys(files).sort())
    expect(Object.values(files).flat().sort()).toEqual(Object.keys(templates('en')).sort())
  })

  test('leaves as plain text with the headers a mail has, points to our own pages alone, and names no address', () =>
    withGround(at, async (ground) => {
      const config = { ...ground.config, mode: 'test' as const, origin, smtpUrl: taker.smtpUrl, dkim: null }
      const mailFrom = 'Noticeline <desk@noticeline.example>'
      const mail = createMail({ ...ground, config: { ...config, mailFrom, mailReturn: 'bounce@noticeline.example' } })
      for (const [index, { purpose, said }] of all.entries()) {
        const text = [said.text].flat().join('\n')
        await mail.send({
          id: `template-${index}`,
          to: 'abuse@tern.example',
          subject: said.subject,
          text,
          ...(purpose.startsWith('network') && { network: network.network }),
          about: { purpose, of: `tpl_${index}` },
        })
      }
      mail.close()
      expect(taker.letters).toHaveLength(all.length)
      const ids = new Set<string>()
      for (const [index, { data, from }] of taker.letters.entries()) {
        const { locale, purpose, letter, said } = all[index] as (typeof all)[number]
        const name = `${locale} ${purpose} ${letter}`
        const read = await PostalMime.parse(Buffer.from(data, 'latin1'))
        const header = (key: string) => read.headers.filter((one) => one.key === key).map(({ value }) => value)
        expect([name, header('auto-submitted')]).toEqual([name, ['auto-generated']])
        expect([name, header('content-type')]).toEqual([name, ['text/plain; charset=utf-8']])
        expect([name, header('date')]).toEqual([name, ['Sun, 22 Nov 2026 09:00:00 +0000']])
        expect(header('from')).toEqual([mailFrom])
        expect(header('to')).toEqual(['abuse@tern.example'])
        // It is no list: there is nothing to be unsubscribed from, and nothing that says what sent it.
        for (const none of ['list-unsubscribe', 'list-id', 'precedence', 'x-mailer', 'received'])
          expect([name, none, header(none)]).toEqual([name, none, []])
        expect(header('message-id')[0]).toMatch(/^<mal_[0-9a-z]{26}\.[0-9a-z]{16}@noticeline\.example>$/)
        expect(from).toMatch(/bounce\+mal_[0-9a-z]{26}\.[0-9a-z]{16}@noticeline\.example/)
        ids.add(header('message-id')[0] ?? '')
        expect([name, read.html, read.attachments.length]).toEqual([name, undefined, 0])
        expect([name, read.subject]).toEqual([name, said.subject])
        expect([name, /Zx7|ABCD|https?:|@|\/\d{1,2}\b/.test(said.subject)]).toEqual([name, false])
        expect(said.subject.length).toBeLessThanOrEqual(90)
        const text = read.text ?? ''
        const urls = text.match(/\bhttps?:\/\/\S+/g) ?? []
        expect([name, urls.filter((url) => new URL(url).origin !== origin)]).toEqual([name, []])
        expect([name, /203\.0\.113\.80|tern\.example|evil|1\.jpg|undefined|\[object|NaN/.test(text)]).toEqual([
          name,
          false,
        ])
      }
      expect(ids.size).toBe(all.length)
    }))

  test('says in Dutch what it says in English: as many letters, other words, the same links and numbers', () => {
    const [en, nl] = [templates('en'), templates('nl')]
    for (const purpose of Object.keys(en) as MailPurpose[]) {
      expect(Object.keys(nl[purpose])).toEqual(Object.keys(en[purpose]))
      for (const [letter, said] of Object.entries(en[purpose])) {
        const other = nl[purpose][letter] as Said
        const facts = (text: Said['text']) =>
          (
            [text]
              .flat()
              .join('\n')
              .match(/https?:\/\/[^\s"]+|ntc_\w+|[A-Z]{4}-\d{4}|\b\d{4}-\d{2}-\d{2}\b/g) ?? []
          ).sort()
        expect([purpose, letter, other.subject === said.subject]).toEqual([purpose, letter, false])
        expect([purpose, letter, facts(other.text)]).toEqual([purpose, letter, facts(said.text)])
      }
    }
  })
})
