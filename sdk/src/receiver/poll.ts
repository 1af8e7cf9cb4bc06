import { Refusal } from '../refusals.ts'
import { jittered, pollDelays, retryAfter } from './backoff.ts'
import type { Receiver } from './create-receiver.ts'
import { call, mayCall, objectOf } from './portal.ts'
import type { Inside, Source, SourceHealth } from './source.ts'

/** How the portal is asked. */
export interface PollingOptions {
  /**
   * A bearer token with the scope `stream:poll`. Where nothing was connected yet it needs `endpoints:write` too, once:
   * then the receiver registers without an address.
   */
  readonly token: string
  /** Where to poll. Left out: what `connect` learned, which the inbox keeps. */
  readonly pollUrl?: string
  /** Most tokens in one answer, 1 to 100; 32 unless said otherwise. */
  readonly maxEvents?: number
}

/** Polling as it runs. `stop` is for polling alone: the receiver's own `stop` ends it too. */
export type Polling = Source

/** How long the portal may take for an answer: it waits up to 50 s for something to come. */
const patience = 75_000
const lastWordPatience = 3000
/** For the longest answer: as many tokens as are asked for, each as long as one may be. */
const tokenBytes = 300_000
/** An answer without anything in it does not come sooner, or the portal does not wait as it should. */
const shortest = 1000
/** The longest that the portal's `Retry-After` is obeyed: orders of one hour come this way. */
const longestWait = 5 * 60_000
const failingAfter = 10 * 60_000
/** RFC 8936 sets no limit; the portal's is 1,000. */
const saidAtOnce = 200
const mostRemembered = 1000

const polled = new WeakSet<object>()

interface Said {
  readonly ack: readonly string[]
  readonly setErrs: Readonly<Record<string, object>>
}

/** What the portal said instead of an answer. */
class Unanswered extends Error {
  readonly code: string
  readonly wait: number
  readonly refusal: Refusal | null

  constructor(code: string, wait = 0, refusal: Refusal | null = null) {
    super(code)
    this.code = code
    this.wait = wait
    this.refusal = refusal
  }
}

/**
 * Asks the portal for notices (RFC 8936) instead of, or beside, being pushed to: nothing has to be reachable from outside.
 * The same handlers run. What comes is verified and stored durably; only then does the next poll acknowledge it. What is
 * refused is said with its `err`; what could not be stored is not mentioned, so that it comes again.
 *
 * Each poll waits up to 50 s for something to come. When the portal is away it is asked again after 1 s and less and
 * less often, at least once a minute; its `Retry-After` is obeyed, up to 5 minutes. A token that is pushed as well is
 * handled once.
 *
 * Resolves when the first poll was answered, or could not be answered for now. Rejects with the `Refusal` `portal_refused`
 * where the portal does not take the token, `not_connected` where there is no address to poll, `already_polling`.
 */
export async function startPolling(
  receiver: Pick<Receiver, 'attach' | 'connect'>,
  options: PollingOptions,
): Promise<Polling> {
  if (polled.has(receiver)) throw new Refusal('already_polling', 'This receiver polls already: stop that first.')
  polled.add(receiver)
  try {
    return await receiver.attach(async (inside) => {
      const poller = new Poller(inside, await addressFor(receiver, inside, options), options, () =>
        polled.delete(receiver),
      )
      await poller.start()
      return poller
    })
  } catch (error) {
    polled.delete(receiver)
    throw error
  }
}

/** The address that registering answered; registers without an address of our own where that has not been done. */
async function addressFor(
  receiver: Pick<Receiver, 'connect'>,
  inside: Inside,
  { token, pollUrl }: PollingOptions,
): Promise<string> {
  if (pollUrl !== undefined) return usable(pollUrl, inside.issuer)
  const remembered = objectOf((await inside.endpoint()) ?? '')
  const [url = null] = remembered === null ? [] : (JSON.parse(String(remembered['for'])) as [string | null])
  // With the same address and keys as before this asks nobody.
  const endpoint = await (url === null ? receiver.connect({ token, url }) : receiver.connect({ token, url }))
  return usable(endpoint.pollUrl, inside.issuer)
}

