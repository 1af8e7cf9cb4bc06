import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { memoryStore } from '../inbox/memory.ts'
import { createReceiver, type ReceiverOptions } from '../receiver/create-receiver.ts'
import { nodeHandler } from '../receiver/node-adapter.ts'
import { generateKeys } from '../receiver/own-keys.ts'
import { reinstated, removed } from './with-receiver.ts'

export interface LocalServer {
  readonly url: string
  close(): Promise<void>
}

export async function serveHere(listener: RequestListener): Promise<LocalServer> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/noticeline`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A receiver as a hosting company runs one: an HTTP server on this machine, which removes whatever it is told. */
export async function localReceiver(given: Partial<ReceiverOptions> & { readonly issuer: string }) {
  const keys = given.keys ?? (await generateKeys())
  const ran: string[] = []
  const receiver = await createReceiver({
    inbox: memoryStore(),
    keys,
    on: {
      'notice.issued': ({ items }) => {
        ran.push('issued')
        return items.map(({ id }) => removed(id))
      },
      'notice.withdrawn': ({ items }) => {
        ran.push('withdrawn')
        return items.map((id) => reinstated(id))
      },
      onUnknown: () => undefined,
    },
    ...given,
  })
  const server = await serveHere(nodeHandler(receiver))
  return {
    ...{ receiver, keys, ran, url: server.url },
    async close() {
      await receiver.stop(0)
      await server.close()
    },
  }
}
