import { nodeHandler } from '@noticeline/sdk/node'
import express5 from 'express'
// @ts-expect-error Version 4 brings no types; where it is used here, those of 5 fit.
import withoutTypes from 'express4'
import { describe, expect, test } from 'vitest'
import { pushedJson, scene, serving, worksAt } from './mounted.ts'

const express4: typeof express5 = withoutTypes

describe.each([
  ['Express 4', express4],
  ['Express 5', express5],
])('%s', (_, express) => {
  test('takes notices where the receiver stands before its parsers, which the rest keeps', async () => {
    const { portal, receiver } = await scene()
    const app = express()
    app.all('/noticeline', nodeHandler(receiver))
    app.use(express.json())
    app.post('/own', (request, response) => void response.json(request.body))
    const origin = await serving(app)
    await worksAt({ portal, receiver }, `${origin}/noticeline`)
    expect(await pushedJson(`${origin}/own`)).toEqual({ status: 200, text: '{"sets":{"evt_1":"a.b.c"}}' })
    expect((await fetch(`${origin}/noticeline`)).status).toBe(405)
  })

  test('takes notices where it is mounted below a path', async () => {
    const { portal, receiver } = await scene()
    const app = express()
    app.use('/hooks', express.Router().use('/noticeline', nodeHandler(receiver)))
    await worksAt({ portal, receiver }, `${await serving(app)}/hooks/noticeline`)
  })

  test.each([
    ['json', express.json()],
    ['text', express.text({ type: () => true })],
    ['raw', express.raw({ type: () => true })],
  ])('mounted behind express.%s() it says what to do, to the error handler and without one', async (_name, parser) => {
    const { receiver } = await scene()
    const errors: unknown[] = []
    const app = express()
    app.use(parser)
    app.post('/noticeline', nodeHandler(receiver))
    app.use(((error, _request, response, _next) => {
      errors.push(error)
      response.status(500).send(error.message)
    }) as express5.ErrorRequestHandler)
    const { status, text } = await pushedJson(`${await serving(app)}/noticeline`)
    expect(errors).toMatchObject([{ code: 'body_already_read' }])
    expect([status, text]).toEqual([500, expect.stringContaining('Mount the receiver before express.json()')])
  })
})
