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

/** A sentence alone stands for `invalid_request`. */
const table = {
  too_large: 'The body is larger than 256 KiB.',
  media_type_not_supported: 'Send application/secevent+jwt, or application/json with "sets".',
  push_body_malformed: 'The JSON is {"sets":{"<jti>":"<token>"}} with exactly one entry.',
  not_sealed: 'A sealing key is registered: send the token in an envelope.',
  envelope_malformed: 'An envelope is a compact JWE: five segments of base64url.',
  envelope_header_malformed: 'The header of the envelope is not a strict JSON object.',
  envelope_header_not_allowed: 'The header of the envelope has exactly alg, enc, kid, cty and epk.',
  envelope_alg_not_allowed: 'The alg of the envelope is not ECDH-ES.',
  envelope_enc_not_allowed: 'The enc of the envelope is not A256GCM.',
  envelope_cty_wrong: 'The cty of the envelope is not JWT.',
  envelope_epk_malformed: 'The epk of the envelope is not a public P-256 key.',
  envelope_kid_unknown: ['invalid_key', 'The kid of the envelope is not one of ours.'],
  envelope_not_opened: ['invalid_key', 'The envelope does not open with the key it names.'],
  nested: 'The envelope holds another envelope.',
  not_a_token: 'A token is a compact JWS: three segments of base64url.',
  header_malformed: 'The header of the token is not a strict JSON object.',
  header_not_allowed: 'The header of the token has exactly alg, kid and typ.',
  alg_not_allowed: 'The alg of the token is not ES256.',
  typ_wrong: 'The typ of the token is not secevent+jwt.',
  kid_malformed: 'The kid of the token is not an RFC 7638 thumbprint.',
  key_unknown: ['invalid_key', 'The kid of the token is not known, or not valid any more.'],
  key_unusable: ['invalid_key', 'The key is not a P-256 key whose thumbprint is its kid.'],
  signature_invalid: ['invalid_key', 'The signature does not fit the token.'],
  payload_malformed: 'The payload of the token is not a strict JSON object.',
  issuer_wrong: ['invalid_issuer', 'The iss of the token is not the one this key speaks for.'],
  audience_wrong: ['invalid_audience', 'The aud of the token names somebody else.'],
  audience_not_single: ['invalid_audience', 'The aud of the token is not one string.'],
  jti_missing: 'The jti of the token is not 1 to 200 printable ASCII characters.',
  jti_mismatch: 'The entry of "sets" is named by another jti than its token has.',
  iat_malformed: 'The iat of the token is not in whole seconds since 1970.',
  issued_in_future: 'The iat of the token lies in the future. Check both clocks.',
  too_old: 'The token is too old.',
  claim_malformed: 'The txn is a string, the toe an integer, the sub_id an opaque id.',
  claim_not_allowed: 'The token has a sub or an exp.',
  events_not_single: 'The events of the token are not an object with exactly one member, itself an object.',
  version_unknown: 'This version is not spoken here yet; the token is kept aside.',
  message_malformed: 'The event does not have the documented shape.',
  notice_mismatch: 'The notice, the txn and the sub_id of the token differ.',
} as const satisfies Record<string, string | readonly [SetErr, string]>

/** Every way in which a token is refused. */
export type RefusalCode = keyof typeof table

/** A refusal by its code, with its `err` of RFC 8935 and a sentence that says what to do. */
export function refuse(code: RefusalCode, description?: string): TokenRefusal {
  const said = table[code]
  const [err, sentence] = typeof said === 'string' ? (['invalid_request', said] as const) : said
  return { err, code, description: description ?? sentence }
}
