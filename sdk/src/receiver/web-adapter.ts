import { Refusal } from '../refusals.ts'
import type { Push } from './handle.ts'
import type { Reply } from './replies.ts'

/** How the refusal begins; each adapter goes on with what to do in its own framework. */
export const wasRead = 'The request body was already read'

export const alreadyRead = (how: string) => new Refusal('body_already_read', `${wasRead} ${how}`)

/** Translates; the core decides. */
export async function answerRequest(receive: (push: Push) => Promise<Reply>, request: Request): Promise<Response> {
  if (request.bodyUsed) throw alreadyRead('before receiver.handle(request): take request.json() and the like away.')
  const reply = await receive({
    method: request.method,
    contentType: request.headers.get('content-type'),
    contentLength: request.headers.get('content-length'),
    // Leaving the loop over it early cancels it. The types of the web know nothing of that; Node does.
    body: request.body as AsyncIterable<Uint8Array> | null,
  })
  return new Response(reply.body === '' ? null : reply.body, { status: reply.code, headers: reply.headers })
}
