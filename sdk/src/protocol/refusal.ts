/** The `err` of RFC 8935, as the answer to a push or a report carries it. */
export type SetErr =
  | 'invalid_request'
  | 'invalid_key'
  | 'invalid_issuer'
  | 'invalid_audience'
  | 'authentication_failed'
  | 'access_denied'

/** Why a body, a token or a message was refused. It quotes nothing of what arrived, so it may be sent and logged. */
export interface TokenRefusal {
  err: SetErr
  /** Stable; new codes may be added, none changes its meaning. */
  code: RefusalCode
  /** One sentence for the person who has to repair it. */
  description: string
}

const table = {
  too_large: ['invalid_request', 'The body is larger than 256 KiB.'],
  media_type_not_supported: ['invalid_request', 'Send application/secevent+jwt, or application/json with "sets".'],
  push_body_malformed: [
    'invalid_request',
    'The JSON body must be {"sets":{"<jti>":"<token>"}} with exactly one entry.',
  ],
  not_sealed: ['invalid_request', 'A sealing key is registered: send the token inside an envelope made for it.'],
  envelope_malformed: ['invalid_request', 'An envelope is a compact JWE: five segments of base64url without padding.'],
  envelope_header_malformed: ['invalid_request', 'The header of the envelope is not a strict JSON object.'],
  envelope_header_not_allowed: ['invalid_request', 'The header of an envelope has exactly alg, enc, kid, cty and epk.'],
  envelope_alg_not_allowed: ['invalid_request', 'An envelope is made with alg ECDH-ES and nothing else.'],
  envelope_enc_not_allowed: ['invalid_request', 'An envelope is made with enc A256GCM and nothing else.'],
  envelope_cty_wrong: ['invalid_request', 'The cty of an envelope is JWT.'],
  envelope_epk_malformed: ['invalid_request', 'The epk of an envelope is a public key on P-256: kty, crv, x, y.'],
  envelope_kid_unknown: ['invalid_key', 'The envelope was made for a key that is not ours.'],
  envelope_not_opened: ['invalid_key', 'The envelope could not be opened with the key it names.'],
  nested: ['invalid_request', 'An envelope holds a token, never another envelope.'],
  not_a_token: [
    'invalid_request',
    'A token is a compact JWS: three segments of base64url without padding, ASCII only.',
  ],
  header_malformed: ['invalid_request', 'The header of the token is not a strict JSON object.'],
  header_not_allowed: ['invalid_request', 'The header of a token has exactly alg, kid and typ.'],
  alg_not_allowed: ['invalid_request', 'A token is signed with ES256 and nothing else.'],
  typ_wrong: ['invalid_request', 'The typ of a token is secevent+jwt.'],
  kid_malformed: ['invalid_request', 'A kid is an RFC 7638 thumbprint: 43 characters of base64url.'],
  key_unknown: ['invalid_key', 'The token names a key that is not published, not registered, or no longer valid.'],
  key_unusable: ['invalid_key', 'The key is not a P-256 key whose thumbprint is its kid.'],
  signature_invalid: ['invalid_key', 'The signature does not fit the token and the key it names.'],
  payload_malformed: ['invalid_request', 'The payload of the token is not a strict JSON object.'],
  issuer_wrong: ['invalid_issuer', 'The iss of the token is not the one this key speaks for.'],
  audience_wrong: ['invalid_audience', 'The aud of the token names somebody else.'],
  audience_not_single: ['invalid_audience', 'The aud of a token is one string, never a list.'],
  jti_missing: ['invalid_request', 'A token needs a jti of 1 to 200 printable ASCII characters.'],
  jti_mismatch: ['invalid_request', 'The entry of "sets" is named by another jti than its token has.'],
  iat_malformed: ['invalid_request', 'A token needs an iat: whole seconds since 1970, written as an integer.'],
  issued_in_future: ['invalid_request', 'The iat of the token lies in the future. Check both clocks.'],
  too_old: ['invalid_request', 'The token was issued too long ago.'],
  claim_malformed: [
    'invalid_request',
    'A txn is a string, a toe an integer, and a sub_id {"format":"opaque","id":"…"}.',
  ],
  claim_not_allowed: ['invalid_request', 'A token has no sub and no exp.'],
  events_not_single: [
    'invalid_request',
    'The events of a token are an object with exactly one member, whose value is an object.',
  ],
  version_unknown: ['invalid_request', 'This version of the event is not spoken here; the token was kept aside.'],
  message_malformed: ['invalid_request', 'The event does not have the documented shape.'],
  notice_mismatch: ['invalid_request', 'The notice in the event, the txn and the sub_id of the token differ.'],
} as const satisfies Record<string, readonly [SetErr, string]>

export type RefusalCode = keyof typeof table

export function refuse(code: RefusalCode, description?: string): TokenRefusal {
  const [err, sentence] = table[code]
  return { err, code, description: description ?? sentence }
}
