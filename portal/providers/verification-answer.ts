import type { SetErr } from '@noticeline/sdk/protocol'
import type { OutboundAnswer } from '../ground/ground.ts'

export interface VerificationRefusal {
  /** Stable. */
  code: string
  /** In words, for whoever wrote the receiver. Quotes nothing that was answered. */
  detail: string
}

const errs = {
  invalid_request:
    'It could not read the token: it has to take the raw body as ASCII text, and header, type and schema of the protocol.',
  invalid_key:
    'It does not know our signing key, or could not unseal: check that it fetches our JWKS, and the sealing key you registered.',
  invalid_issuer: 'It expects another issuer: configure the `issuer` that registration answered.',
  invalid_audience: 'It expects another audience: configure the `audience` that registration answered.',
  authentication_failed: 'It wants a bearer token that we were not given.',
  access_denied: 'It says that we may not send it anything.',
} as const satisfies Record<SetErr, string>

/** Whether a firewall may have refused the media type, so that the other body form is worth a try. */
export function mayBeMediaType(answer: OutboundAnswer): boolean {
  return answer.result === 'answered' && [403, 406, 415].includes(answer.status)
}

/** Null: exactly 202 and nothing else, which is the only receipt there is. */
export function refusalOf(answer: OutboundAnswer): VerificationRefusal | null {
  if (answer.result === 'failed') return failed[answer.code]
  const { status } = answer
  if (status === 202) {
    if (answer.body.trim() === '') return null
    return no(
      'body_not_empty',
      'It answered 202 with a body. A receipt is 202 and nothing else, so that parked pages are none.',
    )
  }
  if (status >= 200 && status < 300)
    return no('not_202', `It answered ${status}. Only 202 with an empty body says that the token is stored.`)
  if (status >= 300 && status < 400)
    return no(
      'redirected',
      `It answered ${status}, a redirect. Redirects are not followed: register the address it leads to.`,
    )
  if (status === 400) {
    const err = errOf(answer.body)
    if (err) return no(`receiver_${err}`, `It answered 400 ${err}. ${errs[err]}`)
    return no('bad_request', 'It answered 400 without an `err` of RFC 8935. Its log has to say what it did not like.')
  }
  if (status >= 500) return no('receiver_failed', `It answered ${status}: it failed by itself. Its log has to say why.`)
  return statuses[status] ?? no('unexpected_answer', `It answered ${status}. A receipt is 202 with an empty body.`)
}

const statuses: Readonly<Record<number, VerificationRefusal>> = {
  401: no('unauthorised', 'It answered 401. No credentials are sent to an endpoint: the signature is the proof.'),
  403: no('forbidden_by_receiver', 'It answered 403 in both body forms. A firewall in front of it may refuse us.'),
  404: no('not_found', 'It answered 404. Nothing listens at this path: check the route, and that POST reaches it.'),
  405: no('method_not_allowed', 'It answered 405. Tokens come by POST.'),
  406: no(
    'media_type_refused',
    'It answered 406 in both body forms. It has to take application/secevent+jwt or application/json.',
  ),
  410: no('gone', 'It answered 410, which means retired. Register the address that took its place.'),
  413: no('too_large_for_receiver', 'It answered 413. It has to take bodies of up to 256 KiB.'),
  415: no(
    'media_type_refused',
    'It answered 415 in both body forms. It has to take application/secevent+jwt or application/json.',
  ),
  429: no('busy', 'It answered 429. Try again when it has time.'),
}

const failed: Readonly<Record<Extract<OutboundAnswer, { result: 'failed' }>['code'], VerificationRefusal>> = {
  address_refused: no(
    'address_refused',
    'Its name leads to an address that may not be called: private, local or reserved.',
  ),
  dns: no('dns', 'Its name could not be resolved.'),
  refused: no(
    'connection_refused',
    'The connection was refused: nothing listens on this port, or a firewall closed it.',
  ),
  unreachable: no('unreachable', 'Its address could not be reached.'),
  timeout: no(
    'timeout',
    'It did not answer in time. It has to answer 202 as soon as the token is stored, and work afterwards.',
  ),
  tls: no('tls', 'The TLS connection failed: its certificate has to be valid for this name, with its whole chain.'),
  reset: no('reset', 'The connection was closed before an answer came.'),
  too_large: no('answer_too_large', 'Its answer was too large. A receipt has no body.'),
  protocol: no('not_http', 'What it answered was not HTTP.'),
}

function no(code: string, detail: string): VerificationRefusal {
  return { code, detail }
}

function errOf(body: string): SetErr | null {
  try {
    const parsed: unknown = JSON.parse(body)
    const err = typeof parsed === 'object' && parsed !== null && 'err' in parsed ? parsed.err : null
    return typeof err === 'string' && Object.hasOwn(errs, err) ? (err as SetErr) : null
  } catch {
    return null
  }
}
