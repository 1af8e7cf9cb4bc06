import { describe, expect, test } from 'vitest'
import type { NoticeIssued } from '../protocol.ts'
import type { Outcome } from '../receiver/outcomes.ts'
import { type GivenNotice, noticeOf } from '../testing/statements.ts'
import { removed } from '../testing/with-receiver.ts'
import { customerStatement, type StatementOptions } from './statement.ts'
import type { Language } from './statement-words.ts'

const provider = { name: 'Tern Hosting', contact: 'abuse@tern.example' }
const platform = { ...provider, complaints: 'complaints@tern.example', outOfCourt: 'Heron Settlement' }
const one = { id: 'itm_1', url: 'https://cust42.tern.example/g/1.jpg' }
const two = { id: 'itm_2', url: 'https://cust43.tern.example/g/2.jpg' }

function said(language: Language, given: Partial<GivenNotice>, options: Partial<StatementOptions> = {}) {
  const notice: NoticeIssued = noticeOf(
    { regime: 'dsa_notice', items: [one, two], ...given },
    'https://portal.example/v1/reports',
  )
  const at = new Date('2026-11-21T09:00:00.000Z')
  return customerStatement({ notice, caseId: 'ntc_a', receivedAt: at, now: () => at }, language, {
    provider,
    ...options,
  })
}

function text(...given: Parameters<typeof said>): string {
  const statement = said(...given)
  if (statement.result === 'none') throw new Error(statement.why)
  return statement.text
}

const disabled: Outcome = { ...removed('itm_1'), outcome: 'access_disabled', territory: ['NL', 'BE'], by: 'human' }

describe('the statement of reasons says what DSA art. 17(3) asks for', () => {
  test('in English', () => {
    const whole = text(
      'en',
      { grounds: { legal_basis: ['Act on X, section 2'] } },
      { provider: platform, outcomes: [disabled] },
    )
    expect(whole).toMatchInlineSnapshot(`
      "Statement of reasons (Regulation (EU) 2022/2065, Article 17)
      This is text for a person to read, not a machine-readable report. It contains no links.
      From: Tern Hosting, abuse@tern.example
      Case: ntc_a. Date: 2026-11-21 (UTC).

      1. What was decided
      - hxxps://cust42.tern.example/g/1.jpg: this file, access disabled in these countries: NL, BE.
      Duration: until further notice.

      2. Facts and circumstances
      On 2026-11-21 we received a notice from a third party (Regulation (EU) 2022/2065, Article 16) about the information named above.
      We did not act on our own initiative.

      3. Automated means
      A person took the decision.
      We did not use automated means to find or identify the information; it was reported to us.

      4. Ground
      The information is held to be illegal content. Legal ground: Act on X, section 2.
      According to what we received, the information falls under that ground at the address named above.

      5. What you can do
      - You can complain to us, electronically and free of charge, within six months (Regulation (EU) 2022/2065, Article 20): complaints@tern.example. A person looks at complaints.
      - You can turn to a certified body for out-of-court dispute settlement (Regulation (EU) 2022/2065, Article 21), for example Heron Settlement.
      - You can go to court at any time.
      "
    `)
  })

  test('in Dutch', () => {
    const whole = text(
      'nl',
      { grounds: { legal_basis: ['Wet X, artikel 2'] } },
      { provider: platform, outcomes: [disabled] },
    )
    expect(whole).toMatchInlineSnapshot(`
      "Motivering (Verordening (EU) 2022/2065, artikel 17)
      Dit is tekst om door een mens te worden gelezen, geen machineleesbare melding. Er staan geen links in.
      Van: Tern Hosting, abuse@tern.example
      Zaak: ntc_a. Datum: 2026-11-21 (UTC).

      1. Wat is besloten
      - hxxps://cust42.tern.example/g/1.jpg: dit bestand, ontoegankelijk gemaakt in deze landen: NL, BE.
      Duur: tot nader bericht.

      2. Feiten en omstandigheden
      Op 2026-11-21 ontvingen wij een melding van een derde (Verordening (EU) 2022/2065, artikel 16) over de hierboven genoemde informatie.
      Wij handelden niet op eigen initiatief.

      3. Geautomatiseerde middelen
      Een mens heeft het besluit genomen.
      Wij hebben de informatie niet met geautomatiseerde middelen opgespoord of herkend; zij is bij ons gemeld.

      4. Grond
      De informatie wordt als illegale inhoud beschouwd. Rechtsgrond: Wet X, artikel 2.
      Volgens wat wij ontvingen valt de informatie op het hierboven genoemde adres onder die grond.

      5. Wat u kunt doen
      - U kunt bij ons een klacht indienen, elektronisch en kosteloos, binnen zes maanden (Verordening (EU) 2022/2065, artikel 20): complaints@tern.example. Een mens behandelt klachten.
      - U kunt zich wenden tot een gecertificeerd orgaan voor buitengerechtelijke geschillenbeslechting (Verordening (EU) 2022/2065, artikel 21), bijvoorbeeld Heron Settlement.
      - U kunt altijd naar de rechter gaan.
      "
    `)
  })

  test('who decided, where and until when, and the terms, as they are given', () => {
    const auto = { ...removed('itm_1'), also: 'account_terminated' } as const
    const worldwide: Outcome = { ...disabled, territory: ['worldwide'] }
    expect(text('en', {}, { outcomes: [auto] })).toMatch(/automated means: it came from a source.*\n.*did not use/)
    expect(text('en', {}, { outcomes: [auto] })).toContain('your account was terminated as well')
    expect(text('en', {}, { outcomes: [auto], decidedBy: 'human' })).toContain('A person took the decision.')
    expect(text('en', {}, { outcomes: [worldwide] })).toContain('access disabled everywhere')
    expect(text('en', {}, { until: new Date('2026-12-01T00:00:00.000Z') })).toContain('until 2026-12-01')
    expect(text('nl', {}, { provider: { ...provider, terms: 'artikel 7' } })).toContain(
      'in strijd met onze voorwaarden: artikel 7',
    )
    expect(text('nl', {})).toContain('verwijderd of ontoegankelijk gemaakt, overal')
  })

  test('arts. 20 and 21, which bind online platforms, stand in those of platforms only', () => {
    for (const language of ['en', 'nl'] as const) {
      expect(text(language, {})).not.toMatch(/(Article|artikel) 2[01]\b/)
      expect(text(language, {})).toContain('abuse@tern.example')
      expect(text(language, {}, { provider: platform })).toMatch(/(Article|artikel) 20\).*complaints@tern.example/)
      expect(text(language, {}, { provider: platform })).toMatch(/(Article|artikel) 21\).*Heron Settlement/)
    }
  })

  test('an order is named as one, with its authority and the way against it', () => {
    const notifier = { id: 'org_a', kind: 'authority', name: 'Autoriteit', country: 'NL' } as const
    const order = { regime: 'tco_removal_order', category: 'terrorist_content', notifier, binding: true } as const
    expect(text('en', order)).toMatch(/removal order from Autoriteit[\s\S]*2021\/784, Article 10[\s\S]*Article 9\)/)
    expect(text('nl', order)).toMatch(/verwijderingsbevel van Autoriteit[\s\S]*2021\/784, artikel 10/)
    expect(text('nl', { ...order, regime: 'csam_order' })).toMatch(/een aanwijzing[\s\S]*bezwaar of beroep/)
    expect(text('en', { ...order, regime: 'dsa_order' })).toMatch(/Article 9\(5\)[\s\S]*challenge the order/)
  })
})

