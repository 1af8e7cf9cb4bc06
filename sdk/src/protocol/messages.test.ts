import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fitsBody, readPushBody, writePushBody } from './body.ts'
import { durationMs, instant } from './fields.ts'
import { audienceOf, claimsOf, orgIdOf } from './issue.ts'
import { generateKey } from './keys.ts'
import { checkOutgoing } from './outgoing.ts'
import { itemOutcome, itemsReported } from './report.ts'
import { maxBodyBytes, seal, type VerifiedToken } from './token.ts'
import { inputErrors, readMessage } from './version.ts'
import { eventTypes, outcomeCodes, outcomeReasons } from './words.ts'

const now = new Date('2026-11-21T12:00:00.000Z')
const result = { item: 'itm_1', outcome: 'content_removed', at: now.toISOString(), by: 'auto' }
const report = { v: 1, notice: 'ntc_1', seq: 1, results: [result] }

/** As `verifyToken` hands it over. */
function heard(type: string, body: unknown, claims: object = {}): VerifiedToken {
  return {
    raw: 'a.b.c',
    header: { alg: 'ES256', kid: 'k', typ: 'secevent+jwt' },
    claims: { iss: 'i', aud: 'a', iat: 1, jti: 'j', events: { [type]: body }, ...claims },
    event: { type, body },
    setSha256: 'd',
  }
}

describe('reading', () => {
  test('a message comes with its type, and without members we do not know', () => {
    expect(readMessage(heard(eventTypes.reported, { ...report, mood: 'good' }))).toEqual({
      read: 'message',
      type: eventTypes.reported,
      message: report,
    })
  })

  test('a type from a later release is handed on unread, whatever its name', () => {
    for (const type of ['urn:noticeline:event:weather.changed', '__proto__', 'toString', 'constructor'])
      expect(readMessage(heard(type, { v: 7 }))).toEqual({ read: 'unknown', type, body: { v: 7 } })
  })

  test('a version from a later release is kept aside, even when its shape is unknown', () => {
    expect(readMessage(heard(eventTypes.reported, { v: 2, all: 'new' }))).toMatchObject({
      read: 'quarantine',
      v: 2,
      refusal: { err: 'invalid_request', code: 'version_unknown' },
    })
    for (const v of ['1', '2', null, 1.5, undefined])
      expect(readMessage(heard(eventTypes.reported, { ...report, v })), String(v)).toMatchObject({
        read: 'refused',
        refusal: { pointer: '/v' },
      })
  })

  test('the first error and all of them have pointers', () => {
    const results = [result, { ...result, at: 'now', by: 'me' }]
    const reading = readMessage(heard(eventTypes.reported, { ...report, results }))
    expect(reading).toMatchObject({
      read: 'refused',
      refusal: { err: 'invalid_request', code: 'message_malformed', pointer: '/results/1/at' },
      errors: [{ pointer: '/results/1/at' }, { pointer: '/results/1/by' }],
    })
  })

  test('event, txn and sub_id name one notice', () => {
    const said = (claims: object) => readMessage(heard(eventTypes.reported, report, claims)).read
    expect(said({ txn: 'ntc_1' })).toBe('message')
    expect(said({ txn: 'ntc_2' })).toBe('refused')
    expect(said({ sub_id: { format: 'opaque', id: 'ntc_2' } })).toBe('refused')
  })
})

describe('an outcome', () => {
  const errorsOf = (given: object) => {
    const parsed = itemOutcome.safeParse({ ...result, ...given })
    return parsed.success ? [] : inputErrors(parsed.error).map((error) => error.pointer)
  }

  test.each([
    ['already_unavailable', 'since', now.toISOString()],
    ['access_disabled', 'territory', ['NL', 'DE']],
    ['not_hosted_here', 'reason', 'ip_not_ours'],
    ['cannot_execute', 'reason', 'technical'],
    ['refused', 'reason', 'requires_court_order'],
    ['forwarded', 'downstream', 'org_saltmarsh'],
    ['duplicate', 'of', 'itm_2'],
  ])('%s needs %s', (outcome, member, value) => {
    expect(errorsOf({ outcome })).toEqual([`/${member}`])
    expect(errorsOf({ outcome, [member]: value })).toEqual([])
  })

  test('a reason belongs to its outcome', () => {
    for (const outcome of Object.keys(outcomeReasons))
      for (const [other, foreign] of Object.entries(outcomeReasons))
        for (const reason of foreign)
          expect(errorsOf({ outcome, reason }), `${outcome} ${reason}`).toEqual(outcome === other ? [] : ['/reason'])
    expect(Object.keys(outcomeReasons).every((code) => (outcomeCodes as readonly string[]).includes(code))).toBe(true)
  })

  test('a territory is worldwide, the EU, or countries; never a mixture', () => {
    const territory = (given: unknown) => errorsOf({ outcome: 'access_disabled', territory: given })
    for (const right of [['worldwide'], ['eu'], ['NL'], ['NL', 'BE']]) expect(territory(right)).toEqual([])
    for (const wrong of [
      ['worldwide', 'NL'],
      ['NL', 'eu'],
    ])
      expect(territory(wrong)).toEqual(['/territory'])
    expect(territory([])).toEqual(['/territory'])
    expect(territory(['nl'])).toEqual(['/territory/0'])
    expect(territory('eu')).toEqual(['/territory'])
  })

  test('also is one code or several, and is read as a list', () => {
    expect(itemOutcome.parse({ ...result, also: 'service_suspended' }).also).toEqual(['service_suspended'])
    expect(itemOutcome.parse({ ...result, also: ['account_terminated'] }).also).toEqual(['account_terminated'])
    expect(errorsOf({ outcome: 'account_terminated' })).toEqual(['/outcome'])
  })

  test('an error quotes nothing that was sent', () => {
    const secret = 'https://cust42.tern.example/g/7f3a.jpg'
    const given = Object.fromEntries(Object.keys(itemOutcome.shape).map((name) => [name, secret]))
    const parsed = itemsReported.safeParse({ ...report, notice: secret, results: [given, secret] })
    expect(JSON.stringify(inputErrors(parsed.error as never))).not.toMatch(/tern|7f3a/)
  })
})

