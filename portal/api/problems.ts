import type { InputError } from '../facts/input-error.ts'

const notVerified = (sentence: string) => [422, 'Not verified', sentence] as const

/**
 * Every way this API says no, with a sentence each. Programs branch on the code, so the list is append-only: a code is
 * never renamed, never reused and never moved to another status. The same list is printed on /docs.
 */
export const problems = {
  malformed_json: [400, 'Malformed JSON', 'The body is not one JSON text in UTF-8.'],
  idempotency_key_required: [400, 'Idempotency-Key required', 'This call needs the header Idempotency-Key.'],
  idempotency_key_invalid: [
    400,
    'Idempotency-Key invalid',
    'The header Idempotency-Key takes 1 to 255 printable ASCII characters.',
  ],
  unauthenticated: [401, 'Who is asking?', 'Send a valid token as "Authorization: Bearer <token>".'],
  forbidden: [403, 'Not allowed', 'Whom this token belongs to may not do this.'],
  scope_missing: [403, 'Scope missing', 'The token is valid, but was issued without the scope this call needs.'],
  not_found: [404, 'Not found', 'There is nothing here, or it belongs to somebody else.'],
  method_not_allowed: [405, 'Method not allowed', 'The address exists; the header Allow names what it answers to.'],
  idempotency_in_progress: [
    409,
    'First call still running',
    'A call with this Idempotency-Key is still running; ask again in a moment.',
  ],
  key_known_elsewhere: [409, 'Key known elsewhere', 'This key is registered by another organisation.'],
  already_withdrawn: [409, 'Already withdrawn', 'The notice was withdrawn before.'],
  proof_needed: [
    403,
    'Proof needed',
    'Another address or other keys need the header Endpoint-Proof: the same change, signed by a key that is in use.',
  ],
  proof_wrong: [
    403,
    'Proof wrong',
    'Endpoint-Proof is not this change of this endpoint, signed within 300 s by a key of yours that is in use.',
  ],
  not_while_paused: [409, 'Paused', 'Nothing is sent to an endpoint that is paused; resume it first.'],
  rehearsal_running: [
    409,
    'Rehearsal running',
    'A rehearsal of this endpoint is still running; ask again in a minute.',
  ],
  rehearsals_too_many: [429, 'Too many rehearsals', 'At most 60 rehearsals an hour for one organisation.'],
  token_erased: [409, 'Erased', 'The token was erased with its last item: there is nothing left to send.'],
  already_claimed: [409, 'Already claimed', 'You have claimed this already, or hold it as part of a wider range.'],
  too_many_claims: [409, 'Too many claims', 'Fifty claims are open. Show some of them first, or give them up.'],
  not_checkable: [409, 'Nothing to look at', 'A mailbox or a holder has to answer, or it is over.'],
  registry_unavailable: [503, 'Registry unavailable', 'The registry gives no answer now. Nothing was kept; ask again.'],
  no_second_channel: [
    409,
    'No second channel',
    'Each network of yours needs a way that is left: a verified contact, a poll stream, or another endpoint that serves it. Silence is no shelter.',
  ],
  last_contact: [
    409,
    'The last contact that works',
    'While networks are proven somebody has to be reachable: add another contact and verify it first.',
  ],
  too_many_contacts: [
    409,
    'Too many contacts',
    'An organisation has at most 20 contacts; remove one that is not read.',
  ],
  code_used: [409, 'Code used', 'This code was brought back before; it counts once, and it has counted.'],
  precondition_failed: [412, 'Changed meanwhile', 'It was changed since you read it; read it again.'],
  body_too_large: [413, 'Body too large', 'A body takes at most 256 KiB.'],
  unsupported_media_type: [415, 'Unsupported media type', 'The call names the media types it takes; text is UTF-8.'],
  invalid: [422, 'Invalid input', 'Something in the body is not as documented; every error has a pointer into it.'],
  invalid_parameter: [422, 'Invalid parameter', 'Something in the query is not as documented; errors name it.'],
  regime_not_served: [422, 'Regime not served', 'Notices under this regime are not taken here (yet).'],
  category_not_served: [422, 'Category not served', 'This line takes csam and terrorist_content, nothing else.'],
  too_large: [422, 'Notice too large', 'The signed notice would not fit into 256 KiB; send it in parts.'],
  idempotency_mismatch: [422, 'Another body under this key', 'This Idempotency-Key was used with another body.'],
  code_wrong: [
    422,
    'Wrong code',
    'This is not the code that was mailed last; the detail says how many tries are left.',
  ],
  code_expired: [422, 'Code expired', 'The code was not brought back in time; have another mailed.'],
  code_replaced: [422, 'A newer code was mailed', 'This code is void since another was mailed; bring back the newest.'],
  code_void: [422, 'Too many wrong codes', 'Ten wrong codes void the right one; have another mailed.'],
  code_none: [
    422,
    'No code waits',
    'Nothing was mailed to this contact that could be brought back; have a code mailed.',
  ],
  not_addressed_to_you: [422, 'Not addressed to you', 'This notice was not addressed to your organisation.'],
  verification_refused: [
    422,
    'Not verified',
    'The receiver did not answer 202 to the verification event; the detail says what it did instead.',
  ],
  endpoint_poll_only: notVerified('A poll stream has no address to send to.'),
  endpoint_overtaken: notVerified('The endpoint was changed or verified again meanwhile.'),
  endpoint_body_not_empty: notVerified('The receiver answered 202 with a body.'),
  endpoint_not_202: notVerified('The receiver answered another 2xx; only 202 is a receipt.'),
  endpoint_redirected: notVerified('The receiver answered with a redirect; none is followed.'),
  endpoint_receiver_invalid_request: notVerified('The receiver could not read the token.'),
  endpoint_receiver_invalid_key: notVerified('The receiver does not know our key, or could not unseal.'),
  endpoint_receiver_invalid_issuer: notVerified('The receiver expects another issuer.'),
  endpoint_receiver_invalid_audience: notVerified('The receiver expects another audience.'),
  endpoint_receiver_authentication_failed: notVerified('The receiver wants credentials that it never gave us.'),
  endpoint_receiver_access_denied: notVerified('The receiver lets us send nothing.'),
  endpoint_bad_request: notVerified('The receiver answered 400 without saying why.'),
  endpoint_receiver_failed: notVerified('The receiver answered 5xx.'),
  endpoint_unauthorised: notVerified('The receiver answered 401.'),
  endpoint_forbidden_by_receiver: notVerified('The receiver, or a firewall before it, answered 403.'),
  endpoint_not_found: notVerified('The receiver answered 404.'),
  endpoint_method_not_allowed: notVerified('The receiver answered 405.'),
  endpoint_media_type_refused: notVerified('The receiver takes neither of the two media types.'),
  endpoint_gone: notVerified('The receiver answered 410.'),
  endpoint_too_large_for_receiver: notVerified('The receiver answered 413.'),
  endpoint_busy: notVerified('The receiver answered 429.'),
  endpoint_unexpected_answer: notVerified('The receiver answered something else.'),
  endpoint_address_refused: notVerified('Its name leads to an address that may not be called.'),
  endpoint_dns: notVerified('Its name could not be resolved.'),
  endpoint_connection_refused: notVerified('The connection was refused.'),
  endpoint_unreachable: notVerified('Its address could not be reached.'),
  endpoint_timeout: notVerified('It did not answer in time.'),
  endpoint_tls: notVerified('The TLS connection failed.'),
  endpoint_reset: notVerified('The connection was closed before an answer came.'),
  endpoint_answer_too_large: notVerified('Its answer was too large.'),
  endpoint_not_http: notVerified('What it answered was not HTTP.'),
  rate_limited: [429, 'Too many requests', 'Wait for the seconds that Retry-After names.'],
  database_unavailable: [
    503,
    'Database unavailable',
    'Nothing is half done. Repeat the call with the same Idempotency-Key after the seconds that Retry-After names.',
  ],
  storage_full: [
    503,
    'No room left',
    'Nothing was kept, and nothing that was is lost. Repeat the call after the seconds that Retry-After names.',
  ],
  key_unavailable: [
    503,
    'Key unavailable',
    'A key of the platform is not there, so nothing can be signed or opened. Nothing was kept; repeat the call later.',
  ],
  internal: [500, 'Our fault', 'Something unexpected happened here. Repeat the call with the same Idempotency-Key.'],
} as const satisfies Record<string, readonly [status: number, title: string, sentence: string]>

export type ProblemCode = keyof typeof problems

export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  code: string
  /** Pointers into the body, or `/query/<name>` for a parameter. */
  errors?: InputError[]
}

/** RFC 9457. `type` is an address on /docs that explains the code. */
export function problemOf(
  origin: string,
  code: ProblemCode,
  more: { detail?: string | undefined; errors?: readonly InputError[] | undefined } = {},
): Problem {
  const [status, title, sentence] = problems[code]
  const problem: Problem = {
    type: `${origin}/docs#problem-${code}`,
    title,
    status,
    detail: more.detail ?? sentence,
    code,
  }
  if (more.errors) problem.errors = more.errors.map(({ pointer, code, message }) => ({ pointer, code, message }))
  return problem
}
