// For whatever speaks Request and Response. With PUBLIC_URL the portal pushes to it; without, the program asks the portal, and
// nothing has to be reachable from outside.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { createReceiver, type NoticeItem, type Outcome, type Reinstatement } from '@noticeline/sdk'
import { startPolling } from '@noticeline/sdk/poll'
import { fileStore, loadOrCreateKeys } from '@noticeline/sdk/stores'
import { Hono } from 'hono'

const {
  PORTAL = '',
  PORTAL_TOKEN = '',
  PUBLIC_URL: address,
  HOST = '127.0.0.1',
  PORT = '8080',
  KEPT = './kept',
} = process.env
if (!PORTAL || !PORTAL_TOKEN) throw new Error('Set PORTAL and PORTAL_TOKEN; see README.md for its scopes.')
const rules = join(KEPT, 'rules')
mkdirSync(rules, { recursive: true })
const now = () => new Date().toISOString()

const receiver = await createReceiver({
  issuer: PORTAL,
  keys: await loadOrCreateKeys(join(KEPT, 'keys.json')),
  inbox: fileStore(join(KEPT, 'inbox')),
  onAlarm: (alarm) => console.error('needs a person:', JSON.stringify(alarm)),
  on: {
    'notice.issued': ({ items }) => Promise.all(items.map(block)),
    'notice.withdrawn': ({ items }) => Promise.all(items.map(unblock)),
  },
})

// One file an item, which a proxy in front of the storage includes. Written again it is the same file.
async function block({ id, url }: NoticeItem): Promise<Outcome> {
  // The address was checked to come from the portal, not to be a good one.
  if (!URL.canParse(url))
    return { item: id, outcome: 'cannot_execute', reason: 'insufficient_information', at: now(), by: 'auto' }
  const { host, pathname } = new URL(url)
  writeFileSync(join(rules, `${id}.json`), JSON.stringify({ host, path: pathname, answer: 410 }), { flush: true })
  return { item: id, outcome: 'access_disabled', territory: ['worldwide'], at: now(), by: 'auto' }
}

async function unblock(id: string): Promise<Reinstatement> {
  rmSync(join(rules, `${id}.json`), { force: true })
  return { item: id, outcome: 'reinstated', at: now(), by: 'auto' }
}

// Next.js: export const POST = (request: Request) => receiver.handle(request)
// Remix:   export const action = ({ request }: ActionFunctionArgs) => receiver.handle(request)
const app = new Hono().post('/noticeline', (c) => receiver.handle(c.req.raw))

const server = serve({ fetch: app.fetch, hostname: HOST, port: Number(PORT) }, async () => {
  if (address !== undefined) await receiver.connect({ token: PORTAL_TOKEN, url: address })
  else await startPolling(receiver, { token: PORTAL_TOKEN })
  console.log(address === undefined ? 'connected by polling' : `connected at ${address}`)
})
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    server.close()
    await receiver.stop()
    process.exit(0)
  })
}