describe('sending', () => {
  test('the documented shape passes, one member more does not, wherever it stands', () => {
    expect(checkOutgoing(eventTypes.reported, report)).toEqual({ ok: true })
    expect(checkOutgoing(eventTypes.reported, { ...report, mood: 1 })).toMatchObject({
      errors: [{ pointer: '/mood', code: 'undocumented' }],
    })
    const results = [result, { ...result, also: 'service_suspended', preserved: null, 'a/b~': true }]
    expect(checkOutgoing(eventTypes.reported, { ...report, results })).toMatchObject({
      ok: false,
      errors: [{ pointer: '/results/1/preserved' }],
    })
    const kept = { sha256: 'a'.repeat(64), until: now.toISOString(), where: 'vault' }
    expect(
      checkOutgoing(eventTypes.reported, { ...report, results: [{ ...result, preserved: kept, 'a/b~': true }] }),
    ).toMatchObject({ errors: [{ pointer: '/results/0/preserved/where' }, { pointer: '/results/0/a~1b~0' }] })
  })

  test('a member that is undefined does not travel, so it is no fault', () => {
    expect(checkOutgoing(eventTypes.reported, { ...report, mood: undefined })).toEqual({ ok: true })
  })

  test('claims say what they were given and nothing else', () => {
    const aud = audienceOf('org_tern')
    expect(orgIdOf(aud)).toBe('org_tern')
    expect(orgIdOf('https://portal.example')).toBeNull()
    const plain = claimsOf({ iss: 'i', aud, type: eventTypes.verification, body: {}, now })
    expect(Object.keys(plain)).toEqual(['iss', 'aud', 'iat', 'jti', 'events'])
    expect(claimsOf({ iss: 'i', aud, type: eventTypes.reported, body: report, now, notice: 'ntc_1' })).toMatchObject({
      iat: now.getTime() / 1000,
      txn: 'ntc_1',
      sub_id: { format: 'opaque', id: 'ntc_1' },
    })
  })
})

describe('bodies', () => {
  test('the JSON form is read as it was written', () =>
    fc.assert(
      fc.property(fc.stringMatching(/^[\x21-\x7e]{1,50}$/), fc.base64String(), (jti, body) => {
        fc.pre(jti !== '__proto__')
        expect(readPushBody('application/json; charset=utf-8', writePushBody(jti, body))).toEqual({
          read: true,
          jti,
          body,
        })
      }),
    ))

  test('a body is counted in bytes', () => {
    const type = 'application/secevent+jwt'
    expect(readPushBody(type, 'a'.repeat(maxBodyBytes)).read).toBe(true)
    expect(readPushBody(type, 'a'.repeat(maxBodyBytes + 1))).toMatchObject({ refusal: { code: 'too_large' } })
    expect(readPushBody(type, 'é'.repeat(maxBodyBytes / 2 + 1))).toMatchObject({ refusal: { code: 'too_large' } })
  })

  test('what fits, fits in every form: sealed and inside JSON', async () => {
    const sealing = await generateKey('enc')
    let length = maxBodyBytes
    while (!fitsBody('a'.repeat(length))) length -= 1
    expect(length).toBeGreaterThan(190_000)
    const sealed = await seal(`${'a'.repeat(length - 4)}.b.c`, sealing)
    expect(readPushBody('application/json', writePushBody('j'.repeat(200), sealed)).read).toBe(true)
  })

  test('without a media type nothing is guessed', () => {
    for (const none of [null, undefined, '', 'application/jose'])
      expect(readPushBody(none, 'a.b.c')).toMatchObject({ refusal: { code: 'media_type_not_supported' } })
  })
})

test('an instant is UTC with milliseconds, on a day that exists', () => {
  expect(instant.safeParse('2028-02-29T23:59:59.999Z').success).toBe(true)
  for (const wrong of [
    '2026-02-29T00:00:00.000Z',
    '2026-11-21T12:00:00Z',
    '2026-11-21T12:00:00.000+00:00',
    '2026-11-21',
  ])
    expect(instant.safeParse(wrong).success, wrong).toBe(false)
})

test.each([
  ['PT24H', 86_400_000],
  ['P7D', 604_800_000],
  ['PT1M', 60_000],
  ['P1DT1H1M1S', 90_061_000],
])('%s lasts %i ms', (text, ms) => {
  expect(durationMs(text)).toBe(ms)
})
