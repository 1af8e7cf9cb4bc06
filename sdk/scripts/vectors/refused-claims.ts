/** What verification must refuse: whom, when and what a token claims. */
import { event, fromPortal, fromTern, issued, mudlark, reportToken, seconds, tern, token, without } from './cast.ts'
import { type Refused, toPortal, toReceiver } from './refused.ts'

const payload = fromPortal()
const withClaims = (changes: object) => token(fromPortal(undefined, changes))
const withText = (edit: (text: string) => string) => token(edit(JSON.stringify(payload)))

export const refusedClaims: Refused[] = [
  toReceiver('wrong iss', 'issuer_wrong', withClaims({ iss: 'https://portal.example.net' }), 'Another portal.'),
  toReceiver('iss missing', 'issuer_wrong', withClaims({ iss: undefined }), 'Nobody says so.'),
  toPortal(
    "iss of another provider than the key's",
    'issuer_wrong',
    reportToken(fromTern(undefined, { iss: mudlark })),
    'Tern signs what Mudlark is to have said.',
  ),
  toPortal(
    'report by the portal’s name',
    'issuer_wrong',
    reportToken(fromTern(undefined, { iss: 'https://portal.example' })),
    'A provider is not the portal.',
  ),
  toReceiver('wrong aud', 'audience_wrong', withClaims({ aud: mudlark }), 'A notice to somebody else, sent on.'),
  toReceiver('aud missing', 'audience_wrong', withClaims({ aud: undefined }), 'To nobody.'),
  toReceiver(
    'several audiences',
    'audience_not_single',
    withClaims({ aud: [tern, mudlark] }),
    'Each addressee gets its own token.',
  ),
  toReceiver('a list of one audience', 'audience_not_single', withClaims({ aud: [tern] }), 'One spelling.'),
  toPortal(
    'report for another portal',
    'audience_wrong',
    reportToken(fromTern(undefined, { aud: 'https://other.example' })),
    'Sent on.',
  ),
  toReceiver(
    'iat beyond tolerance',
    'issued_in_future',
    withClaims({ iat: seconds + 601 }),
    'One second more than 600.',
  ),
  toReceiver(
    'older than 45 days',
    'too_old',
    withClaims({ iat: seconds - 45 * 86_400 - 1 }),
    'One second more than 45 days.',
  ),
  toReceiver('iat missing', 'iat_malformed', withClaims({ iat: undefined }), 'Of no age.'),
  toReceiver('iat as text', 'iat_malformed', withClaims({ iat: String(seconds) }), 'Numbers are numbers.'),
  toReceiver('iat in milliseconds', 'issued_in_future', withClaims({ iat: seconds * 1000 }), 'Seconds.'),
  toReceiver(
    'iat with a fraction',
    'payload_malformed',
    withText((text) => text.replace(/"iat":(\d+)/, '"iat":$1.5')),
    'Whole seconds.',
  ),
  toReceiver(
    'iat with an exponent',
    'payload_malformed',
    withText((text) => text.replace(/"iat":\d+/, '"iat":1.7953e9')),
    'Written as an integer.',
  ),
  toReceiver(
    'jti missing',
    'jti_missing',
    withClaims({ jti: undefined }),
    'It could not be recognised when it comes again.',
  ),
  toReceiver('jti empty', 'jti_missing', withClaims({ jti: '' }), 'It could not be recognised when it comes again.'),
  toReceiver('jti that is a number', 'jti_missing', withClaims({ jti: 7 }), 'Text.'),
  toReceiver(
    'jti of 201 characters',
    'jti_missing',
    withClaims({ jti: 'j'.repeat(201) }),
    'It has to fit into stores.',
  ),
  toReceiver('no events', 'events_not_single', withClaims({ events: undefined }), 'It says nothing.'),
  toReceiver('events empty', 'events_not_single', token(fromPortal({})), 'It says nothing.'),
  toReceiver(
    'several events',
    'events_not_single',
    token(fromPortal({ [event('notice.issued')]: issued, [event('notice.closed')]: {} })),
    'One statement a token.',
  ),
  toReceiver(
    'event that is no object',
    'events_not_single',
    token(fromPortal({ [event('notice.issued')]: 'yes' })),
    'One statement a token.',
  ),
  toReceiver(
    'sub present',
    'claim_not_allowed',
    withClaims({ sub: 'org_tern' }),
    'A token with sub could be taken for an access token.',
  ),
  toReceiver('exp present', 'claim_not_allowed', withClaims({ exp: seconds + 60 }), 'Evidence does not expire.'),
  toReceiver('txn that is a number', 'claim_malformed', withClaims({ txn: 5 }), 'Text.'),
  toReceiver(
    'sub_id of another format',
    'claim_malformed',
    withClaims({ sub_id: { format: 'email', email: 'a@b.example' } }),
    'Opaque only.',
  ),
  toReceiver(
    'payload with a member twice',
    'payload_malformed',
    withText((text) => text.replace('{', `{"aud":"${mudlark}",`)),
    'Two readers would see two audiences.',
  ),
  toReceiver(
    'payload with a byte order mark',
    'payload_malformed',
    withText((text) => `\uFEFF${text}`),
    'Strict JSON.',
  ),
  toReceiver(
    'payload that is a list',
    'payload_malformed',
    token(JSON.stringify([without(payload, 'txn')])),
    'An object.',
  ),
  toReceiver(
    'payload with NUL in a text',
    'payload_malformed',
    withText((text) => text.replace('MK-', '\\u0000')),
    'Databases cannot keep it.',
  ),
]
