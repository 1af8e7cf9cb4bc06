import { readRange } from './addresses.ts'
import type { AddressRefusal, Outbound, OutboundAnswer, OutboundPost } from './ground.ts'
import { type Guard, openLine, readTarget } from './outbound-connect.ts'
import { createLine, exchange, type Line, type Request } from './outbound-exchange.ts'
import { failureOf, OutboundFailure } from './outbound-failure.ts'
import { createLines } from './outbound-lines.ts'
import { createResolve } from './outbound-resolve.ts'

export interface OutboundOptions {
  allowedRanges: readonly string[]
  /** How names become addresses; tests answer for themselves. */
  resolve?: Guard['resolve']
  /** Certificate authorities instead of the system's, in PEM; for tests. */
  ca?: string
  limits?: Partial<OutboundLimits>
}

export interface OutboundLimits {
  /** For looking the name up, and again for TCP and TLS together. */
  connectMs: number
  /** From the request until the answer begins. */
  headersMs: number
  bodyBytes: number
  idleMs: number
}

const usual: OutboundLimits = { connectMs: 3_000, headersMs: 10_000, bodyBytes: 16 * 1024, idleMs: 10_000 }

const mostTargets = 1_000

export const userAgent = 'Noticeline/1 (+notice and takedown)'

/**
 * The only way out to endpoints and to what is looked at. It has no `get`: content is never fetched. https alone is called,
 * and public addresses alone, unless configuration opens a range; `connect` opens plain TCP as well, since it sends nothing.
 */
export function createOutbound(options: OutboundOptions): Outbound & { close(): Promise<void>; idleLines(): number } {
  const limits = { ...usual, ...options.limits }
  const guard = guardOf(options, limits.connectMs)
  // More than a worker has in flight: with fewer, a line is closed for every other one that falls idle, and opened again.
  const lines = createLines({ idleMs: limits.idleMs, perOrigin: 4, inAll: 512 })

  // Endpoints are called again and again, and what a text says is the same every time; where its name leads is not kept.
  const targets = new Map<string, URL>()
  function targetOf(text: string): URL | AddressRefusal {
    const known = targets.get(text)
    if (known) return known
    const target = readTarget(text, guard, 'tls-only')
    if (targets.size >= mostTargets) targets.clear()
    if (target instanceof URL) targets.set(text, target)
    return target
  }

  async function ask(request: Omit<Request, 'url' | 'maxBytes'>, text: string, keep: boolean): Promise<OutboundAnswer> {
    const started = performance.now()
    const target = targetOf(text)
    if (!(target instanceof URL)) return failed(new OutboundFailure('address_refused', target.detail), started)
    const line: Line = (keep ? lines.take(target.origin) : null) ?? createLine(target, guard, limits.headersMs)
    let reusable = false
    try {
      const answer = await exchange(line, { ...request, url: target, maxBytes: limits.bodyBytes })
      reusable = keep && answer.reusable
      return {
        result: 'answered',
        status: answer.status,
        headers: answer.headers,
        body: answer.body.toString('utf8'),
        truncated: answer.truncated,
        address: line.seen.address ?? '',
        peer: line.seen.peer,
        ms: Math.round(performance.now() - started),
      }
    } catch (error) {
      return failed(failureOf(error, 'http', line.seen.address), started)
    } finally {
      if (reusable) lines.keep(target.origin, line)
      else void line.client.destroy().catch(() => {})
    }
  }

  return {
    post: (url, message) =>
      ask({ method: 'POST', headers: headersOf(message), body: message.body, totalMs: message.timeoutMs }, url, true),
    head: (url, { timeoutMs }) =>
      ask(
        {
          method: 'HEAD',
          headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': userAgent, connection: 'close' },
          totalMs: timeoutMs,
        },
        url,
        false,
      ),
    async connect(text, { timeoutMs }) {
      const started = performance.now()
      const target = readTarget(text, guard, 'plain-too')
      if (!(target instanceof URL)) return failed(new OutboundFailure('address_refused', target.detail), started)
      try {
        const { socket, address, peer } = await openLine(target, guard, 'plain-too', AbortSignal.timeout(timeoutMs))
        socket.destroy()
        const ms = Math.round(performance.now() - started)
        // Nothing was asked, so there is no number: 0 stands for "the connection was accepted".
        return { result: 'answered', status: 0, headers: {}, body: '', truncated: false, address, peer, ms }
      } catch (error) {
        return failed(failureOf(error, 'tcp', null), started)
      }
    },
    refuses(url) {
      const target = readTarget(url, guard, 'tls-only')
      return target instanceof URL ? null : target
    },
    close: () => lines.close(),
    idleLines: () => lines.count(),
  }
}

/** What may be called, from configuration. Throws where a range is none: `readConfig` has refused that before. */
export function guardOf(options: Pick<OutboundOptions, 'allowedRanges' | 'resolve' | 'ca'>, connectMs: number): Guard {
  const allowed = options.allowedRanges.map((text) => {
    const range = readRange(text)
    if (!range) throw new RangeError('An allowed range is no range of addresses.')
    return range
  })
  return { allowed, resolve: options.resolve ?? createResolve(), ca: options.ca, connectMs }
}

// What frames the message is ours: a header from outside must not turn one request into two.
const ours = [
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'expect',
  'keep-alive',
  'te',
  'trailer',
]

function headersOf(message: OutboundPost): Record<string, string> {
  const extra = Object.entries(message.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const)
  return {
    ...Object.fromEntries(extra.filter(([name]) => !ours.includes(name))),
    'content-type': message.contentType,
    accept: message.accept,
    'accept-encoding': 'identity',
    'user-agent': userAgent,
  }
}

function failed(failure: OutboundFailure, started: number): OutboundAnswer {
  return {
    result: 'failed',
    code: failure.code,
    detail: failure.message,
    ...(failure.certificate === undefined ? {} : { certificate: failure.certificate }),
    address: failure.address,
    ms: Math.round(performance.now() - started),
  }
}
