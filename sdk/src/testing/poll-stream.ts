import type { PollRequest } from '../protocol.ts'
import type { Answer } from './portal-server.ts'

/** How polls are answered: as documented, with this code, or wrongly. */
export type PollMisbehaviour =
  | 'answered'
  | 401
  | 429
  | 503
  /** Ends the connection without an answer. */
  | 'hang-up'
  /** 200, and no poll answer in it. */
  | 'garbled'
  /** Nothing, at once, whatever waits. */
  | 'empty'
  /** Forgets acknowledgements, and offers everything again. */
  | 'again'
  /** Names each token by a jti that is not its own. */
  | 'misnamed'
  /** Without the envelope. */
  | 'plain'

/** A stream that is asked. */
export interface PollStream {
  /** What was asked, in order. */
  readonly polls: readonly PollRequest[]
  /** The jti of what was acknowledged. */
  readonly acknowledged: ReadonlySet<string>
  /** What was refused, by its jti. */
  readonly refused: ReadonlyMap<string, { readonly err: string; readonly description?: string | undefined }>
  offer(token: { readonly jti: string; readonly raw: string }): void
  settle(jti: string): void
  answer(request: PollRequest, how: PollMisbehaviour, gone: AbortSignal): Promise<Answer>
  stop(): void
}

/** What waits to be polled (RFC 8936): offered until it is acknowledged, or refused. */
export function createPollStream(wrap: (raw: string, plain: boolean) => Promise<string>, longPoll: number): PollStream {
  const waiting = new Map<string, string>()
  const polls: PollRequest[] = []
  const acknowledged = new Set<string>()
  const refused: Map<string, { err: string; description?: string | undefined }> = new Map()
  const woken = new Set<() => void>()
  let stopped = false
  const wake = () => {
    for (const go of woken) go()
  }

  function somethingToCome(gone: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        clearTimeout(timer)
        woken.delete(go)
        gone.removeEventListener('abort', go)
        resolve()
      }
      const timer = setTimeout(go, longPoll)
      woken.add(go)
      gone.addEventListener('abort', go)
    })
  }

  return {
    polls,
    acknowledged,
    refused,
    offer({ jti, raw }) {
      waiting.set(jti, raw)
      wake()
    },
    settle(jti) {
      waiting.delete(jti)
    },
    async answer(request, how, gone) {
      polls.push(request)
      if (how === 401) return { code: 401, body: { code: 'unauthorized', detail: 'The bearer token is not known.' } }
      if (how === 429 || how === 503) return { code: how }
      if (how === 'hang-up') throw new Error('no answer')
      if (how === 'garbled') return { code: 200, body: 'Welcome to this network.' }
      for (const jti of request.ack ?? []) {
        acknowledged.add(jti)
        if (how !== 'again') waiting.delete(jti)
      }
      for (const [jti, said] of Object.entries(request.setErrs ?? {})) {
        refused.set(jti, said)
        waiting.delete(jti)
      }
      const most = how === 'empty' ? 0 : (request.maxEvents ?? 100)
      const waits = request.returnImmediately !== true && most > 0
      if (waits && waiting.size === 0 && !stopped) await somethingToCome(gone)
      const offered = [...waiting].slice(0, most)
      const sets = await Promise.all(
        offered.map(async ([jti, raw]) => [
          how === 'misnamed' ? `${jti}-other` : jti,
          await wrap(raw, how === 'plain'),
        ]),
      )
      const more = waiting.size > offered.length && most > 0
      return { code: 200, body: { sets: Object.fromEntries(sets), ...(more ? { moreAvailable: true } : {}) } }
    },
    stop() {
      stopped = true
      wake()
    },
  }
}
