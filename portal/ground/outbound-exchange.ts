import { Client, type Dispatcher } from 'undici'
import { type Guard, openLine } from './outbound-connect.ts'
import { failureOf, OutboundFailure } from './outbound-failure.ts'

/** One client, one socket at a time; `seen` says where its newest socket leads. */
export interface Line {
  client: Client
  seen: { address: string | null; peer: string | null }
}

export interface Request {
  method: 'POST' | 'HEAD' | 'GET'
  url: URL
  headers: Record<string, string>
  body?: string
  maxBytes: number
  totalMs: number
}

export interface Answer {
  status: number
  headers: Record<string, string>
  body: Buffer
  truncated: boolean
  /** Whether the line may carry another request. */
  reusable: boolean
}

const maxHeaderBytes = 16 * 1024

export function createLine(url: URL, guard: Guard, headersMs: number): Line {
  const seen: Line['seen'] = { address: null, peer: null }
  const client = new Client(url.origin, {
    connect: (_options, callback) => {
      openLine(url, guard, 'tls-only').then(
        ({ socket, address, peer }) => {
          Object.assign(seen, { address, peer })
          callback(null, socket)
        },
        (error: unknown) => callback(failureOf(error, 'tcp', null), null),
      )
    },
    pipelining: 1,
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: headersMs,
    bodyTimeout: headersMs,
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 10_000,
  })
  return { client, seen }
}

/** Asks once and reads at most `maxBytes` of the answer, in at most `totalMs`. No redirect is followed, nothing is unpacked. */
export function exchange(line: Line, request: Request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const reading = new Reading(line, request, (answer, error) => {
      clearTimeout(stop)
      if (answer) resolve(answer)
      else reject(failureOf(error, 'http', line.seen.address))
    })
    const stop = setTimeout(() => reading.stop(), request.totalMs)
    line.client.dispatch(
      {
        method: request.method,
        path: `${request.url.pathname}${request.url.search}`,
        headers: request.headers,
        body: request.body ?? null,
      },
      reading,
    )
  })
}

/**
 * One answer as it comes in, without the streams that `Client.request` would wrap around a body which is nearly always
 * empty. The number in its first line is what counts, so a body that breaks off or drips does not unsay it.
 */
class Reading implements Dispatcher.DispatchHandler {
  readonly #line: Line
  readonly #request: Request
  readonly #give: (answer: Answer | null, error?: unknown) => void
  readonly #chunks: Buffer[] = []
  #length = 0
  #head: Pick<Answer, 'status' | 'headers'> | null = null
  #controller: Dispatcher.DispatchController | null = null
  #late: OutboundFailure | null = null
  #given = false

  constructor(line: Line, request: Request, give: (answer: Answer | null, error?: unknown) => void) {
    this.#line = line
    this.#request = request
    this.#give = give
  }

  /** The time is over, whatever has come so far; also before there is a line. */
  stop(): void {
    const late = new OutboundFailure(
      'timeout',
      'The whole answer was not there in the time allowed.',
      this.#line.seen.address,
    )
    this.#late = late
    if (this.#head) this.#answer(true)
    else this.#fail(late)
    this.#controller?.abort(late)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#late) controller.abort(this.#late)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // 103 and its kind come before the answer.
    if (status < 200) return
    this.#head = { status, headers: joined(headers) }
    if (this.#request.method !== 'HEAD') return
    this.#answer(false)
    controller.abort(new Error('Nothing follows'))
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    if (this.#length <= this.#request.maxBytes) return
    this.#answer(true)
    controller.abort(new Error('Enough'))
  }

  onResponseEnd(): void {
    this.#answer(false)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#head) this.#answer(true)
    else this.#fail(error)
  }

  #answer(truncated: boolean): void {
    if (this.#given || !this.#head) return
    this.#given = true
    const body = Buffer.concat(this.#chunks).subarray(0, this.#request.maxBytes)
    this.#give({ ...this.#head, body, truncated, reusable: !truncated && this.#request.method !== 'HEAD' })
  }

  #fail(error: unknown): void {
    if (this.#given) return
    this.#given = true
    this.#give(null, error)
  }
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const all: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    all[name] = Array.isArray(value) ? value.join(', ') : (value ?? '')
  return all
}
