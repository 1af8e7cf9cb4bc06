/** The receivers that `receive` pushes to: ours with both stores, a bare server, and those of others; one process. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createReceiver } from '@noticeline/sdk'
import { nodeHandler } from '@noticeline/sdk/node'
import { fileStore, memoryStore } from '@noticeline/sdk/stores'
import { answerParent } from './child.ts'
import { webhookPeers } from './webhook-peers.ts'

const names = Object.keys(webhookPeers) as (keyof typeof webhookPeers)[]

interface Given {
  issuer: string
  audience: string
  keys: Parameters<typeof createReceiver>[0]['keys']
  folder: string
}

async function open({ issuer, audience, keys, folder }: Given) {
  const stores = { memory: memoryStore(), file: fileStore(folder) }
  const receivers = {
    memory: await createReceiver({ issuer, audience, keys, inbox: stores.memory, on: handlers }),
    file: await createReceiver({ issuer, audience, keys, inbox: stores.file, on: handlers }),
  }
  opened = receivers
  return {
    memory: await listen(nodeHandler(receivers.memory)),
    file: await listen(nodeHandler(receivers.file)),
    bare: await listen(bare),
    ...Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await listen(webhookPeers[name].listener)])),
    ),
  }
}

// Outcomes come later, as they do where a person looks: what is measured is receiving.
const handlers = { 'notice.issued': () => undefined, 'notice.withdrawn': () => undefined }

/** Reads the body to its end, as any receiver must, and says 202. */
const bare: RequestListener = (request, response) => {
  request.on('data', () => {})
  request.on('end', () => response.writeHead(202).end())
}

const servers: Server[] = []
let opened: Record<'memory' | 'file', Awaited<ReturnType<typeof createReceiver>>> | null = null

async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

answerParent({
  open,
  /** Until every handler has run and every receipt has been taken. */
  settle: async (which: 'memory' | 'file') => {
    await opened?.[which].drain()
  },
  close: async () => {
    for (const server of servers) server.close().closeAllConnections()
    for (const receiver of Object.values(opened ?? {})) await receiver.stop(0)
  },
})
