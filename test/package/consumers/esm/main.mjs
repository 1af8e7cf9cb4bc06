import { createServer } from 'node:http'
import { createReceiver, generateKeys, Refusal } from '@noticeline/sdk'
import { nodeHandler } from '@noticeline/sdk/node'
import { setDigest } from '@noticeline/sdk/protocol'
import { memoryStore } from '@noticeline/sdk/stores'
import { createTestPortal } from '@noticeline/sdk/testing'

const portal = await createTestPortal()
const receiver = await createReceiver({
  issuer: portal.issuer,
  keys: await generateKeys(),
  inbox: memoryStore(),
  on: {
    'notice.issued': ({ items }) =>
      items.map(({ id }) => ({ item: id, outcome: 'content_removed', at: new Date().toISOString(), by: 'auto' })),
    'notice.withdrawn': () => undefined,
  },
})
const server = createServer(nodeHandler(receiver))
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
await receiver.connect({ token: portal.token, url: `http://127.0.0.1:${server.address().port}/` })
const { raw, setSha256 } = await portal.issue({ items: [{ url: 'https://cust42.tern.example/1' }] })
await receiver.drain()
await receiver.stop()
await portal.stop()
server.close()
const oneMark = Refusal.is(await createReceiver({ issuer: 'x' }).catch((error) => error))
const reported = portal.reports.filter(({ type }) => type === 'items.reported').length
console.log(JSON.stringify({ reported, sameDigest: setDigest(raw) === setSha256, oneMark }))
