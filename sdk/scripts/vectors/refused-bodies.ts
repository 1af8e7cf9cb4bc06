/** What verification must refuse: every rule about envelopes, the JSON form of a push, and the shape of messages. */
import {
  event,
  fromPortal,
  fromTern,
  issued,
  keys,
  notice,
  pushJson,
  reported,
  reportToken,
  result,
  sealedReceiver,
  token,
} from './cast.ts'
import { altered, type EnvelopeForgery, envelope } from './forge.ts'
import { type Refused, toPortal, toReceiver } from './refused.ts'

const { jti } = fromPortal()

function enveloped(name: string, code: Refused['code'], why: string, changes: Partial<EnvelopeForgery> = {}): Refused {
  const body = envelope({ content: token(), to: keys.receiver_sealing, ...changes })
  return toReceiver(name, code, body, why, sealedReceiver)
}

const right = () => envelope({ content: token(), to: keys.receiver_sealing })
const sealed = (name: string, code: Refused['code'], why: string, body: string) =>
  toReceiver(name, code, body, why, sealedReceiver)

const envelopes: Refused[] = [
  sealed('plain token where a sealing key is registered', 'not_sealed', 'Relays were not to see it.', token()),
  toReceiver('envelope where no sealing key is registered', 'envelope_kid_unknown', right(), 'It cannot be opened.'),
  enveloped('envelope with zip', 'envelope_header_not_allowed', 'A small body could become a huge one.', {
    header: { zip: 'DEF' },
  }),
  enveloped('envelope with crit', 'envelope_header_not_allowed', 'There is no extension to understand.', {
    header: { crit: ['exp'] },
  }),
  enveloped('envelope with apu', 'envelope_header_not_allowed', 'No second way to derive the key.', {
    header: { apu: 'QWxpY2U' },
  }),
  enveloped('envelope with apv', 'envelope_header_not_allowed', 'No second way to derive the key.', {
    header: { apv: 'Qm9i' },
  }),
  enveloped('envelope with one header member more', 'envelope_header_not_allowed', 'Exactly alg, enc, kid, cty, epk.', {
    header: { typ: 'JWE' },
  }),
  enveloped('envelope with a jwk', 'envelope_header_not_allowed', 'Exactly alg, enc, kid, cty, epk.', {
    header: { jwk: { kty: 'EC' } },
  }),
  enveloped('envelope in an envelope', 'nested', 'One layer.', { content: right() }),
  enveloped('envelope for a foreign kid', 'envelope_kid_unknown', 'Made for somebody else.', { to: keys.stranger }),
  enveloped('envelope for a foreign key under our kid', 'envelope_not_opened', 'The kid lies.', {
    to: { ...keys.stranger, kid: keys.receiver_sealing.kid },
  }),
  enveloped('envelope without kid', 'envelope_kid_unknown', 'No trying of all keys.', { header: { kid: undefined } }),
  enveloped('envelope with alg ECDH-ES+A256KW', 'envelope_alg_not_allowed', 'One algorithm.', {
    header: { alg: 'ECDH-ES+A256KW' },
  }),
  enveloped('envelope with alg dir', 'envelope_alg_not_allowed', 'One algorithm.', { header: { alg: 'dir' } }),
  enveloped('envelope with enc A128GCM', 'envelope_enc_not_allowed', 'One algorithm.', { enc: 'A128GCM' }),
  enveloped('envelope without cty', 'envelope_cty_wrong', 'It has to say that it holds a token.', {
    header: { cty: undefined },
  }),
  enveloped('envelope with another cty', 'envelope_cty_wrong', 'It holds a token and nothing else.', {
    header: { cty: 'json' },
  }),
  enveloped('envelope without epk', 'envelope_epk_malformed', 'There is no key to agree on.', {
    header: { epk: undefined },
  }),
  enveloped('envelope with a private part in epk', 'envelope_epk_malformed', 'Exactly kty, crv, x, y.', {
    header: { epk: { kty: 'EC', crv: 'P-256', x: keys.stranger.x, y: keys.stranger.y, d: keys.stranger.d } },
  }),
  enveloped('envelope with epk beside the curve', 'envelope_not_opened', 'Invalid-curve attack on the sealing key.', {
    header: { epk: { kty: 'EC', crv: 'P-256', x: keys.stranger.x, y: keys.stranger.x } },
  }),
  enveloped('envelope with epk on another curve', 'envelope_epk_malformed', 'P-256.', {
    header: { epk: { kty: 'EC', crv: 'P-384', x: keys.stranger.x, y: keys.stranger.y } },
  }),
  sealed('envelope with an altered byte', 'envelope_not_opened', 'Any byte, anywhere.', altered(right(), 3, 100)),
  sealed('envelope with an altered tag', 'envelope_not_opened', 'Any byte, anywhere.', altered(right(), 4, 3)),
  sealed(
    'envelope with a shortened tag',
    'envelope_malformed',
    'Four bytes of a tag are guessed.',
    right().replace(/\.[^.]+$/, '.AAAAAA'),
  ),
  sealed(
    'envelope with a wrapped key',
    'envelope_malformed',
    'Direct agreement has none.',
    right().replace('..', '.AAAA.'),
  ),
  enveloped('envelope that holds no token', 'not_a_token', 'What is inside is checked like a plain token.', {
    content: 'a.b',
  }),
  enveloped('envelope that holds a forged token', 'signature_invalid', 'Anybody can seal; that proves nothing.', {
    content: altered(token(), 1, 50),
  }),
]

