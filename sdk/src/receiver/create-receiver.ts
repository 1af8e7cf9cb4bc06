import type { InboxStore } from '../inbox/inbox.ts'
import type { OutboxReport } from '../inbox/outbox.ts'
import { Refusal } from '../refusals.ts'
import { type ConnectedEndpoint, type RegisteredEndpoint, registerEndpoint, verifyEndpoint } from './connect.ts'
import { highest } from './context.ts'
import type { Alarm, Clock, Core } from './core.ts'
import { type DeadLetter, listDead, retryDead } from './dead-letters.ts'
import { checkItems, createDispatcher } from './dispatch.ts'
import { handlePush, type Intake, type Push } from './handle.ts'
import type { Handlers } from './handlers.ts'
import { type Health, healthOf } from './health.ts'
import type { Outcome, Reinstatement } from './outcomes.ts'
import { checkKeys, type OwnKeys } from './own-keys.ts'
import { checkIssuer, type Fetch } from './portal.ts'
import { openPortalKeys } from './portal-keys.ts'
import { later, type Reply } from './replies.ts'
import { signOutcomes } from './report.ts'
import { createSender } from './send-reports.ts'
import type { Inside, Source } from './source.ts'
import { issuedIn } from './stored.ts'
import { answerRequest } from './web-adapter.ts'

/** What a receiver is made from. */
export interface ReceiverOptions {
  /** The portal's origin, as in `https://portal.example`. Plain http is taken for a portal on loopback only. */
  readonly issuer: string
  /** Who you are to the portal (`urn:noticeline:org:…`). Left out: what `connect` learned, kept in the inbox. */
  readonly audience?: string
  readonly keys: OwnKeys
  /** Where messages wait. There is no default: losing a notice that was answered 202 is for nobody to choose unknowingly. */
  readonly inbox: InboxStore
  readonly on: Handlers
  /** Told what a person should know: ids and codes, never an address. */
  readonly onAlarm?: (alarm: Alarm) => void
  /** Notices handled side by side; 4 unless said otherwise. Within one notice it is always one. */
  readonly concurrency?: number
  readonly clock?: Clock
  /** Another `fetch`, for a proxy. */
  readonly fetch?: Fetch
}

/** Takes what the portal sends, hands it over, and reports. */
export interface Receiver {
  /** Answers a push: `(request: Request) => Promise<Response>`. For `node:http` and Express see `@noticeline/sdk/node`. */
  handle(request: Request): Promise<Response>
  /** The same for any other framework: what came in, what goes out. The body must not have been read before. */
  receive(push: Push): Promise<Reply>
  /**
   * Registers this receiver at the portal and has it verified, once: an endpoint that was verified with the same address
   * and keys is remembered. The receiver must be reachable at `url` by then.
   */
  connect(options: ConnectOptions & { readonly url: string }): Promise<ConnectedEndpoint>
  /** The same without an address: nothing is pushed, so there is nothing to verify. See `@noticeline/sdk/poll`. */
  connect(options: ConnectOptions & { readonly url: null }): Promise<RegisteredEndpoint>
  /** Reports outcomes later than a handler's end: after a person has looked, say. Resolves when the report is durable. */
  report(notice: string, results: readonly (Outcome | Reinstatement)[]): Promise<void>
  /** What was given up: handlers that failed too often, reports the portal refused, messages not understood. */
  deadLetters(): Promise<DeadLetter[]>
  /** Another round of tries for a dead letter. False when there is none of that id. */
  retry(id: string): Promise<boolean>
  health(): Promise<Health>
  /**
   * Adds another way in beside push: `startPolling` of `@noticeline/sdk/poll` does. It ends when the receiver stops, and
   * `health()` shows it. There is one at a time.
   */
  attach<S extends Source | null>(start: (inside: Inside) => Promise<S>): Promise<S>
  /** Runs everything that is due by the clock, and resolves when nothing is. */
  drain(): Promise<void>
  /**
   * Takes nothing more, lets running handlers end (after `grace` milliseconds, 10 s unless said otherwise, their signal
   * aborts), and closes the inbox. What is left waits there for the next start.
   */
  stop(grace?: number): Promise<void>
}

/** What `connect` wants to know. */
export interface ConnectOptions {
  /** With the scope `endpoints:write`. */
  readonly token: string
  readonly description?: string
}

const day = 24 * 60 * 60 * 1000
/** Longer than a token is accepted, so that none comes again after it was forgotten. */
const remembered = 90 * day
const refreshEvery = 5 * 60 * 1000
/** For a handler to end by itself after its signal has aborted. */
const lastWord = 2000

