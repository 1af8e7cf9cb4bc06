import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createReceiver, generateKeys } from '@noticeline/sdk'
import { nodeHandler } from '@noticeline/sdk/node'
import { memoryStore } from '@noticeline/sdk/stores'
import { createTestPortal } from '@noticeline/sdk/testing'
import { panel } from './panel.js'

const portal = await createTestPortal()
process.env['PORTAL'] = portal.issuer
const { policy, receiver } = await import('./policy.js')
const server = createServer(nodeHandler(receiver)).listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
await receiver.connect({ token: portal.token, url: `http://127.0.0.1:${port}/` })
await portal.issue({ items: [{ url: 'https://cust42.tern.example/1' }], notice: 'ntc_a' })
await receiver.drain()
const waited = policy.waiting().length
await import('./decide.js')
await receiver.drain()
const outcomes = () =>
  portal.reports.flatMap((report) => (report.type === 'items.reported' ? report.message.results : []))
const reported = outcomes().map(({ outcome, by }) => `${outcome} ${by}`)
const decisions = (await policy.decisions('ntc_a')).map(({ by }) => by)
await receiver.stop()
await policy.stop()
server.close()

const { removal } = await import('./steps.js')
const keys = await generateKeys()
const steps = await createReceiver({
  issuer: portal.issuer,
  audience: 'urn:noticeline:org:org_tern',
  keys,
  inbox: memoryStore(),
  on: removal.on,
})
portal.attach({
  audience: 'urn:noticeline:org:org_tern',
  signingKeys: keys.signing.map(({ publicJwk }) => publicJwk),
  sealingKey: keys.sealing[0]?.publicJwk ?? null,
  to: steps.handle,
})
const { notice } = await portal.issue({ items: [{ url: 'https://cust42.tern.example/1' }], notice: 'ntc_b' })
await steps.drain()
const said = async () => Object.values(await panel.status('cust42.tern.example')).join(' ')
const blocked = await said()
const outcome = outcomes().at(-1)?.outcome
await portal.withdraw(notice)
await steps.drain()
console.log(JSON.stringify({ waited, reported, decisions, blocked, outcome, after: await said() }))
await steps.stop()
await removal.stop()
await portal.stop()
