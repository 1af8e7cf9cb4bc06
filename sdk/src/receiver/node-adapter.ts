import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Receiver } from './create-receiver.ts'
import { alreadyRead } from './web-adapter.ts'

/** What `node:http` and Express call with a request. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse, next?: (error: unknown) => void) => void

/**
 * The receiver as a function for `node:http`, Express and whatever speaks like them. It has to see the body before any
 * body parser does; where it does not, the error goes to `next`, or is answered 500 where there is none.
 */
export function nodeHandler(receiver: Pick<Receiver, 'receive'>): NodeHandler {
  return (request, response, next) => {
    answer(receiver, request, response).catch((error: unknown) => {
      if (next !== undefined) next(error)
      else if (response.headersSent) response.destroy()
      else sayWhy(response, error)
    })
  }
}

async function answer(
  receiver: Pick<Receiver, 'receive'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const reply = await receiver.receive({
    method: request.method ?? '',
    contentType: request.headers['content-type'] ?? null,
    contentLength: request.headers['content-length'] ?? null,
    body: unread(request),
  })
  // What was left unread would keep the connection busy: it is closed behind the answer.
  const whole = request.complete
  response.writeHead(reply.code, {
    ...reply.headers,
    'content-length': Buffer.byteLength(reply.body),
    ...(whole ? {} : { connection: 'close' }),
  })
  response.end(reply.body)
}

export const readByMiddleware = () =>
  alreadyRead(
    'by other middleware. Mount the receiver before express.json() and other body parsers; in Fastify register the plugin of @noticeline/sdk/fastify.',
  )

/** The body as it comes. Ending the loop over a request would otherwise end its connection, and with it the answer. */
export function unread(request: IncomingMessage): AsyncIterable<Uint8Array> {
  if (request.readableEnded || request.readableDidRead) {
    throw readByMiddleware()
  }
  return request.iterator({ destroyOnReturn: false })
}

function sayWhy(response: ServerResponse, error: unknown): void {
  const description = error instanceof Error && error.name === 'Refusal' ? error.message : 'The receiver failed.'
  const body = JSON.stringify({ err: 'invalid_request', description })
  response.writeHead(500, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
