import { Refusal } from '../refusals.ts'
import type { Push } from './handle.ts'
import type { Reply } from './replies.ts'

export const alreadyRead = () =>
  new Refusal(
    'body_already_read',
    'The request body was already read by other middleware. Mount the receiver before express.json() or whatever parses bodies.',
  )

/** Translates; the core decides. */
export async function answerRequest(receive: (push: Push) => Promise<Reply>, request: Request): Promise<Response> {
  if (request.bodyUsed) throw alreadyRead()
  const reply = await receive({
    method: request.method,
    contentType: request.headers.get('content-type'),
    contentLength: request.headers.get('content-length'),
    body: request.body === null ? null : chunksOf(request.body),
  })
  return new Response(reply.body === '' ? null : reply.body, { status: reply.code, headers: reply.headers })
}

async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  let ended = false
  try {
    while (true) {
      const { done, value } = await reader.read()
      if (done) {
        ended = true
        return
      }
      yield value
    }
  } finally {
    if (ended) reader.releaseLock()
    else await reader.cancel().catch(() => undefined)
  }
}
