/**
 * A hosting company's program on the SDK, to be killed at any moment. What it does to an item is one line in a ledger that
 * is on the disk before it answers; the key of that line is the case and the item, as the SDK promises.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createReceiver, type NoticeItem } from '@noticeline/sdk'
import { nodeHandler } from '@noticeline/sdk/node'
import { fileStore, loadOrCreateKeys } from '@noticeline/sdk/stores'

const { PORTAL = '', PORTAL_TOKEN = '', HOST = '', PORT = '', HOOK = '', KEPT = '', HANDLER_MS = '0' } = process.env
/** How old the portal's keys may be as a cache on the way gives them out, and for how long at a stretch they are out of reach. */
const { KEYS_CACHED_S = '0', KEYS_AWAY_S = '0' } = process.env
const ledger = join(KEPT, 'effects')
let ahead = 0
const clock = { now: () => new Date(Date.now() + ahead) }

const receiver = await createReceiver({
  issuer: PORTAL,
  keys: await loadOrCreateKeys(join(KEPT, 'keys.json')),
  inbox: fileStore(join(KEPT, 'inbox')),
  clock,
  fetch: staleFetch(),
  onAlarm: (alarm) => console.error('needs a person:', JSON.stringify(alarm)),
  on: {
    'notice.issued': async (notice, { caseId }) => {
      // Long enough to be killed in.
      await wait(Math.random() * Number(HANDLER_MS))
      return notice.items.map((item) => takeDown(caseId, item, notice.witness?.root ?? '-'))
    },
    'notice.withdrawn': () => [],
  },
})

function takeDown(caseId: string, item: NoticeItem, witness: string) {
  append(join(KEPT, 'calls'), `${caseId} ${item.id}`)
  const done = existsSync(ledger) ? readFileSync(ledger, 'utf8') : ''
  if (!done.includes(`${caseId} ${item.id} `))
    append(ledger, `${caseId} ${item.id} ${new URL(item.url).pathname} ${witness}`)
  return {
    item: item.id,
    outcome: 'content_removed',
    at: new Date().toISOString(),
    by: 'auto',
    scope_applied: 'file',
  } as const
}

/** Keys by way of a cache, or of a line that is down for three quarters of the time. */
function staleFetch(): typeof fetch {
  const began = Date.now()
  const answers = new Map<string, { at: number; text: string }>()
  const [cachedMs, awayMs] = [Number(KEYS_CACHED_S) * 1000, Number(KEYS_AWAY_S) * 1000]
  return async (input, init) => {
    const url = String(input)
    if (!url.includes('/.well-known/') || cachedMs + awayMs === 0) return fetch(input, init)
    if (awayMs > 0 && (Date.now() - began) % ((awayMs * 4) / 3) > awayMs / 3) throw new Error('Out of reach')
    const kept = answers.get(url)
    if (kept && Date.now() - kept.at < cachedMs) return Response.json(JSON.parse(kept.text))
    const answer = await fetch(input, init)
    const text = await answer.text()
    if (answer.ok) answers.set(url, { at: Date.now(), text })
    return new Response(text, { status: answer.status, headers: { 'content-type': 'application/json' } })
  }
}

/** One write of a line is whole or not there, and it is on the disk before this returns. */
function append(path: string, line: string): void {
  const file = openSync(path, 'a', 0o600)
  writeSync(file, `${line}\n`)
  fsyncSync(file)
  closeSync(file)
}

const receive = nodeHandler(receiver)
const server = createServer((request, answer) => {
  if (request.url !== '/ahead') return receive(request, answer)
  // Whoever waits for the next try need not: the clock goes on, as far as the portal takes it for a clock.
  ahead = Math.min(ahead + 120_000, 500_000)
  void receiver.drain()
  answer.writeHead(204).end()
})
server.listen(Number(PORT), HOST, async () => {
  // The portal may be down, or go down while it is asked.
  while (!(await receiver.connect({ token: PORTAL_TOKEN, url: HOOK }).then(() => true, tell))) await wait(300)
  console.log('connected')
})

function tell(error: unknown): false {
  console.error(String(error))
  return false
}

process.once('SIGTERM', async () => {
  server.close()
  server.closeAllConnections()
  await receiver.stop(2000)
  process.exit(0)
})
