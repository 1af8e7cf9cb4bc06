/** The providers' side: what they serve (a HEAD answers 200, at any address of this machine), and their endpoints (202). */
import { createServer, type Server } from 'node:http'
import { answerParent } from '../bench/child.ts'
import { freePorts } from '../running/portal.ts'

const servers: Server[] = []

async function listen(hosts: readonly string[]): Promise<number> {
  const port = await freePorts(1)
  for (const host of hosts) {
    const server = createServer((request, response) => {
      request.on('data', () => {})
      request.on('end', () => response.writeHead(request.method === 'POST' ? 202 : 200).end())
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, resolve)
    })
    servers.push(server)
  }
  return port
}

answerParent({ listen })
