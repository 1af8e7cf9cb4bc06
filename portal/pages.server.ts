/** Remix as the last route, and what stands around it: one origin, secure headers, files, compression. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { pathToFileURL } from 'node:url'
import { constants, createGzip } from 'node:zlib'
import { getConnInfo } from '@hono/node-server/conninfo'
import { serveStatic } from '@hono/node-server/serve-static'
import { createRequestHandler, type ServerBuild } from '@remix-run/node'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { type Missing, repeatAfterSeconds, whatIsMissing } from './facts/what-is-missing.ts'
import type { Ground } from './ground/ground.ts'
import type { Queue } from './ground/queue.server.ts'

type Pages = { Variables: { cspNonce: string } }

/** The built pages of a folder; `npm start` builds them, so here they are only read. */
export async function loadPages(folder: string): Promise<ServerBuild> {
  return (await import(pathToFileURL(join(folder, 'build/server/index.js')).href)) as ServerBuild
}

/** Everything under `/` that is not the API. */
export function createPages(
  ground: Ground,
  queue: Pick<Queue, 'listDeadLetters'>,
  build: ServerBuild,
  folder: string,
): Hono<Pages> {
  const pages = new Hono<Pages>()
  const handle = createRequestHandler(build, 'production')

  pages.use(ownHost(ground), secureHeaders(ground), gzip())
  // No id holds NUL and no text in the database can, so such an address is nowhere; asking for it must be no fault of ours.
  pages.use((c, next) => (c.req.url.includes('%00') ? Promise.resolve(c.text('No such page.', 404)) : next()))
  pages.use(
    '/assets/*',
    serveStatic({
      root: join(folder, 'build/client'),
      onFound: (_path, c) => c.header('Cache-Control', 'public, max-age=31536000, immutable'),
    }),
  )
  pages.use(
    serveStatic({
      root: join(folder, 'build/client'),
      onFound: (_path, c) => c.header('Cache-Control', 'public, max-age=3600'),
    }),
  )
  pages.use(ownOrigin(ground), bodyLimit({ maxSize: 1 << 19, onError: (c) => c.text('The form is too large.', 413) }))
  pages.all('*', async (c) => {
    const missing = new Set<Missing>()
    const answer = await handle(asOurs(c.req.raw, ground), {
      ground,
      cspNonce: c.get('cspNonce'),
      client: { ip: callerOf(c, ground) },
      failed: (error: unknown) => {
        const found = whatIsMissing(error)
        if (found) missing.add(found)
      },
      listDeadLetters: queue.listDeadLetters,
    })
    // The page is the same, and says so in words; whoever looks at numbers learns that it is worth asking again.
    if (answer.status !== 500 || missing.size === 0) return answer
    const headers = new Headers(answer.headers)
    headers.set('Retry-After', String(repeatAfterSeconds))
    return new Response(answer.body, { status: 503, headers })
  })
  return pages
}

/** Sends other spellings of our host (`localhost`) to the one that cookies and forms belong to. */
function ownHost(ground: Ground): MiddlewareHandler {
  const origin = new URL(ground.config.origin)
  return async (c, next) => {
    const host = c.req.header('host')
    if (host === origin.host) return next()
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return c.text('This host is not ours.', 421)
    const url = new URL(c.req.url)
    return c.redirect(`${origin.origin}${url.pathname}${url.search}`, 307)
  }
}

/** A form of another site must not act for who is signed in here. Remix compares hosts and trusts forwarded ones. */
function ownOrigin(ground: Ground): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
    const origin = c.req.header('origin')
    const site = c.req.header('sec-fetch-site')
    // `Referrer-Policy: no-referrer` makes browsers send `Origin: null` with our own forms; then the fetch site must say so.
    const ours =
      origin === ground.config.origin || ((origin === undefined || origin === 'null') && site === 'same-origin')
    if (!ours || (site !== undefined && site !== 'same-origin')) return c.text('Send the form from our own page.', 403)
    return next()
  }
}

function secureHeaders(ground: Ground): MiddlewareHandler<Pages> {
  const https = ground.config.origin.startsWith('https:')
  return async (c, next) => {
    const nonce = randomBytes(16).toString('base64url')
    c.set('cspNonce', nonce)
    await next()
    const policy = [
      "default-src 'none'",
      `script-src 'self' 'nonce-${nonce}'`,
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "manifest-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]
    c.header('Content-Security-Policy', policy.join('; '))
    c.header('X-Content-Type-Options', 'nosniff')
    c.header('Referrer-Policy', 'no-referrer')
    c.header('Cross-Origin-Opener-Policy', 'same-origin')
    c.header('Cross-Origin-Resource-Policy', 'same-origin')
    c.header('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), browsing-topics=()')
    if (https) c.header('Strict-Transport-Security', 'max-age=63072000; includeSubDomains')
    if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store')
  }
}

const compressible = /^(text\/|application\/(json|javascript|manifest\+json)|image\/svg)/

/** Flushes after every chunk: a stream that is held back until it ends is no stream. */
function gzip(): MiddlewareHandler {
  return async (c, next) => {
    await next()
    const { body, headers } = c.res
    const wanted = /\bgzip\b/.test(c.req.header('accept-encoding') ?? '')
    if (!body || !wanted || headers.has('Content-Encoding') || !compressible.test(headers.get('Content-Type') ?? ''))
      return
    const packed = createGzip({ flush: constants.Z_SYNC_FLUSH })
    const source = Readable.fromWeb(body as WebStream)
    source.on('error', (error) => packed.destroy(error)).pipe(packed)
    packed.on('close', () => source.destroy())
    c.res = new Response(Readable.toWeb(packed) as ReadableStream, c.res)
    c.res.headers.delete('Content-Length')
    c.res.headers.set('Content-Encoding', 'gzip')
    c.res.headers.append('Vary', 'Accept-Encoding')
  }
}

const forwarding = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-real-ip',
]

/** Without what a stranger may have forwarded, and with the origin that `ownOrigin` has just found to be ours. */
function asOurs(request: Request, ground: Ground): Request {
  const headers = new Headers(request.headers)
  if (!ground.config.trustProxy) for (const name of forwarding) headers.delete(name)
  if (headers.has('origin')) headers.set('origin', ground.config.origin)
  return new Request(request, { headers })
}

/** Who to count requests by: the peer, or what the trusted proxy in front says last. */
function callerOf(c: Context, ground: Ground): string {
  const forwarded = ground.config.trustProxy ? c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined
  return forwarded ?? getConnInfo(c).remote.address ?? 'unknown'
}
