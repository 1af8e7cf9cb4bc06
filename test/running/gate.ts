/** Stands between two programs and lets everything through, until told to do something at one precise moment. */
import { request as ask, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

export interface Passing {
  readonly method: string
  readonly path: string
  /** 0 before there is an answer. */
  readonly code: number
}

/** What happens to the message: it goes on, or whoever waits for it sees the connection break. */
export type Verdict = 'pass' | 'drop'

type Watch = (passing: Passing) => Promise<Verdict>

export class Gate {
  readonly #target: { host: string; port: number }
  readonly #server: Server
  #asked: Watch[] = []
  #answered: Watch[] = []

  private constructor(target: { host: string; port: number }) {
    this.#target = target
    this.#server = createServer((request, answer) => void this.#carry(request, answer).catch(() => answer.destroy()))
  }

  static async open(at: { host: string; port: number }, target: { host: string; port: number }): Promise<Gate> {
    const gate = new Gate(target)
    await new Promise<void>((resolve, reject) => {
      gate.#server.once('error', reject)
      gate.#server.listen(at.port, at.host, resolve)
    })
    return gate
  }

  /** Once, when a request of that path has come and has not gone on. */
  onceAsked(path: string, act: (passing: Passing) => Promise<Verdict>): Promise<void> {
    return this.#once(this.#asked, path, act)
  }

  /** Once, when such a request was answered and the answer has not gone back. */
  onceAnswered(path: string, act: (passing: Passing) => Promise<Verdict>): Promise<void> {
    return this.#once(this.#answered, path, act)
  }

  #once(watches: Watch[], path: string, act: Watch): Promise<void> {
    return new Promise((resolve, reject) => {
      let done = false
      watches.push(async (passing) => {
        if (done || passing.method !== 'POST' || passing.path !== path || (passing.code !== 0 && passing.code >= 300))
          return 'pass'
        done = true
        try {
          const verdict = await act(passing)
          resolve()
          return verdict
        } catch (error) {
          reject(error)
          throw error
        }
      })
    })
  }

  async #carry(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await whole(request)
    const { method = 'GET', url = '/' } = request
    const path = url.split('?')[0] ?? '/'
    if ((await this.#judge(this.#asked, { method, path, code: 0 })) === 'drop') return void answer.destroy()
    const reply = await this.#forward(request, body)
    const said = await whole(reply)
    const code = reply.statusCode ?? 502
    if ((await this.#judge(this.#answered, { method, path, code })) === 'drop') return void answer.destroy()
    const { 'transfer-encoding': _chunked, connection: _kept, ...headers } = reply.headers
    answer.writeHead(code, { ...headers, 'content-length': said.length, connection: 'close' }).end(said)
  }

  async #judge(watches: Watch[], passing: Passing): Promise<Verdict> {
    for (const watch of watches) if ((await watch(passing)) === 'drop') return 'drop'
    return 'pass'
  }

  #forward(request: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { method, url, headers } = request
    return new Promise((resolve, reject) => {
      const sent = ask({ ...this.#target, method, path: url, headers: { ...headers, connection: 'close' } }, resolve)
      sent.once('error', reject)
      sent.end(body)
    })
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

async function whole(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
