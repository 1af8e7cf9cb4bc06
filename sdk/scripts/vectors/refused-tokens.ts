/** What verification must refuse, line by line: header, key, signature, bytes. */
import { fromPortal, fromTern, keys, plainReceiver, push, reportToken, token } from './cast.ts'
import {
  altered,
  base64url,
  derEncoded,
  ed25519,
  es256,
  forge,
  hs256,
  publicPart,
  rs256,
  tokenHeader,
  withStrayBits,
} from './forge.ts'
import { type Refused, toPortal, toReceiver } from './refused.ts'

const right = tokenHeader(keys.portal)
const key = keys.portal
const payload = fromPortal()

const withHeader = (changes: object, signature?: (input: string) => Uint8Array) =>
  forge({ header: { ...right, ...changes }, payload, key, ...(signature ? { signature } : {}) })
const withRawHeader = (header: string) => forge({ header, payload, key })

const publicKeyAsSecret = JSON.stringify(publicPart(keys.portal, 'sig'))

const headers: Refused[] = [
  toReceiver(
    'typ missing',
    'typ_wrong',
    withHeader({ typ: undefined }),
    'Another kind of JWT could be taken for a notice.',
  ),
  toReceiver('typ JWT', 'typ_wrong', withHeader({ typ: 'JWT' }), 'An access token is no notice.'),
  toPortal(
    'typ with its full media type',
    'typ_wrong',
    forge({
      header: { ...tokenHeader(keys.tern), typ: 'application/secevent+jwt' },
      payload: fromTern(),
      key: keys.tern,
    }),
    'One spelling, compared exactly.',
  ),
  toReceiver('alg none', 'alg_not_allowed', withHeader({ alg: 'none' }), 'A signature that nobody would check.'),
  toReceiver(
    'alg none, signature left out',
    'not_a_token',
    `${withHeader({ alg: 'none' }).split('.').slice(0, 2).join('.')}.`,
    'The classic form of it: the last segment is empty.',
  ),
  toReceiver(
    'alg HS256 with the public key as secret',
    'alg_not_allowed',
    withHeader({ alg: 'HS256' }, hs256(publicKeyAsSecret)),
    'Everybody knows the public key.',
  ),
  toReceiver('alg RS256', 'alg_not_allowed', withHeader({ alg: 'RS256' }, rs256()), 'One algorithm, not a family.'),
  toReceiver(
    'alg EdDSA',
    'alg_not_allowed',
    withHeader({ alg: 'EdDSA' }, ed25519()),
    'Stock libraries of hosting panels lack it.',
  ),
  toReceiver('alg ES384', 'alg_not_allowed', withHeader({ alg: 'ES384' }), 'Another curve than the key has.'),
  toReceiver(
    'alg in small letters',
    'alg_not_allowed',
    withHeader({ alg: 'es256' }),
    'Names of algorithms have a case.',
  ),
  toReceiver(
    'embedded jwk',
    'header_not_allowed',
    forge({
      header: { ...right, jwk: publicPart(keys.stranger, 'sig') },
      payload,
      key: keys.stranger,
    }),
    'A token that brings its own key is signed by anybody.',
  ),
  toReceiver(
    'jku',
    'header_not_allowed',
    withHeader({ jku: 'https://keys.example/jwks.json' }),
    'Keys come from where we look.',
  ),
  toReceiver(
    'x5u',
    'header_not_allowed',
    withHeader({ x5u: 'https://keys.example/chain.pem' }),
    'Keys come from where we look.',
  ),
  toReceiver('x5c', 'header_not_allowed', withHeader({ x5c: ['MIIB'] }), 'Keys come from where we look.'),
  toReceiver('crit', 'header_not_allowed', withHeader({ crit: ['exp'] }), 'There is no extension to understand.'),
  toReceiver(
    'crit with b64',
    'header_not_allowed',
    withHeader({ crit: ['b64'], b64: false }),
    'The payload is always base64url.',
  ),
  toReceiver('one header member more', 'header_not_allowed', withHeader({ cty: 'json' }), 'Exactly alg, kid and typ.'),
  toReceiver('kid missing', 'kid_malformed', withHeader({ kid: undefined }), 'No trying of all keys.'),
  toReceiver('kid of 42 characters', 'kid_malformed', withHeader({ kid: key.kid.slice(1) }), 'A thumbprint has 43.'),
  toReceiver(
    'kid that is a path',
    'kid_malformed',
    withHeader({ kid: '../../keys/1' }),
    'A kid may end up in a file name.',
  ),
  toReceiver(
    'kid with stray bits',
    'kid_malformed',
    withHeader({ kid: withStrayBits(key.kid) }),
    'Two spellings of one digest.',
  ),
  toReceiver(
    'header with a member twice',
    'header_malformed',
    withRawHeader(`{"alg":"none","alg":"ES256","kid":"${key.kid}","typ":"secevent+jwt"}`),
    'Two readers would see two headers.',
  ),
  toReceiver('header that is a list', 'header_malformed', withRawHeader('["ES256"]'), 'A header is an object.'),
]