/** The bearer token goes there. */
function usable(pollUrl: string | null, issuer: string): string {
  if (pollUrl !== null && mayCall(pollUrl, issuer)) return pollUrl
  throw new Refusal('not_connected', 'The portal named no address that may be polled. Give pollUrl, an https address.')
}

class Poller implements Polling {
  readonly #inside: Inside
  readonly #url: string
  readonly #token: string
  readonly #maxEvents: number
  readonly #ended = new AbortController()
  readonly #over: AbortSignal
  readonly #ending: () => void
  #acks: string[] = []
  readonly #errs = new Map<string, object>()
  /** What was said lately: a portal that offers it all the same is not asked faster for it. */
  readonly #said = new Set<string>()
  #running: Promise<void> = Promise.resolve()
  #stopped: Promise<void> | null = null
  #askedAt: Date | null = null
  #answeredAt: Date | null = null
  #failingSince: Date | null = null
  #failures = 0
  #lastError: string | null = null
  readonly #alarmed = new Set<string>()

  constructor(inside: Inside, url: string, { token, maxEvents = 32 }: PollingOptions, ending: () => void) {
    this.#inside = inside
    this.#url = url
    this.#token = token
    this.#maxEvents = Math.min(Math.max(Math.trunc(maxEvents), 1), 100)
    this.#ending = ending
    this.#over = AbortSignal.any([this.#ended.signal, inside.stopping])
  }

