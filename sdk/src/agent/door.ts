import { createServer } from 'node:http'
import type { Receiver } from '../receiver/create-receiver.ts'
import { nodeHandler } from '../receiver/node-adapter.ts'
import { startPolling } from '../receiver/poll.ts'
import type { AgentConfig } from './config.ts'

/** Lets notices in: by poll, or where "listen" says so by push. Registers once. Answers how to close it. */
export async function openDoor(
  receiver: Receiver,
  { listen, url }: Pick<AgentConfig, 'listen' | 'url'>,
  token: string,
): Promise<() => Promise<void>> {
  if (listen === undefined || url === undefined) {
    const polling = await startPolling(receiver, { token })
    return () => polling.stop()
  }
  const server = createServer(nodeHandler(receiver))
  const at = listen.lastIndexOf(':')
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(Number(listen.slice(at + 1)), listen.slice(0, at).replace(/^\[|\]$/g, ''), resolve)
  })
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeIdleConnections()
    })
  try {
    await receiver.connect({ token, url, description: 'noticeline agent' })
  } catch (error) {
    await close()
    throw error
  }
  return close
}
