export const frameworks = ['node-http', 'express', 'fastify', 'hono'] as const
export type Framework = (typeof frameworks)[number]

export const stacks = ['file', 'sqlite', 'postgres', 'mariadb'] as const
export type Stack = (typeof stacks)[number]

/** What has to be installed beside this package. */
export const packages: Record<Framework | Stack, readonly string[]> = {
  'node-http': [],
  express: ['express'],
  fastify: ['fastify'],
  hono: ['hono', '@hono/node-server'],
  file: [],
  sqlite: ['node-sqlite3-wasm'],
  postgres: ['pg'],
  mariadb: ['mysql2'],
}

const head = (what: string) => `// @ts-check
// ${what} Written by \`noticeline init\`; yours to change.
`

/** The receiver itself: the same for every framework. */
export const receiverFile = `${head('Takes notices, keeps them, and hands them to handlers.mjs.')}
import { createReceiver } from '@noticeline/sdk'
import { startPolling } from '@noticeline/sdk/poll'
import { loadOrCreateKeys } from '@noticeline/sdk/stores'
import { forget, putBack, takeDown } from './handlers.mjs'
import { openStore } from './store.mjs'

const { NOTICELINE_ISSUER = '', NOTICELINE_TOKEN = '', NOTICELINE_URL, NOTICELINE_KEYS_PASSPHRASE } = process.env
const store = await openStore()

export const receiver = await createReceiver({
  issuer: NOTICELINE_ISSUER,
  keys: await loadOrCreateKeys('./noticeline/keys.json', { passphrase: NOTICELINE_KEYS_PASSPHRASE || undefined }),
  inbox: store.inbox,
  // Handlers run after the notice is stored and answered, again when they throw, and again after a crash.
  // To let a person decide first, put a policy between: see @noticeline/sdk/policies.
  on: {
    'notice.issued': ({ items }) => Promise.all(items.map(takeDown)),
    'notice.withdrawn': ({ items, restore }) => (restore ? Promise.all(items.map(putBack)) : undefined),
    'notice.closed': async ({ items }) => {
      await Promise.all(items.map(({ id }) => forget(id)))
      return undefined
    },
  },
  // Ids and codes, never an address: fit for any log or pager.
  onAlarm: (alarm) => console.error('noticeline', JSON.stringify(alarm)),
})

/** Once the server listens: registers and is verified, once; or polls, where nobody can reach it. */
export async function connect() {
  if (NOTICELINE_URL) {
    const { audience } = await receiver.connect({ token: NOTICELINE_TOKEN, url: NOTICELINE_URL })
    console.log(\`connected as \${audience}\`)
  } else {
    await startPolling(receiver, { token: NOTICELINE_TOKEN })
    console.log('polling')
  }
}

export async function stop() {
  await receiver.stop()
  await store.close()
}
`

/** Files under SERVED by host and path, set aside by item; as the agent's handlers do it. */
export const handlersFile = `${head('What is done about one item.')}
// Files are taken from SERVED/<host>/<path> and set aside in WITHHELD under the id of the item: renamed, never copied.
// Both folders are on one file system. Everything may run twice; the second time finds it done.
import { lstat, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { join, sep } from 'node:path'

const { SERVED = './served', WITHHELD = './withheld' } = process.env
const now = () => new Date().toISOString()
/** @param {string} path */
const there = (path) => lstat(path).then(() => true, () => false)
/** @param {string} id */
const kept = (id) => join(WITHHELD, id)

/**
 * @param {import('@noticeline/sdk').NoticeItem} item
 * @returns {Promise<import('@noticeline/sdk').Outcome>}
 */
export async function takeDown(item) {
  const done = { item: item.id, at: now(), by: /** @type {const} */ ('auto') }
  if (await there(kept(item.id))) return { ...done, outcome: 'content_removed', scope_applied: 'file' }
  if (item.scope === 'account' || item.scope === 'site') {
    return { ...done, outcome: 'cannot_execute', reason: 'technical', note: 'Wider than a file: a person decides.' }
  }
  const { hostname, pathname } = new URL(item.url)
  const site = await realpath(join(SERVED, hostname)).catch(() => null)
  if (site === null) return { ...done, outcome: 'not_hosted_here', reason: 'unknown_locator' }
  const file = await realpath(join(site, decodeURIComponent(pathname))).catch(() => null)
  if (file === null) return { ...done, outcome: 'already_unavailable', since: now() }
  // A folder, or a link that leads out of the site: nothing to guess about.
  if (!file.startsWith(site + sep) || !(await lstat(file)).isFile()) {
    return { ...done, outcome: 'cannot_execute', reason: 'insufficient_information' }
  }
  await writeFile(\`\${kept(item.id)}.from\`, file, { mode: 0o600, flush: true })
  await rename(file, kept(item.id))
  return { ...done, outcome: 'content_removed', scope_applied: 'file' }
}

/**
 * @param {string} id
 * @returns {Promise<import('@noticeline/sdk').Outcome | import('@noticeline/sdk').Reinstatement>}
 */
export async function putBack(id) {
  const done = { item: id, at: now(), by: /** @type {const} */ ('auto') }
  const file = await readFile(\`\${kept(id)}.from\`, 'utf8').catch(() => null)
  if (file === null) return { ...done, outcome: 'cannot_execute', reason: 'technical', note: 'Nothing is held for it.' }
  if (await there(kept(id))) {
    if (await there(file)) {
      return { ...done, outcome: 'cannot_execute', reason: 'technical', note: 'Something else stands there now.' }
    }
    await rename(kept(id), file)
  }
  return { ...done, outcome: 'reinstated' }
}

/** The notice is closed: what was set aside goes for good. @param {string} id */
export async function forget(id) {
  await rm(kept(id), { force: true })
  await rm(\`\${kept(id)}.from\`, { force: true })
}
`

