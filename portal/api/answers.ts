import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { InputError } from '../facts/input-error.ts'
import { repeatAfterSeconds, whatIsMissing } from '../facts/what-is-missing.ts'
import { type ProblemCode, problemOf } from './problems.ts'

export interface Refused {
  code: ProblemCode
  detail?: string | undefined
  errors?: readonly InputError[] | undefined
  headers?: Readonly<Record<string, string>>
}

/** Everything that is not done is answered with a problem; never 200 with an error inside. */
export function refuse(c: Context, origin: string, refused: Refused): Response {
  const problem = problemOf(origin, refused.code, refused)
  return c.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, {
    'content-type': 'application/problem+json',
    ...refused.headers,
  })
}

/** After an error that nobody expected: what was missing and when to ask again, or that it was a fault of ours. */
export function refuseFailed(c: Context, origin: string, error: unknown): Response {
  const missing = whatIsMissing(error)
  if (missing === null) return refuse(c, origin, { code: 'internal' })
  return refuse(c, origin, { code: missing, headers: { 'Retry-After': String(repeatAfterSeconds) } })
}

export function answerJson(
  c: Context,
  status: ContentfulStatusCode,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return c.body(JSON.stringify(body), status, { 'content-type': 'application/json', ...headers })
}

/** What every answer of this face carries: nothing here is for caches, frames, referrers or guessing browsers. */
export const usualHeaders: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}
