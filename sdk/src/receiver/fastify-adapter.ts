import type { IncomingMessage } from 'node:http'
import type { Receiver } from './create-receiver.ts'
import { unread } from './node-adapter.ts'

/** What is used of a request of Fastify. */
export interface FastifyRequestLike {
  readonly raw: IncomingMessage
  readonly body: unknown
}

/** What is used of a reply of Fastify. */
export interface FastifyReplyLike {
  code(statusCode: number): FastifyReplyLike
  header(name: string, value: string): FastifyReplyLike
  send(payload?: unknown): FastifyReplyLike
}

/** What is used of Fastify, whose types are not needed for that: any instance of version 4 or 5 fits. */
export interface FastifyLike {
  removeAllContentTypeParsers(): unknown
  addContentTypeParser(
    contentType: string,
    parser: (
      request: FastifyRequestLike,
      payload: IncomingMessage,
      done: (error: Error | null, body?: unknown) => void,
    ) => void,
  ): unknown
  all(path: string, handler: (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>): unknown
}

/** What the plugin wants to know. */
export interface NoticelineOptions {
  readonly receiver: Pick<Receiver, 'receive'>
  /** Below the prefix it is registered with; `/noticeline` unless said otherwise. */
  readonly path?: string
}

/**
 * The receiver as a plugin for Fastify: `app.register(noticeline, { receiver })`. Inside it, and only there, bodies are not
 * parsed, whatever media type they have: they are read by the receiver, up to its own limit. What the rest of the
 * application parses stays as it is. Do not wrap it in `fastify-plugin`, which would take that boundary away.
 */
export async function noticeline(fastify: FastifyLike, options: NoticelineOptions): Promise<void> {
  const { receiver, path = '/noticeline' } = options
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  fastify.all(path, async (request, reply) => {
    const { raw } = request
    const answer = await receiver.receive({
      method: raw.method ?? '',
      contentType: raw.headers['content-type'] ?? null,
      contentLength: raw.headers['content-length'] ?? null,
      body: request.body === undefined ? null : unread(request.body === raw ? raw : (request.body as IncomingMessage)),
    })
    reply.code(answer.code)
    for (const [name, value] of Object.entries(answer.headers)) reply.header(name, value)
    // What was left unread would keep the connection busy: it is closed behind the answer.
    if (!raw.complete) reply.header('connection', 'close')
    return reply.send(answer.body === '' ? undefined : answer.body)
  })
}
