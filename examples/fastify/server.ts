// Fastify in front of a control panel: each item becomes one call of the panel's API, with an idempotency key, so that
// the second run of a handler is no second removal.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createReceiver, type NoticeContext, type NoticeItem, type Outcome, type Reinstatement } from '@noticeline/sdk'
import { noticeline } from '@noticeline/sdk/fastify'
import { fileStore, loadOrCreateKeys } from '@noticeline/sdk/stores'
import Fastify from 'fastify'

const { PORTAL = '', PORTAL_TOKEN = '', PANEL = '', HOST = '127.0.0.1', PORT = '8080', KEPT = './kept' } = process.env
if (!PORTAL || !PORTAL_TOKEN || !PANEL)
  throw new Error('Set PORTAL, PORTAL_TOKEN with the scope endpoints:write, and PANEL, the address of the panel.')
mkdirSync(KEPT, { recursive: true })
const now = () => new Date().toISOString()

const receiver = await createReceiver({
  issuer: PORTAL,
  keys: await loadOrCreateKeys(join(KEPT, 'keys.json')),
  inbox: fileStore(join(KEPT, 'inbox')),
  onAlarm: (alarm) => console.error('needs a person:', JSON.stringify(alarm)),
  on: {
    'notice.issued': ({ items }, context) => Promise.all(items.map((item) => block(item, context))),
    'notice.withdrawn': ({ items }, context) => Promise.all(items.map((item) => unblock(item, context))),
  },
})

async function block(item: NoticeItem, context: NoticeContext): Promise<Outcome> {
  const { status } = await panel('block', { item: item.id, url: item.url, reason: context.caseId }, item.id, context)
  // The panel knows no such place: nothing was removed, and nothing is claimed to be.
  if (status === 404)
    return { item: item.id, outcome: 'not_hosted_here', reason: 'unknown_locator', at: now(), by: 'auto' }
  return { item: item.id, outcome: 'access_disabled', territory: ['worldwide'], at: now(), by: 'auto' }
}

async function unblock(item: string, context: NoticeContext): Promise<Reinstatement> {
  await panel('unblock', { item, reason: context.caseId }, item, context)
  return { item, outcome: 'reinstated', at: now(), by: 'auto' }
}

/** Throws where the panel is away or fails: then the handler runs again, later and later, until it works. */
async function panel(action: string, body: object, item: string, context: NoticeContext): Promise<Response> {
  const response = await fetch(`${PANEL}/${action}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': context.idempotencyKey(item) },
    body: JSON.stringify(body),
    signal: AbortSignal.any([context.signal, AbortSignal.timeout(30_000)]),
  })
  if (!response.ok && response.status !== 404) throw new Error(`The panel answered ${response.status}.`)
  return response
}

const app = Fastify({ forceCloseConnections: true })
// A plugin with its own content-type parser: what the rest of the application parses stays as it is.
await app.register(noticeline, { receiver, path: '/noticeline' })
app.post('/api/orders', async (request) => ({ received: Object.keys((request.body ?? {}) as object) }))
app.addHook('onClose', () => receiver.stop())

await app.listen({ host: HOST, port: Number(PORT) })
const { audience } = await receiver.connect({ token: PORTAL_TOKEN, url: `http://${HOST}:${PORT}/noticeline` })
console.log(`connected as ${audience}`)
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void app.close().then(() => process.exit(0)))
}
