import { noticeline } from '@noticeline/sdk/fastify'
import { nodeHandler } from '@noticeline/sdk/node'
import Fastify, { type FastifyInstance } from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { pushedJson, scene, worksAt } from './mounted.ts'

async function listening(app: FastifyInstance): Promise<string> {
  onTestFinished(() => app.close())
  return app.listen({ host: '127.0.0.1', port: 0 })
}

test('Fastify takes notices by the plugin, and goes on parsing bodies of its own', async () => {
  const { portal, receiver } = await scene()
  const app = Fastify({ forceCloseConnections: true })
  app.addContentTypeParser('application/x-own', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.post('/own', async (request) => request.body)
  await app.register(noticeline, { receiver })
  const origin = await listening(app)
  await worksAt({ portal, receiver }, `${origin}/noticeline`)
  expect(await pushedJson(`${origin}/own`)).toEqual({ status: 200, text: '{"sets":{"evt_1":"a.b.c"}}' })
  expect((await fetch(`${origin}/noticeline`)).status).toBe(405)
})

test('Fastify takes notices below a prefix, at a path of its choice, beside other JSON parsers', async () => {
  const { portal, receiver } = await scene()
  const app = Fastify({ forceCloseConnections: true, bodyLimit: 1000 })
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, _body, done) => done(null, 'own'))
  await app.register(noticeline, { receiver, path: '/in', prefix: '/hooks' })
  await worksAt({ portal, receiver }, `${await listening(app)}/hooks/in`)
})

test('the handler for node:http in a route of Fastify, whose parser came first, names the plugin', async () => {
  const { receiver } = await scene()
  const app = Fastify({ forceCloseConnections: true })
  const handler = nodeHandler(receiver)
  app.post('/noticeline', (request, reply) => {
    reply.hijack()
    handler(request.raw, reply.raw)
  })
  const { status, text } = await pushedJson(`${await listening(app)}/noticeline`)
  expect(status).toBe(500)
  expect(JSON.parse(text).description).toContain('register the plugin of @noticeline/sdk/fastify')
})

test('the plugin behind a hook that has read the body says what to do', async () => {
  const { receiver } = await scene()
  const app = Fastify({ forceCloseConnections: true })
  app.addHook('preParsing', async (_request, _reply, payload) => {
    for await (const _ of payload);
    return payload
  })
  await app.register(noticeline, { receiver })
  const { status, text } = await pushedJson(`${await listening(app)}/noticeline`)
  expect([status, JSON.parse(text).code]).toEqual([500, 'body_already_read'])
})