/** Opens the inbox and carries on with what waits in it. Rejects with a `Refusal` where an option cannot be used. */
export async function createReceiver(options: ReceiverOptions): Promise<Receiver> {
  const issuer = checkIssuer(options.issuer)
  const keys = await checkKeys(options.keys)
  const store = options.inbox
  const clock = options.clock ?? { now: () => new Date() }
  const stop = new AbortController()
  let refusing = false
  await store.open()
  let audience = options.audience ?? (await store.setting(`audience at ${issuer}`))

  const core: Core = {
    issuer,
    keys,
    store,
    clock,
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    alarm: (alarm) => options.onAlarm?.(alarm),
    stopping: stop.signal,
    audience: () => audience,
    requireAudience() {
      if (audience !== null) return audience
      throw new Refusal('not_connected', 'Give audience, or call connect first.')
    },
  }
  const sender = createSender(core)
  const dispatcher = createDispatcher(core, options.on, sender, options.concurrency ?? 4)
  const intake: Intake = { ...core, portalKeys: openPortalKeys(core), dispatcher, sender }

  for (const report of await store.reports('waiting')) sender.add(report)
  for (const message of await store.messages('waiting')) dispatcher.add(message)
  sender.start()
  dispatcher.start()
  const upkeep = async () => {
    await intake.portalKeys.keepFresh()
    await store.forget(new Date(clock.now().getTime() - remembered))
  }
  const quietly = () => void upkeep().catch(() => undefined)
  quietly()
  const timer = setInterval(quietly, refreshEvery)
  timer.unref()

  const answering = new Set<Promise<Reply>>()
  const receive = async (push: Push): Promise<Reply> => {
    if (refusing) return later(5)
    const answer = handlePush(intake, push)
    answering.add(answer)
    return answer.finally(() => answering.delete(answer))
  }

  let source: Source | null = null

  async function connect(options: ConnectOptions & { readonly url: string }): Promise<ConnectedEndpoint>
  async function connect(options: ConnectOptions & { readonly url: null }): Promise<RegisteredEndpoint>
  async function connect({ token, url, description }: ConnectOptions & { readonly url: string | null }) {
    const known = await rememberedEndpoint(url)
    if (known !== null) return known
    const access = { issuer, token, fetch: core.fetch }
    const endpoint = await registerEndpoint({
      ...access,
      url,
      signingKeys: keys.signing.map(({ publicJwk }) => publicJwk),
      sealingKey: keys.sealing[0]?.publicJwk ?? null,
      description,
    })
    audience = endpoint.audience
    await store.keep(`audience at ${issuer}`, endpoint.audience)
    const connected = url === null ? endpoint : { ...endpoint, ...(await verifyEndpoint(access, endpoint.id)) }
    await store.keep(`endpoint at ${issuer}`, JSON.stringify({ for: signature(url), connected }))
    return connected
  }

  return {
    receive,
    handle: (request) => answerRequest(receive, request),
    connect,

    async report(notice, results) {
      const thread = await store.thread(notice)
      if (thread.length === 0) throw new Refusal('unknown_notice', 'No such notice was received here.')
      checkItems(results, thread)
      const to = issuedIn(thread)?.report_to ?? null
      const report: OutboxReport = await signOutcomes(core, { notice, seq: highest(thread) }, results, to)
      await store.change({ addReports: [report] })
      sender.add(report)
    },

    deadLetters: () => listDead(store),
    retry: (id) => retryDead(core, dispatcher, sender, id),
    health: () => healthOf(intake, refusing, source),
    async attach(start) {
      const started = await start({
        ...core,
        dispatcher,
        receive,
        endpoint: () => store.setting(`endpoint at ${issuer}`),
      })
      source = started ?? source
      return started
    },

    async drain() {
      await dispatcher.drain()
      await sender.drain()
    },

    async stop(grace = 10_000) {
      if (refusing) return
      refusing = true
      clearInterval(timer)
      const ended = Promise.allSettled([...answering, source?.stop()]).then(() => dispatcher.stop())
      // Neither a body sent drop by drop nor a handler that ignores its signal keeps us from stopping.
      if (!(await within(ended, grace))) {
        stop.abort(new Refusal('stopped', 'The receiver stops.'))
        await within(ended, lastWord)
      }
      stop.abort(new Refusal('stopped', 'The receiver stops.'))
      await sender.stop()
      await store.close()
    },
  }

  function signature(url: string | null): string {
    return JSON.stringify([url, ...keys.signing.map(({ kid }) => kid), '', ...keys.sealing.map(({ kid }) => kid)])
  }

  async function rememberedEndpoint(url: string | null): Promise<ConnectedEndpoint | null> {
    const text = await store.setting(`endpoint at ${issuer}`)
    if (text === null) return null
    const kept = JSON.parse(text) as { for: string; connected: ConnectedEndpoint }
    return kept.for === signature(url) ? kept.connected : null
  }
}

async function within(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds)
  })
  const done = await Promise.race([work.then(() => true as const), over])
  clearTimeout(timer)
  return done
}
