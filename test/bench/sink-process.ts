/** Answers 202 to whatever it is sent, and 200 to every other question. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerParent } from './child.ts'

const server = createServer((request, response) => {
  request.on('data', () => {})
  request.on('end', () => response.writeHead(request.method === 'POST' ? 202 : 200).end())
})

answerParent({
  listen: async (): Promise<number> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  },
})
