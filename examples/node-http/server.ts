// A hosting company in a hundred lines: serves its customers' files, receives notices, takes a file away where it
// stands, reports, puts it back when the notice was a mistake, and deletes it when the notice closes.
import { mkdir } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { createReceiver, type NoticeItem, type Outcome } from '@noticeline/sdk'
import { nodeHandler } from '@noticeline/sdk/node'
import { fileStore, loadOrCreateKeys } from '@noticeline/sdk/stores'
import { Storage, type Withheld } from './storage.ts'

const { PORTAL, PORTAL_TOKEN, HOST = '127.0.0.1', PORT = '8080', SERVED = './served', KEPT = './kept' } = process.env
if (!PORTAL || !PORTAL_TOKEN) {
  console.error('Set PORTAL to the portal’s address and PORTAL_TOKEN to a token with the scope endpoints:write.')
  process.exit(1)
}
const here = `http://${HOST.includes(':') ? `[${HOST}]` : HOST}:${PORT}`
for (const folder of [SERVED, KEPT, join(KEPT, 'withheld')]) await mkdir(folder, { recursive: true, mode: 0o755 })
const storage = new Storage(SERVED, join(KEPT, 'withheld'))

const receiver = await createReceiver({
  issuer: PORTAL,
  keys: await loadOrCreateKeys(join(KEPT, 'keys.json')),
  inbox: fileStore(join(KEPT, 'inbox')),
  onAlarm: (alarm) => console.error('needs a person:', JSON.stringify(alarm)),
  on: {
    'notice.issued': (notice, { receivedAt }) => Promise.all(notice.items.map((item) => takeDown(item, receivedAt))),
    'notice.withdrawn': (withdrawal) => Promise.all(withdrawal.items.map(putBack)),
    'notice.closed': async (closing) => {
      for (const { id } of closing.items) await storage.destroy(id)
      return []
    },
  },
})

async function takeDown(item: NoticeItem, receivedAt: Date): Promise<Outcome> {
  const now = () => new Date().toISOString()
  const base = { item: item.id, by: 'auto' } as const
  // More than one file is for a person to decide: say so, and the clock stands still meanwhile.
  if (item.scope === 'account' || item.scope === 'site')
    return {
      ...base,
      outcome: 'cannot_execute',
      reason: 'technical',
      at: now(),
      note: 'Wider than a file: a person decides.',
    }
  const path = pathOf(item.url)
  const withheld: Withheld = path === null ? { done: false, why: 'outside' } : await storage.withhold(item.id, path)
  if (withheld.done) {
    const collateral = withheld.otherNames > 0 ? 'The same bytes have another name in this storage.' : 'None.'
    return {
      ...base,
      outcome: 'access_disabled',
      territory: ['worldwide'],
      at: withheld.at,
      scope_applied: 'file',
      collateral,
    }
  }
  if (withheld.why === 'not_found')
    return { ...base, outcome: 'already_unavailable', since: receivedAt.toISOString(), at: now() }
  // A link, a device, or a file that was exchanged under our hands: nothing to guess about.
  return { ...base, outcome: 'cannot_execute', reason: 'insufficient_information', at: now() }
}

async function putBack(id: string): Promise<Outcome | { item: string; outcome: 'reinstated'; at: string; by: 'auto' }> {
  const at = new Date().toISOString()
  if (await storage.restore(id)) return { item: id, outcome: 'reinstated', at, by: 'auto' }
  return { item: id, outcome: 'cannot_execute', reason: 'technical', at, by: 'auto', note: 'Nothing is held for it.' }
}

const receive = nodeHandler(receiver)
const server = createServer((request, answer) => {
  if (request.url === '/noticeline') receive(request, answer)
  else void serve(request, answer)
})

async function serve(request: IncomingMessage, answer: ServerResponse): Promise<void> {
  const path = pathOf(request.url ?? '/')
  const file = path === null ? null : await storage.openServed(path)
  if (!file) {
    const gone = path !== null && (await storage.isWithheld(path))
    answer.writeHead(gone ? 410 : 404, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-store' })
    answer.end(request.method === 'HEAD' ? undefined : gone ? 'Gone\n' : 'Not found\n')
    return
  }
  const { size } = await file.stat()
  answer.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': size })
  if (request.method === 'HEAD') {
    await file.close()
    answer.end()
  } else file.createReadStream().pipe(answer)
}

/** The path below the served tree, or null where there can be none. */
function pathOf(url: string): string | null {
  try {
    return decodeURIComponent(new URL(url, here).pathname).replaceAll('\0', '') || null
  } catch {
    return null
  }
}

server.listen(Number(PORT), HOST, async () => {
  const endpoint = await receiver.connect({ token: PORTAL_TOKEN, url: `${here}/noticeline`, description: 'storage' })
  console.log(`connected to ${PORTAL} as ${endpoint.audience}, serving on ${here}`)
})
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    server.close()
    await receiver.stop()
    process.exit(0)
  })
}