const ending = `for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT'])) {
  process.once(signal, async () => {
    CLOSE
    await stop()
    process.exit(0)
  })
}
`
const listening = "const { PORT = '8080', HOST = '127.0.0.1' } = process.env\n"

export const serverFiles: Record<Framework, string> = {
  'node-http': `${head('The server, with node:http.')}
import { createServer } from 'node:http'
import { nodeHandler } from '@noticeline/sdk/node'
import { connect, receiver, stop } from './receiver.mjs'

${listening}const receive = nodeHandler(receiver)
const server = createServer((request, response) => {
  if (request.url === '/noticeline') receive(request, response)
  else response.writeHead(404).end()
})
server.listen(Number(PORT), HOST, connect)
${ending.replace('CLOSE', 'server.close()')}`,

  express: `${head('The server, with Express.')}
import { nodeHandler } from '@noticeline/sdk/node'
import express from 'express'
import { connect, receiver, stop } from './receiver.mjs'

${listening}const app = express()
// Before express.json() and every other body parser: the receiver reads the body itself.
app.all('/noticeline', nodeHandler(receiver))
app.use(express.json())
const server = app.listen(Number(PORT), HOST, () => void connect())
${ending.replace('CLOSE', 'server.close()')}`,

  fastify: `${head('The server, with Fastify.')}
import { noticeline } from '@noticeline/sdk/fastify'
import fastify from 'fastify'
import { connect, receiver, stop } from './receiver.mjs'

${listening}const app = fastify()
// A plugin of its own, so that its bodies stay unparsed and yours stay parsed.
await app.register(noticeline, { receiver, path: '/noticeline' })
await app.listen({ port: Number(PORT), host: HOST })
await connect()
${ending.replace('CLOSE', 'await app.close()')}`,

  hono: `${head('The server, with Hono; receiver.handle fits wherever there are Request and Response.')}
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { connect, receiver, stop } from './receiver.mjs'

${listening}const app = new Hono()
app.all('/noticeline', (c) => receiver.handle(c.req.raw))
const server = serve({ fetch: app.fetch, port: Number(PORT), hostname: HOST }, () => void connect())
${ending.replace('CLOSE', 'server.close()')}`,
}

const keyed = "{ key: './noticeline/store.key' }"

export const storeFiles: Record<Stack, string> = {
  file: `${head('Where notices wait: a folder, for this process alone.')}
import { fileStore } from '@noticeline/sdk/stores'

export async function openStore() {
  return { inbox: fileStore('./noticeline/inbox'), close: async () => {} }
}
`,
  sqlite: `${head('Where notices wait: a SQLite file.')}
import { mkdir, rm } from 'node:fs/promises'
import { inTransaction, sqlStore } from '@noticeline/sdk/stores'
import sqlite3 from 'node-sqlite3-wasm'

const path = './noticeline/inbox.db'

export async function openStore() {
  await mkdir('./noticeline', { recursive: true, mode: 0o700 })
  // A lock folder that a killed process left behind; the store itself sees to it that one receiver uses it at a time.
  await rm(\`\${path}.lock\`, { recursive: true, force: true })
  const database = new sqlite3.Database(path)
  /** @type {import('@noticeline/sdk/stores').SqlQuery} */
  const query = async (text, values) => database.all(text, [...values])
  const inbox = sqlStore({ query, transaction: (work) => inTransaction(query, work) }, ${keyed})
  return { inbox, close: async () => database.close() }
}
`,
  postgres: `${head('Where notices wait: two tables in PostgreSQL, made by themselves.')}
import { mkdir } from 'node:fs/promises'
import { inTransaction, numbered, sqlStore } from '@noticeline/sdk/stores'
import pg from 'pg'

export async function openStore() {
  await mkdir('./noticeline', { recursive: true, mode: 0o700 })
  const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'] })
  /** @type {(client: pg.Pool | pg.ClientBase) => import('@noticeline/sdk/stores').SqlQuery} */
  const on = (client) => async (text, values) => (await client.query(numbered(text), [...values])).rows
  /** @type {import('@noticeline/sdk/stores').SqlAdapter['transaction']} */
  const transaction = async (work) => {
    const client = await pool.connect()
    return inTransaction(on(client), work).finally(() => client.release())
  }
  return { inbox: sqlStore({ query: on(pool), transaction }, ${keyed}), close: () => pool.end() }
}
`,
  mariadb: `${head('Where notices wait: two tables in MariaDB or MySQL, made by themselves.')}
import { mkdir } from 'node:fs/promises'
import { inTransaction, sqlStore } from '@noticeline/sdk/stores'
import { createPool } from 'mysql2/promise'

export async function openStore() {
  await mkdir('./noticeline', { recursive: true, mode: 0o700 })
  const pool = createPool(process.env['DATABASE_URL'] ?? '')
  /** @type {(connection: import('mysql2/promise').Pool | import('mysql2/promise').PoolConnection) => import('@noticeline/sdk/stores').SqlQuery} */
  const on = (connection) => async (text, values) => (await connection.query(text, [...values]))[0]
  /** @type {import('@noticeline/sdk/stores').SqlAdapter['transaction']} */
  const transaction = async (work) => {
    const connection = await pool.getConnection()
    return inTransaction(on(connection), work).finally(() => connection.release())
  }
  return { inbox: sqlStore({ query: on(pool), transaction }, ${keyed}), close: () => pool.end() }
}
`,
}