const keysAndSignatures: Refused[] = [
  toReceiver('unknown kid', 'key_unknown', token(payload, keys.stranger), 'At most one fetch in 30 seconds, then no.'),
  toReceiver(
    'key no longer published',
    'key_unknown',
    token(payload, keys.portal_retired),
    'With the key endpoint up, what it no longer names is gone.',
    {
      ...plainReceiver,
      jwks: { keys: [publicPart(keys.portal, 'sig')] },
    },
  ),
  toReceiver(
    'published key that lies about its kid',
    'key_unknown',
    token(payload, keys.stranger),
    'Thumbprints are computed, never believed.',
    {
      ...plainReceiver,
      jwks: { keys: [{ ...publicPart(keys.portal, 'sig'), kid: keys.stranger.kid }] },
    },
  ),
  toReceiver('published key that is for sealing', 'key_unknown', token(), 'A key has one use.', {
    ...plainReceiver,
    jwks: { keys: [publicPart(keys.portal, 'enc')] },
  }),
  toPortal(
    'report signed by a key nobody registered',
    'key_unknown',
    reportToken(fromTern(), keys.stranger),
    'A forged report.',
  ),
  toReceiver(
    "signed by another key under the portal's kid",
    'signature_invalid',
    forge({ payload, header: right, key, signature: es256(keys.stranger) }),
    'A forged notice.',
  ),
  toReceiver(
    'signature in DER',
    'signature_invalid',
    forge({ payload, key, signature: derEncoded(key) }),
    'JWS wants r and s, 64 bytes.',
  ),
  toReceiver(
    'signature of zeros',
    'signature_invalid',
    forge({ payload, key, signature: () => new Uint8Array(64) }),
    'CVE-2022-21449.',
  ),
  toReceiver('altered byte in the payload', 'signature_invalid', altered(token(), 1, 40), 'Any byte, anywhere.'),
  toReceiver('altered byte in the signature', 'signature_invalid', altered(token(), 2, 10), 'Any byte, anywhere.'),
  toReceiver(
    'signature cut short',
    'signature_invalid',
    forge({ payload, key, signature: (input) => es256(key)(input).subarray(0, 60) }),
    'Lost on the way.',
  ),
  toReceiver(
    'white space put into the header afterwards',
    'signature_invalid',
    [base64url(`${JSON.stringify(right)} `), ...token().split('.').slice(1)].join('.'),
    'It reads the same and is not what was signed.',
  ),
]

const bytes: Refused[] = [
  toReceiver('padding', 'not_a_token', `${token()}==`, 'base64url without padding.'),
  toReceiver(
    'stray bits in the last character',
    'not_a_token',
    withStrayBits(token()),
    'It decodes to the same bytes and has another digest: a second token from one signature.',
  ),
  toReceiver(
    'line feed at the end',
    'not_a_token',
    `${token()}\n`,
    'The token is what was signed and nothing around it.',
  ),
  toReceiver('the other base64 alphabet', 'not_a_token', token().replace(/.$/, '+'), 'base64url has - and _.'),
  toReceiver('a letter beyond ASCII', 'not_a_token', token().replace('.', '.é'), 'A token is ASCII.'),
  toReceiver('empty body', 'not_a_token', '', 'Nothing is not a notice.'),
  toReceiver('two segments', 'not_a_token', token().split('.').slice(0, 2).join('.'), 'There is no signature.'),
  toReceiver(
    'JSON serialisation of JWS',
    'not_a_token',
    JSON.stringify({ payload: token().split('.')[1], signatures: [] }),
    'Compact form only.',
  ),
  {
    ...toReceiver('oversized body', 'too_large', token(), 'Counted while reading, before anything else.'),
    sent: { ...push(token()), padding: 262_145 },
  },
]

export const refusedTokens: Refused[] = [...headers, ...keysAndSignatures, ...bytes]
