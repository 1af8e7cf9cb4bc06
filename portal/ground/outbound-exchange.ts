import { Client } from 'undici'
import { type Guard, openLine } from './outbound-connect.ts'
import { failureOf, OutboundFailure } from './outbound-failure.ts'

/** One client, one socket at a time; `seen` says where its newest socket leads. */
export interface Line {
  client: Client
  seen: { address: string | null; peer: string | null }
}

export interface Request {
  method: 'POST' | 'HEAD' | 'GET'
  url: URL
  headers: Record<string, string>
  body?: string
  maxBytes: number
  totalMs: number
}

export interface Answer {
  status: number
  headers: Record<string, string>
  body: Buffer
  truncated: boolean
  /** Whether the line may carry another request. */
  reusable: boolean
}

const maxHeaderBytes = 16 * 1024

export function createLine(url: URL, guard: Guard, headersMs: number): Line {
  const seen: Line['seen'] = { address: null, peer: null }
  const client = new Client(url.origin, {
    connect: (_options, callback) => {
      openLine(url, guard, 'tls-only').then(
        ({ socket, address, peer }) => {
          Object.assign(seen, { address, peer })
          callback(null, socket)
        },
        (error: unknown) => callback(failureOf(error, 'tcp', null), null),
      )
    },
    pipelining: 1,
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: headersMs,
    bodyTimeout: headersMs,
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 10_000,
  })
  return { client, seen }
}

/** Asks once and reads at most `maxBytes` of the answer, in at most `totalMs`. No redirect is followed, nothing is unpacked. */
export async function exchange(line: Line, request: Request): Promise<Answer> {
  const late = new AbortController()
  const stop = setTimeout(
    () =>
      late.abort(
        new OutboundFailure('timeout', 'The whole answer was not there in the time allowed.', line.seen.address),
      ),
    request.totalMs,
  )
  try {
    const answer = await line.client.request({
      method: request.method,
      path: `${request.url.pathname}${request.url.search}`,
      headers: request.headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      signal: late.signal,
    })
    const headers = Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : String(value ?? ''),
      ]),
    )
    if (request.method === 'HEAD') {
      answer.body.on('error', () => {}).destroy()
      return { status: answer.statusCode, headers, body: Buffer.alloc(0), truncated: false, reusable: false }
    }
    const read = await readBody(answer.body, request.maxBytes)
    return { status: answer.statusCode, headers, ...read, reusable: !read.truncated }
  } catch (error) {
    throw failureOf(late.signal.aborted ? late.signal.reason : error, 'http', line.seen.address)
  } finally {
    clearTimeout(stop)
  }
}

// The number in the first line is the answer that counts, so a body that breaks off or drips does not unsay it.
async function readBody(
  stream: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<{ body: Buffer; truncated: boolean }> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of stream) {
      chunks.push(chunk)
      length += chunk.length
      if (length > maxBytes) break
    }
  } catch {
    return { body: Buffer.concat(chunks).subarray(0, maxBytes), truncated: true }
  }
  return { body: Buffer.concat(chunks).subarray(0, maxBytes), truncated: length > maxBytes }
}
