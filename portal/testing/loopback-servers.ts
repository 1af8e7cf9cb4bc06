/** Small servers on this machine that behave, or misbehave, as a test says. */
import type { Server } from 'node:http'
import { type AddressInfo, createServer, type Socket, type Server as TcpServer } from 'node:net'

export interface LoopbackServers {
  /** The port it listens on from now until `close`. */
  listen(server: Server | TcpServer, host?: string): Promise<number>
  /** A URL whose server answers every connection with these bytes, whatever it was asked. */
  answering(bytes: string | Buffer | ((socket: Socket) => void)): Promise<string>
  /** A port on which nothing listens any more. */
  deadPort(): Promise<number>
  /** Something else to be ended with the servers. */
  alsoClose(close: () => Promise<unknown>): void
  close(): Promise<void>
}

export function createLoopbackServers(): LoopbackServers {
  const open: (() => Promise<unknown>)[] = []

  function listen(server: Server | TcpServer, host = '127.0.0.1'): Promise<number> {
    const sockets = new Set<Socket>()
    server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.on('error', () => {}).once('close', () => sockets.delete(socket))
    })
    open.push(() => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(resolve))
    })
    return new Promise((resolve) => server.listen(0, host, () => resolve((server.address() as AddressInfo).port)))
  }

  return {
    listen,
    async answering(bytes) {
      const port = await listen(
        createServer((socket) => {
          socket.once('data', () => (typeof bytes === 'function' ? bytes(socket) : socket.end(bytes)))
        }),
      )
      return `http://127.0.0.1:${port}/hook`
    },
    async deadPort() {
      const port = await listen(createServer())
      await open.pop()?.()
      return port
    },
    alsoClose: (close) => void open.push(close),
    async close() {
      for (const close of open.splice(0).reverse()) await close()
    },
  }
}