test('it names the customer’s own item, defanged, and no other address, nobody who reported, nothing kept for the provider', () => {
  for (const language of ['en', 'nl'] as const) {
    const whole = text(
      language,
      {
        notifier: { id: 'org_a', kind: 'hotline', name: 'Stichting Baken', phone: '+31 20 000 0000' },
        for_provider_only: 'only for you',
        may_be_forwarded: `Seen at ${one.url} and\nat ${two.url}, see https://third.example/x`,
        grounds: { reasons: 'the notifier’s own reasons', good_faith: true },
        reference: 'MK-1',
      },
      { outcomes: [removed('itm_1')] },
    )
    expect(whole).toContain('hxxps://cust42.tern.example/g/1.jpg')
    expect(whole).not.toMatch(
      /https?:\/\/|cust43|third\.example|Baken|\+31|only for you|own reasons|MK-1|csam|sexual|seksue/,
    )
  }
})

test('none may be sent where the notice forbids it, for as long as it does, and the reason is typed', () => {
  const forbidden = (until?: string) => ({ disclosure: { allowed: false, basis: 'art. 3', ...(until && { until }) } })
  const later = '2026-12-01T00:00:00.000Z'
  expect(said('en', forbidden())).toEqual({ result: 'none', why: 'not_allowed', until: null })
  expect(said('nl', forbidden(later))).toEqual({ result: 'none', why: 'not_allowed', until: later })
  expect(said('en', { ...forbidden(later), regime: 'tco_removal_order' })).toMatchObject({ why: 'non_disclosure' })
  expect(said('en', forbidden('2026-11-20T00:00:00.000Z'))).toMatchObject({ result: 'statement' })
  expect(said('en', { regime: 'test' })).toMatchObject({ why: 'test' })
  const refused: Outcome = { ...removed('itm_1'), outcome: 'refused', reason: 'disputes_illegality' }
  expect(said('en', {}, { outcomes: [refused] })).toMatchObject({ why: 'nothing_restricted' })
  expect(said('en', {}, { outcomes: [removed('itm_1')], items: ['itm_2'] })).toMatchObject({
    why: 'nothing_restricted',
  })
  expect(said('en', {}, { items: ['itm_9'] })).toMatchObject({ why: 'notice_unknown' })
  const at = new Date()
  const bare = { notice: null, caseId: 'ntc_a', receivedAt: at, now: () => at }
  expect(customerStatement(bare, 'en', { provider })).toMatchObject({ why: 'notice_unknown' })
})
