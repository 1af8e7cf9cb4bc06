import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Answer {
  readonly code: number
  readonly headers?: Record<string, string>
  readonly body?: unknown
}

export type Route = (request: {
  readonly text: string
  readonly headers: IncomingMessage['headers']
  /** Aborts when whoever asked is gone. */
  readonly gone: AbortSignal
}) => Promise<Answer>

/** A server on 127.0.0.1, on a port of its own unless one is given. Routes are named `GET /path`; `*` stands for one part of a path. */
export async function serve(
  routes: Record<string, Route>,
  given = 0,
  /** Milliseconds before the next answer. */
  delay: () => number = () => 0,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const begin = () => void respond(routes, request, response).catch(() => response.destroy())
    if (delay() > 0) setTimeout(begin, delay())
    else begin()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(given, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, close: () => closed(server) }
}

async function respond(routes: Record<string, Route>, request: IncomingMessage, response: ServerResponse) {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const path = (request.url ?? '').split('?')[0] ?? ''
  const named = `${request.method} ${path}`
  const route = routes[named] ?? routes[named.replace(/\/end_[^/]+/, '/*')]
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const answer = route
    ? await route({ text: Buffer.concat(chunks).toString('utf8'), headers: request.headers, gone: gone.signal })
    : { code: 404, body: { code: 'not_found', title: 'Not found' } }
  const text = answer.body === undefined ? '' : JSON.stringify(answer.body)
  response.writeHead(answer.code, { ...(text === '' ? {} : { 'content-type': 'application/json' }), ...answer.headers })
  response.end(text)
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
