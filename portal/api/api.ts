import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import type { Ground } from '../ground/ground.ts'
import { refuse, refuseFailed, usualHeaders } from './answers.ts'
import { addContacts } from './contacts.ts'
import { addDelegated } from './delegated.ts'
import { addDeliveries } from './deliveries.ts'
import { addDocs } from './docs.ts'
import { documentSchemas } from './document.ts'
import { addEndpoints } from './endpoints.ts'
import { addHealth, type Readiness } from './health.ts'
import { addInbox } from './inbox.ts'
import { addressOf, createLimiter, type Limits, usualLimits } from './limits.ts'
import { addNetworks } from './networks.ts'
import { addNotices } from './notices.ts'
import { addRehearsals } from './rehearsals.ts'
import { addReports } from './reports.ts'
import { type Face, tooMany } from './route.ts'
import { addStreams } from './streams.ts'
import { addWellKnown } from './well-known.ts'
import { addXarf } from './xarf.ts'

export type { Readiness } from './health.ts'

export interface ApiParts {
  readiness: () => Promise<Readiness>
  limits?: Limits
  /** How long a poll may wait for something to come. */
  longPollMs?: number
  /** Told when a poll begins and ends. */
  polling?: (by: 1 | -1) => void
  /** Ends waiting polls, so that a stopping server is not kept. */
  stopping?: AbortSignal
}

/** Addresses this face answers; everything else belongs to the pages. */
const ours = ['/v1/*', '/.well-known/*', '/docs', '/healthz', '/readyz']

/**
 * The face for programs. Mount it before the pages:
 * `app.route('/', createApi(ground, { readiness: () => readReadiness(ground, queue) }))`. It authenticates
 * by bearer token or signature alone, never by cookie, and leaves other addresses to whoever comes after it.
 */
export function createApi(ground: Ground, parts: ApiParts): OpenAPIHono {
  const api = new OpenAPIHono()
  const face: Face = { api, ground, limiter: createLimiter(parts.limits ?? usualLimits), routes: [] }
  const { origin } = ground.config

  for (const path of ours) api.use(path, withUsualHeaders(origin), withinLimits(face))
  documentSchemas(api)

  addNotices(face)
  addXarf(face)
  addReports(face)
  addInbox(face)
  addDelegated(face)
  addEndpoints(face)
  addContacts(face)
  addNetworks(face)
  addRehearsals(face)
  addDeliveries(face)
  addStreams(face, { longPollMs: parts.longPollMs ?? 50_000, stopping: parts.stopping, polling: parts.polling })
  addWellKnown(face)
  addHealth(face, parts.readiness)
  addDocs(face)

  for (const path of ours) api.all(path, (c) => answerNobody(face, c))
  api.notFound((c) => refuse(c, origin, { code: 'not_found' }))
  api.onError((error, c) => {
    ground.log.error('api.failed', { method: c.req.method, error })
    return refuseFailed(c, origin, error)
  })
  return api
}

function withUsualHeaders(origin: string): MiddlewareHandler {
  const usual = Object.entries(usualHeaders)
  if (origin.startsWith('https:')) usual.push(['Strict-Transport-Security', 'max-age=31536000'])
  return async (c, next) => {
    await next()
    for (const [name, value] of usual) if (!c.res.headers.has(name)) c.header(name, value)
  }
}

// Before anything is looked at: whoever asks, asking is not free.
function withinLimits({ ground, limiter }: Face): MiddlewareHandler {
  return async (c, next) => {
    const calls = await limiter.call(addressOf(c, ground.config.trustProxy))
    if (calls.limited) return tooMany(c, ground.config.origin, calls.retryAfterSeconds)
    return next()
  }
}

/** OPTIONS, a method that an address does not know, or an address that is none. */
function answerNobody(face: Face, c: Context): Response {
  const allowed = face.routes.filter(({ path }) => fits(path, c.req.path)).map(({ method }) => method)
  if (allowed.length === 0) return refuse(c, face.ground.config.origin, { code: 'not_found' })
  if (allowed.includes('GET')) allowed.push('HEAD')
  const headers = { Allow: [...new Set([...allowed, 'OPTIONS'])].join(', ') }
  if (c.req.method === 'OPTIONS') return c.body(null, 204, headers)
  return refuse(c, face.ground.config.origin, { code: 'method_not_allowed', headers })
}

function fits(pattern: string, path: string): boolean {
  const [expected, given] = [pattern.split('/'), path.split('/')]
  return (
    expected.length === given.length &&
    expected.every((part, index) => (part.startsWith('{') ? given[index] !== '' : part === given[index]))
  )
}
