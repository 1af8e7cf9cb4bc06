// What a hosting company does with the package, from its first start to its stop, on whichever Node runs this.
import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { createReceiver, Refusal } from '@noticeline/sdk'
import { nodeHandler } from '@noticeline/sdk/node'
import { fileStore, inTransaction, loadOrCreateKeys, sqlStore } from '@noticeline/sdk/stores'
import { createTestPortal, inboxConformance } from '@noticeline/sdk/testing'

const done = { node: process.versions.node.split('.')[0] }
const portal = await createTestPortal()
const keys = await loadOrCreateKeys('./noticeline/keys.json')
const remove = ({ items }) =>
  items.map(({ id }) => ({ item: id, outcome: 'content_removed', at: new Date().toISOString(), by: 'auto' }))
const start = async (inbox) =>
  createReceiver({
    issuer: portal.issuer,
    keys,
    inbox,
    on: { 'notice.issued': remove, 'notice.withdrawn': () => undefined },
  })

const receiver = await start(fileStore('./noticeline/inbox'))
const server = createServer(nodeHandler(receiver))
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const { verified } = await receiver.connect({ token: portal.token, url: `http://127.0.0.1:${server.address().port}/` })
const { answers } = await portal.issue({ items: [{ url: 'https://cust42.tern.example/1' }] })
await receiver.drain()
done.received = verified && answers.every(({ code }) => code === 202)
done.reported = portal.reports.filter(({ type }) => type === 'items.reported').length
done.dead = (await receiver.deadLetters()).length
await receiver.stop()
server.close()
await portal.stop()

const again = await start(fileStore('./noticeline/inbox'))
done.inUse = await start(fileStore('./noticeline/inbox')).catch((error) => Refusal.is(error) && error.code)
await again.stop()

const program = join('node_modules', '@noticeline', 'sdk', 'dist', 'cli.js')
done.help = execFileSync(process.execPath, [program, '--help'], { encoding: 'utf8' }).includes('keygen')

// In Node itself since 22.13; no warning of its being new is ours to print.
process.removeAllListeners('warning')
const builtIn = process.getBuiltinModule?.('node:sqlite')
done.sqlite = builtIn === undefined ? 'not in this Node' : await conforms(builtIn)
console.log(JSON.stringify(done))

async function conforms({ DatabaseSync }) {
  let places = 0
  const makePlace = async () => {
    places += 1
    const path = `./noticeline/${places}.db`
    const open = []
    return {
      durable: true,
      store() {
        const database = new DatabaseSync(path)
        open.push(database)
        const query = async (text, values) => database.prepare(text).all(...values)
        const adapter = { query, transaction: (work) => inTransaction(query, work) }
        return sqlStore(adapter, { key: './noticeline/store.key' })
      },
      async remove() {
        for (const database of open) database.close()
      },
    }
  }
  const cases = inboxConformance(makePlace)
  for (const { run } of cases) await run()
  return `${cases.length} promises kept`
}