  /** The first poll does not wait: it tells whether the token is taken. */
  async start(): Promise<void> {
    let pause = 0
    try {
      pause = await this.#round(true)
    } catch (error) {
      const failure = asUnanswered(error)
      if (failure.refusal !== null) throw failure.refusal
      pause = this.#failed(failure)
    }
    this.#running = this.#run(pause)
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  health(): SourceHealth {
    return {
      askedAt: this.#askedAt?.toISOString() ?? null,
      answeredAt: this.#answeredAt?.toISOString() ?? null,
      failures: this.#failures,
      lastError: this.#lastError,
      unsaid: this.#acks.length + this.#errs.size,
    }
  }

  async #run(pause: number): Promise<void> {
    let wait = pause
    while (await slept(wait, this.#over)) {
      const began = performance.now()
      try {
        wait = await this.#round(false)
        if (wait < 0) wait = Math.max(shortest - (performance.now() - began), 0)
      } catch (error) {
        if (this.#over.aborted) return
        wait = this.#failed(asUnanswered(error))
      }
    }
  }

  /** One poll and what came of it. Answers how long to wait with the next one; below 0: nothing new came. */
  async #round(returnImmediately: boolean): Promise<number> {
    const sets = await this.#ask({ returnImmediately, maxEvents: this.#maxEvents }, patience, this.#over)
    const entries = Object.entries(sets)
    const isNew = entries.some(([jti]) => !this.#said.has(jti))
    const taken = await Promise.all(entries.map(([jti, set]) => this.#take(jti, set)))
    if (taken.includes('not-stored')) throw new Unanswered('not_stored')
    this.#well()
    return isNew || returnImmediately ? 0 : -1
  }

  async #ask(wanted: object, wait: number, signal: AbortSignal): Promise<Record<string, unknown>> {
    const said: Said = {
      ack: this.#acks.slice(0, saidAtOnce),
      setErrs: Object.fromEntries([...this.#errs].slice(0, saidAtOnce)),
    }
    this.#askedAt = this.#inside.clock.now()
    const init: RequestInit = {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.#token}`,
        'content-type': 'application/json',
        accept: 'application/json',
      },
      body: JSON.stringify({ ...wanted, ...said }),
    }
    const longest = this.#maxEvents * tokenBytes + tokenBytes
    const { code, headers, text } = await call(this.#inside.fetch, this.#url, init, signal, wait, longest)
    const json = objectOf(text)
    if (code !== 200) throw refusedBy(code, json, retryAfter(headers.get('retry-after'), this.#inside.clock.now()))
    const sets = json?.['sets']
    if (typeof sets !== 'object' || sets === null || Array.isArray(sets)) throw new Unanswered('not_a_poll_answer')
    this.#answeredAt = this.#inside.clock.now()
    // Said and heard; what came to be said meanwhile stays.
    this.#acks = this.#acks.filter((jti) => !said.ack.includes(jti))
    for (const jti of Object.keys(said.setErrs)) this.#errs.delete(jti)
    for (const jti of [...said.ack, ...Object.keys(said.setErrs)]) this.#said.add(jti)
    for (const jti of [...this.#said].slice(0, -mostRemembered)) this.#said.delete(jti)
    return sets as Record<string, unknown>
  }

  async #take(jti: string, set: unknown): Promise<'said' | 'not-stored'> {
    const reply = await this.#inside.receive({
      method: 'POST',
      contentType: 'application/secevent+jwt',
      contentLength: null,
      body: typeof set === 'string' ? set : '',
      jti,
    })
    if (reply.code === 202) this.#acks.push(jti)
    else if (reply.code === 400) this.#errs.set(jti, objectOf(reply.body) ?? { err: 'invalid_request' })
    else return 'not-stored'
    return 'said'
  }

  #well(): void {
    this.#failures = 0
    this.#lastError = null
    this.#failingSince = null
    this.#alarmed.clear()
  }

  /** Answers how long to wait. */
  #failed({ code, wait, refusal }: Unanswered): number {
    const now = this.#inside.clock.now()
    const delay = jittered(pollDelays[Math.min(this.#failures, pollDelays.length - 1)] ?? 0)
    this.#failures += 1
    this.#lastError = code
    this.#failingSince ??= now
    if (refusal !== null) this.#alarm('poll_refused', code)
    if (now.getTime() - this.#failingSince.getTime() >= failingAfter) this.#alarm('poll_failing', code)
    return Math.max(delay, Math.min(wait, longestWait))
  }

  /** Once, until it goes well again. */
  #alarm(code: 'poll_refused' | 'poll_failing', err: string): void {
    if (this.#alarmed.has(code)) return
    this.#alarmed.add(code)
    this.#inside.alarm({ code, err })
  }

  async #stop(): Promise<void> {
    this.#ended.abort()
    await this.#running
    this.#ending()
    if (this.#acks.length + this.#errs.size === 0) return
    const only = { returnImmediately: true, maxEvents: 0 }
    // What stays unsaid is offered again, and recognised.
    await this.#ask(only, lastWordPatience, this.#inside.stopping).catch(() => undefined)
  }
}

function refusedBy(code: number, json: Record<string, unknown> | null, wait: number): Unanswered {
  const said = typeof json?.['code'] === 'string' ? json['code'] : undefined
  const err = said ?? `http_${code}`
  if (![400, 401, 403, 404, 410, 422].includes(code)) return new Unanswered(err, wait)
  const told = json?.['detail'] ?? json?.['title'] ?? 'It gave no reason.'
  const words = `The portal answered ${code} to a poll. ${told}`
  return new Unanswered(err, wait, new Refusal('portal_refused', words, { httpCode: code, portalCode: said }))
}

function asUnanswered(error: unknown): Unanswered {
  return error instanceof Unanswered ? error : new Unanswered('unreachable')
}

/** False as soon as it is over. */
function slept(milliseconds: number, over: AbortSignal): Promise<boolean> {
  if (over.aborted) return Promise.resolve(false)
  if (milliseconds <= 0) return Promise.resolve(true)
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      over.removeEventListener('abort', end)
      resolve(!over.aborted)
    }
    const timer = setTimeout(end, milliseconds)
    over.addEventListener('abort', end)
  })
}
