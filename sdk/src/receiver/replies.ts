import { type TokenRefusal, tokenMediaType } from '../protocol.ts'

/** An answer before any framework has it. */
export interface Reply {
  readonly code: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export const accepted: Reply = { code: 202, headers: {}, body: '' }

/** RFC 8935: 400 with `err` and a description. A media type is answered 415, so that the sender tries the other one. */
export function refused(refusal: Pick<TokenRefusal, 'err' | 'description'> & { readonly code?: string }): Reply {
  if (refusal.code === 'media_type_not_supported')
    return json(415, refusal, { accept: `${tokenMediaType}, application/json` })
  return json(400, refusal)
}

export function later(seconds: number): Reply {
  return { code: 503, headers: { 'retry-after': String(seconds) }, body: '' }
}

export const wrongMethod: Reply = json(
  405,
  { err: 'invalid_request', description: 'Tokens are pushed here with POST.' },
  { allow: 'POST' },
)

function json(
  code: number,
  { err, description }: { readonly err: string; readonly description: string },
  headers: Record<string, string> = {},
): Reply {
  return {
    code,
    headers: { 'content-type': 'application/json', 'content-language': 'en', ...headers },
    body: JSON.stringify({ err, description }),
  }
}
