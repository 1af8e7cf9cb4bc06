// A shop of hosted files on Express, which has a JSON API of its own. Notices are taken in beside it: what a notice names
// is answered 410 from then on, and 200 again after a withdrawal.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createReceiver, type NoticeItem, type Outcome, type Reinstatement } from '@noticeline/sdk'
import { nodeHandler } from '@noticeline/sdk/node'
import { fileStore, loadOrCreateKeys } from '@noticeline/sdk/stores'
import express from 'express'

const { PORTAL = '', PORTAL_TOKEN = '', HOST = '127.0.0.1', PORT = '8080', KEPT = './kept' } = process.env
if (!PORTAL || !PORTAL_TOKEN) throw new Error('Set PORTAL, and PORTAL_TOKEN with the scope endpoints:write.')
mkdirSync(KEPT, { recursive: true })
const now = () => new Date().toISOString()

// Item → path. Your database, in your program; here a file that is replaced as a whole.
const withheld = new Map<string, string>(JSON.parse(readOr(join(KEPT, 'withheld.json'), '[]')))
function keep(): void {
  writeFileSync(join(KEPT, 'withheld.json.new'), JSON.stringify([...withheld]), { flush: true })
  renameSync(join(KEPT, 'withheld.json.new'), join(KEPT, 'withheld.json'))
}

const receiver = await createReceiver({
  issuer: PORTAL,
  keys: await loadOrCreateKeys(join(KEPT, 'keys.json')),
  inbox: fileStore(join(KEPT, 'inbox')),
  onAlarm: (alarm) => console.error('needs a person:', JSON.stringify(alarm)),
  on: {
    'notice.issued': ({ items }) => Promise.all(items.map(takeDown)),
    'notice.withdrawn': ({ items }) => Promise.all(items.map(putBack)),
  },
})

async function takeDown({ id, url, scope }: NoticeItem): Promise<Outcome> {
  // The address was checked to come from the portal, not to be a good one.
  if (scope !== 'file' || !URL.canParse(url))
    return {
      item: id,
      outcome: 'cannot_execute',
      reason: 'technical',
      at: now(),
      by: 'auto',
      note: 'A person decides.',
    }
  withheld.set(id, new URL(url).pathname)
  keep()
  return {
    item: id,
    outcome: 'access_disabled',
    territory: ['worldwide'],
    at: now(),
    by: 'auto',
    scope_applied: 'file',
  }
}

async function putBack(id: string): Promise<Reinstatement> {
  withheld.delete(id)
  keep()
  return { item: id, outcome: 'reinstated', at: now(), by: 'auto' }
}

const app = express()
// First: the receiver reads the body itself. What comes after keeps its parsers.
app.all('/noticeline', nodeHandler(receiver))
app.use(express.json())
app.post('/api/orders', (request, response) => void response.json({ received: Object.keys(request.body ?? {}) }))
app.get('/files/{*path}', (request, response) => {
  const gone = [...withheld.values()].includes(request.path)
  response
    .status(gone ? 410 : 200)
    .type('text/plain')
    .set('cache-control', 'no-store')
  response.send(gone ? 'Gone\n' : 'A file of a customer.\n')
})

const server = app.listen(Number(PORT), HOST, async () => {
  const { audience } = await receiver.connect({ token: PORTAL_TOKEN, url: `http://${HOST}:${PORT}/noticeline` })
  console.log(`connected as ${audience}`)
})
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    server.close()
    await receiver.stop()
    process.exit(0)
  })
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}
