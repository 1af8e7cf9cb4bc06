/** A collector of traces that takes whatever it is sent and keeps it, word for word. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Collector {
  readonly url: string
  /** Request lines, headers and bodies, in order. */
  readonly sent: string[]
  stop(): Promise<void>
}

export function startCollector(): Promise<Collector> {
  const sent: string[] = []
  const server = createServer((request, answer) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      sent.push(`${request.method} ${request.url} ${JSON.stringify(request.rawHeaders)}\n${body}`)
      answer.writeHead(200, { 'Content-Type': 'application/json' }).end('{}')
    })
  })
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      const stop = () => new Promise<void>((stopped) => server.close(() => stopped()))
      resolve({ url: `http://127.0.0.1:${port}`, sent, stop })
    }),
  )
}
