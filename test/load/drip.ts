/** Callers that take their time: some send a byte now and then, some read a byte now and then. */
import { connect, type Socket } from 'node:net'

export const drips = { slowHeaders: 20, slowBodies: 40, slowReaders: 40 } as const

export interface Dripping {
  /** How often the portal ended a line of theirs, as it should when it takes too long. */
  ended(): number
  stop(): void
}

/** Keeps that many lines to the portal dripping; a line that the portal ends is opened again. */
export function drip(origin: string, token: string, cookie: string): Dripping {
  const { hostname, port, host } = new URL(origin)
  const sockets = new Set<Socket>()
  const timers = new Set<NodeJS.Timeout>()
  let stopped = false
  let ended = 0

  // One after the other within ten seconds: all at once they would be a flood, which is another question.
  let lines = 0
  const all = drips.slowHeaders + drips.slowBodies + drips.slowReaders
  const later = (ms: number, begin: (socket: Socket) => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      connectOne(begin)
    }, ms)
    timers.add(timer)
  }
  const open = (begin: (socket: Socket) => void): void => {
    lines += 1
    later((lines * 10_000) / all, begin)
  }
  const connectOne = (begin: (socket: Socket) => void): void => {
    const socket = connect(Number(port), hostname, () => begin(socket))
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      if (stopped) return
      ended += 1
      later(1000, begin)
    })
  }
  const trickle = (socket: Socket, text: string, everyMs: number): void => {
    let sent = 0
    const timer = setInterval(() => {
      if (socket.destroyed || sent >= text.length) clearInterval(timer)
      else socket.write(text[sent++] ?? '')
    }, everyMs)
    socket.once('close', () => clearInterval(timer))
  }
  const head = `POST /v1/notices HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n`
  const body = JSON.stringify({ regime: 'ntd_code', grounds: { reasons: 'x'.repeat(20_000) } })

  for (let line = 0; line < drips.slowHeaders; line += 1) open((socket) => trickle(socket, head.repeat(20), 250))
  for (let line = 0; line < drips.slowBodies; line += 1) {
    open((socket) => {
      socket.write(`${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`)
      trickle(socket, body, 250)
    })
  }
  // Asks for much and takes a little at a time: what is not taken has to wait somewhere.
  for (let line = 0; line < drips.slowReaders; line += 1) {
    const path = ['/v1/openapi.json', '/v1/notices?limit=200', '/provider'][line % 3]
    const auth = path === '/provider' ? `Cookie: ${cookie}` : `Authorization: Bearer ${token}`
    open((socket) => {
      socket.pause()
      // What costs little is asked for often, so that more waits than fits into the buffers of the sockets.
      const times = path === '/v1/openapi.json' ? 20 : 1
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${auth}\r\n\r\n`.repeat(times))
      const timer = setInterval(() => socket.read(64), 250)
      socket.once('close', () => clearInterval(timer))
    })
  }
  return {
    ended: () => ended,
    stop() {
      stopped = true
      for (const timer of timers) clearTimeout(timer)
      for (const socket of sockets) socket.destroy()
    },
  }
}
