import type { Receiver } from '@noticeline/sdk'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { pushedJson, scene, serving, worksAt } from './mounted.ts'

/** What a server that speaks `Request` and `Response` does with node:http: Next.js, Remix and others have their own. */
function served(handle: (request: Request) => Promise<Response> | Response): Promise<string> {
  return serving(async (incoming, outgoing) => {
    const { method = 'GET', headers } = incoming
    const request = new Request(`http://127.0.0.1${incoming.url}`, {
      method,
      headers: headers as Record<string, string>,
      // Streamed, not read: so it comes in those too.
      ...(method === 'POST' ? { body: incoming as never, duplex: 'half' } : {}),
    } as RequestInit)
    try {
      const response = await handle(request)
      const ends = incoming.complete ? {} : { connection: 'close' }
      outgoing.writeHead(response.status, { ...Object.fromEntries(response.headers), ...ends })
      outgoing.end(await response.text())
    } catch (error) {
      outgoing.writeHead(500).end(String(error))
    }
  })
}

/** As documented: `app/noticeline/route.ts` of Next.js exports functions by method, called with the request and params. */
const nextRoute = (receiver: Receiver) => ({
  POST: (request: Request, _context?: { params: Promise<object> }) => receiver.handle(request),
})

/** As documented: a resource route of Remix exports an action, called with request, params and context. */
const remixRoute = (receiver: Receiver) => ({
  action: ({ request }: { request: Request; params: object; context: object }) => receiver.handle(request),
})

describe('frameworks that speak Request and Response', () => {
  test('Hono', async () => {
    const { portal, receiver } = await scene()
    const app = new Hono().post('/noticeline', (c) => receiver.handle(c.req.raw))
    await worksAt({ portal, receiver }, `${await served((request) => app.fetch(request))}/noticeline`)
  })

  test('Next.js, by the signature of its route handlers', async () => {
    const { portal, receiver } = await scene()
    const { POST } = nextRoute(receiver)
    await worksAt({ portal, receiver }, await served((request) => POST(request, { params: Promise.resolve({}) })))
  })

  test('Remix, by the signature of its actions', async () => {
    const { portal, receiver } = await scene()
    const { action } = remixRoute(receiver)
    await worksAt({ portal, receiver }, await served((request) => action({ request, params: {}, context: {} })))
  })

  test('a handler that is passed on without its receiver works all the same', async () => {
    const { portal, receiver } = await scene()
    const { handle } = receiver
    await worksAt({ portal, receiver }, await served(handle))
  })

  test.each(['json', 'text', 'formData', 'arrayBuffer'] as const)(
    'where request.%s() came first, the error says what to take away',
    async (read) => {
      const { receiver } = await scene()
      const app = new Hono().post('/noticeline', async (c) => {
        await c.req.raw[read]().catch(() => undefined)
        return receiver.handle(c.req.raw)
      })
      app.onError((error, c) => c.text(error.message, 500))
      const { status, text } = await pushedJson(`${await served((request) => app.fetch(request))}/noticeline`)
      expect([status, text]).toEqual([500, expect.stringContaining('take request.json() and the like away')])
    },
  )
})
