/** A hosting company's program on the SDK, to be killed at any moment. What it does, it does at a panel that outlives it. */
import { createServer } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { createReceiver, Refusal } from '@noticeline/sdk'
import { nodeHandler } from '@noticeline/sdk/node'
import { startPolling } from '@noticeline/sdk/poll'
import { loadOrCreateKeys } from '@noticeline/sdk/stores'
import { openStore, type StoreName } from './stores.ts'
import { exitInUse, strike, struckStore } from './strike.ts'

const { PORTAL = '', AUDIENCE = '', PORT = '', KEYS = '', PANEL = '', HANDLER_MS = '0' } = process.env
const { STORE = 'file', STORE_AT = '', STORE_KEY = '', MODULES = '', POLL_URL = '', POLL_TOKEN = '' } = process.env
const ahead = Number(process.env['AHEAD_MS'] ?? 0)

/** Once for a case and an item, however often it is asked. */
async function ask(what: 'down' | 'up', caseId: string, item: string, url = ''): Promise<void> {
  strike('before-effect')
  const body = JSON.stringify({ what, caseId, item, url })
  const answer = await fetch(PANEL, { method: 'POST', body })
  if (answer.status !== 204) throw new Error(`The panel answered ${answer.status}`)
  strike('after-effect')
}

const now = () => new Date(Date.now() + ahead)
const takesTime = () => wait(Math.random() * Number(HANDLER_MS))
const by = { by: 'auto' } as const

const receiver = await createReceiver({
  issuer: PORTAL,
  audience: AUDIENCE,
  keys: await loadOrCreateKeys(KEYS),
  inbox: struckStore(await openStore(STORE as StoreName, STORE_AT, STORE_KEY, MODULES)),
  clock: { now },
  onAlarm: (alarm) => console.log(`alarm ${JSON.stringify(alarm)}`),
  on: {
    'notice.issued': async ({ items }, { caseId }) => {
      await takesTime()
      for (const { id, url } of items) await ask('down', caseId, id, url)
      return items.map(({ id }) => ({ item: id, outcome: 'content_removed', at: now().toISOString(), ...by }))
    },
    'notice.withdrawn': async ({ items }, { caseId }) => {
      await takesTime()
      for (const id of items) await ask('up', caseId, id)
      return items.map((item) => ({ item, outcome: 'reinstated', at: now().toISOString(), ...by }))
    },
    'notice.corrected': async () => takesTime().then(() => undefined),
    'notice.closed': async () => takesTime().then(() => undefined),
    'deadline.changed': async () => takesTime().then(() => undefined),
  },
}).catch((error: unknown) => {
  if (Refusal.is(error) && error.code === 'store_in_use') process.exit(exitInUse)
  throw error
})

const receive = nodeHandler(receiver)
const server = createServer(async (request, answer) => {
  if (request.url !== '/health') {
    answer.once('finish', () => strike('answered'))
    return receive(request, answer)
  }
  const { messages, reports } = await receiver.health()
  const told = { messages, reports, dead: await receiver.deadLetters() }
  answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(told))
})
server.listen(Number(PORT), '127.0.0.1', () => process.send?.('ready'))
if (POLL_URL !== '') {
  startPolling(receiver, { token: POLL_TOKEN, pollUrl: POLL_URL, maxEvents: 5 }).catch((error: unknown) => {
    console.log(`alarm ${String(error)}`)
  })
}
// Whoever started it is gone, and so is it.
process.once('disconnect', () => process.exit(0))
