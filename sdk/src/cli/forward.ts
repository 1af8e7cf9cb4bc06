import { setTimeout as wait } from 'node:timers/promises'
import { isEnvelope, pollResponse, tokenMediaType } from '../protocol.ts'
import { call, checkIssuer, mayCall } from '../receiver/portal.ts'
import { Complaint, misused } from './complaint.ts'
import { localAddress } from './local-portal.ts'
import { ask } from './published-keys.ts'
import { type Answered, answeredBy, objectIn, unreachable, wordsFor } from './push-answer.ts'
import type { Shell } from './shell.ts'

export const realOptions = {
  portal: { type: 'text', value: 'ORIGIN', summary: 'Poll this portal instead, as in https://portal.example.' },
  token: {
    type: 'text',
    value: 'TOKEN',
    env: 'NOTICELINE_TOKEN',
    summary: 'With --portal: a bearer token with the scope stream:poll; better by the environment than on the line.',
  },
  'poll-url': {
    type: 'text',
    value: 'URL',
    env: 'NOTICELINE_POLL_URL',
    summary:
      'With --portal: where to poll. Left out: as your endpoints say, for which the token needs endpoints:write.',
  },
} as const

interface Given {
  readonly portal: string
  readonly to: string
  readonly token: string | undefined
  readonly 'poll-url': string | undefined
}

/** Polls a real portal and hands on what comes, byte for byte; acknowledges what was answered 202. */
export async function forwardFromPortal(
  given: Given,
  shell: Shell,
  show: (push: { raw: string; answer: Answered }) => void,
): Promise<void> {
  const portal = checkIssuer(given.portal)
  const to = localAddress(given.to)
  const { token } = given
  if (token === undefined) throw misused('token_missing', 'The portal asks for a token.', 'Set NOTICELINE_TOKEN.')
  const pollUrl = await pollUrlOf(portal, token, given['poll-url'], shell)
  shell.tell(`Polling ${portal} and forwarding to ${to}`)
  let ack: string[] = []
  let pause = 1000
  while (!shell.stopping.aborted) {
    const asked = await poll(pollUrl, token, ack, shell)
    if (asked === null) {
      // What was acknowledged and not heard is acknowledged again.
      await wait(pause, undefined, { signal: shell.stopping }).catch(() => undefined)
      pause = Math.min(pause * 2, 60_000)
      continue
    }
    pause = 1000
    ack = []
    const sets = Object.entries(asked)
    for (const [jti, body] of sets) {
      const answer = await forward(to, body, shell)
      if (answer.code === 202) ack.push(jti)
      if (isEnvelope(body)) {
        const at = shell.now().toISOString()
        shell.print({
          text: `${at} sealed ${safe(jti)} → ${wordsFor(answer)}`,
          json: { at, event: 'pushed', type: null, jti: safe(jti), answer },
        })
      } else show({ raw: body, answer })
    }
    // What the receiver did not take is offered again at once: ask less eagerly.
    if (sets.length > ack.length) await wait(5000, undefined, { signal: shell.stopping }).catch(() => undefined)
  }
  if (ack.length > 0) await poll(pollUrl, token, ack, shell, true)
}

function safe(jti: string): string {
  return /^[\w.:-]{1,200}$/.test(jti) ? jti : '[an unusual jti]'
}

async function pollUrlOf(portal: string, token: string, given: string | undefined, shell: Shell): Promise<string> {
  if (given !== undefined) {
    if (mayCall(given, portal)) return given
    throw misused('address_wrong', '--poll-url is no https address.', 'Plain http is for loopback only.')
  }
  const init = { headers: { authorization: `Bearer ${token}`, accept: 'application/json' } }
  const { code, text } = await call(ask, `${portal}/v1/endpoints`, init, shell.stopping)
  const { data } = objectIn(text)
  const [first] = Array.isArray(data) ? data.map((endpoint) => endpoint?.poll_url) : []
  if (code === 200 && typeof first === 'string' && mayCall(first, portal)) return first
  const next = 'Give --poll-url: the poll_url that registering the endpoint answered.'
  throw new Complaint('poll_url_unknown', `The portal did not say where to poll (${code}).`, next)
}

/** What waits; null where the portal did not answer for now. */
async function poll(
  url: string,
  token: string,
  ack: readonly string[],
  shell: Shell,
  last = false,
): Promise<Record<string, string> | null> {
  const body = JSON.stringify({ ack, ...(last ? { maxEvents: 0 } : { maxEvents: 16 }) })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json' }
  const answer = await call(
    ask,
    url,
    { method: 'POST', headers, body },
    last ? undefined : shell.stopping,
    75_000,
  ).catch(() => null)
  if (answer?.code === 401 || answer?.code === 403) {
    const next = 'Give a token with the scope stream:poll.'
    throw new Complaint('token_refused', `The portal does not take the token (${answer.code}).`, next)
  }
  if (answer !== null && answer.code >= 400 && answer.code < 500 && answer.code !== 429 && answer.code !== 408) {
    const next = 'Give --poll-url as registering answered it.'
    throw new Complaint('poll_refused', `The portal does not answer polls at that address (${answer.code}).`, next)
  }
  if (answer?.code !== 200 && !shell.stopping.aborted) shell.tell('The portal does not answer; it is asked again.')
  const read = answer?.code === 200 ? pollResponse.safeParse(objectIn(answer.text)) : null
  return read?.success ? read.data.sets : null
}

async function forward(to: string, body: string, shell: Shell): Promise<Answered> {
  const headers = { 'content-type': tokenMediaType, accept: 'application/json' }
  const init: RequestInit = { method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.timeout(30_000) }
  const response = await fetch(to, init).catch(() => null)
  if (response === null) return unreachable
  return answeredBy(response, await response.text().catch(() => ''), shell)
}