const forms: Refused[] = [
  toReceiver('JSON form with two entries', 'push_body_malformed', pushJson({ a: token(), b: token() }), 'Exactly one.'),
  toReceiver('JSON form without entry', 'push_body_malformed', pushJson({}), 'Exactly one.'),
  toReceiver(
    'JSON form without sets',
    'push_body_malformed',
    pushJson(JSON.stringify({ token: token() })),
    'Exactly one.',
  ),
  toReceiver(
    'JSON form with an entry twice',
    'push_body_malformed',
    pushJson(`{"sets":{"${jti}":"x","${jti}":"${token()}"}}`),
    'Two readers would see two tokens.',
  ),
  toReceiver('JSON form named by another jti', 'jti_mismatch', pushJson({ evt_other: token() }), 'They have to agree.'),
  toReceiver(
    'another media type',
    'media_type_not_supported',
    { media_type: 'text/plain', body: token() },
    'Nothing is guessed.',
  ),
  toPortal(
    'a report as a form post',
    'media_type_not_supported',
    { media_type: 'application/x-www-form-urlencoded', body: reportToken() },
    'Nothing is guessed.',
  ),
]

const issuedWith = (changes: object) => token(fromPortal({ [event('notice.issued')]: { ...issued, ...changes } }))
const reportedWith = (changes: object) =>
  reportToken(fromTern({ [event('items.reported')]: { ...reported, results: [{ ...result, ...changes }] } }))

const messages: Refused[] = [
  toReceiver('a version nobody speaks yet', 'version_unknown', issuedWith({ v: 2 }), 'Kept aside, and a person told.'),
  toReceiver('v missing', 'message_malformed', issuedWith({ v: undefined }), 'Of no version.'),
  toReceiver(
    'notice in the event is not the txn',
    'notice_mismatch',
    issuedWith({ notice: 'ntc_other' }),
    'Which of them?',
  ),
  toReceiver('no items', 'message_malformed', issuedWith({ items: [] }), 'There is nothing to do.'),
  toReceiver(
    '101 items',
    'message_malformed',
    issuedWith({ items: Array.from({ length: 101 }, () => issued.items[0]) }),
    'At most 100.',
  ),
  toReceiver(
    'an unknown regime',
    'message_malformed',
    issuedWith({ regime: 'house_rules' }),
    'A handler could not decide.',
  ),
  toReceiver(
    'an address that is no http address',
    'message_malformed',
    issuedWith({ items: [{ ...issued.items[0], url: 'file:///etc/passwd' }] }),
    'Handlers map it to files.',
  ),
  toPortal('an unknown outcome', 'message_malformed', reportedWith({ outcome: 'done' }), 'Not a code.'),
  toPortal('refused without reason', 'message_malformed', reportedWith({ outcome: 'refused' }), 'reason is required.'),
  toPortal(
    'refused with the reason of another outcome',
    'message_malformed',
    reportedWith({ outcome: 'refused', reason: 'customer_left' }),
    'Reasons belong to outcomes.',
  ),
  toPortal(
    'access disabled without territory',
    'message_malformed',
    reportedWith({ outcome: 'access_disabled' }),
    'Where, is the point of it.',
  ),
  toPortal('a result without at', 'message_malformed', reportedWith({ at: undefined }), 'When, is the point of it.'),
  toPortal(
    'an instant with an offset',
    'message_malformed',
    reportedWith({ at: '2026-11-21T12:58:00.000+01:00' }),
    'Instants are UTC.',
  ),
  toPortal(
    'a day that does not exist',
    'message_malformed',
    reportedWith({ at: '2026-02-30T12:00:00.000Z' }),
    'Strict.',
  ),
  toPortal(
    'a report about another notice than its txn',
    'notice_mismatch',
    reportToken(fromTern({ [event('items.reported')]: { ...reported, notice: `${notice}x` } })),
    'Which of them?',
  ),
]

export const refusedBodies: Refused[] = [...envelopes, ...forms, ...messages]
