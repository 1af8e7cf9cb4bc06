import type { InputError } from '../facts/input-error.ts'

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
  no_second_channel: [
    409,
    'No second channel',
    'Pausing needs a verified contact or another endpoint, so that silence is no shelter.',
  ],
  precondition_failed: [412, 'Changed meanwhile', 'It was changed since you read it; read it again.'],
  body_too_large: [413, 'Body too large', 'A body takes at most 256 KiB.'],
  unsupported_media_type: [415, 'Unsupported media type', 'The call names the media types it takes; text is UTF-8.'],
  invalid: [422, 'Invalid input', 'Something in the body is not as documented; every error has a pointer into it.'],
  invalid_parameter: [422, 'Invalid parameter', 'Something in the query is not as documented; errors name it.'],
  regime_not_served: [422, 'Regime not served', 'Notices under this regime are not taken here (yet).'],
  category_not_served: [422, 'Category not served', 'This line takes csam and terrorist_content, nothing else.'],
  too_large: [422, 'Notice too large', 'The signed notice would not fit into 256 KiB; send it in parts.'],
  idempotency_mismatch: [422, 'Another body under this key', 'This Idempotency-Key was used with another body.'],
  not_addressed_to_you: [422, 'Not addressed to you', 'This notice was not addressed to your organisation.'],
  unknown_token: [422, 'Unknown token', 'No token with this id was sent to your organisation.'],
  receipt_contested: [
    422,
    'Another digest',
    'A token with this id was sent to you, but its digest is another one; it is recorded as contested.',
  ],
  rate_limited: [429, 'Too many requests', 'Wait for the seconds that Retry-After names.'],
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
  more: { detail?: string; errors?: readonly InputError[] } = {},
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
