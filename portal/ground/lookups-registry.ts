import { addressMayBeCalled, readAddress, readRange } from './addresses.ts'
import type { Clock, Lookups, RegistryAnswer, RegistryQuestion } from './ground.ts'
import { createBootstrap } from './lookups-bootstrap.ts'
import { type Asked, readRdap } from './lookups-rdap.ts'
import { userAgent } from './outbound.server.ts'
import { type Guard, readTarget } from './outbound-connect.ts'
import { type Answer, createLine, exchange } from './outbound-exchange.ts'
import { failureOf, type OutboundFailure } from './outbound-failure.ts'
import { addressOf, numberOf, widthOf } from './ranges.ts'

export interface RegistryOptions {
  guard: Guard
  clock: Clock
  /** Where the list of registries is read; null: nobody is asked. */
  bootstrap: string | null
  /** Where that list is kept between starts, or null. */
  directory: string | null
  limits?: Partial<RegistryLimits> | undefined
}

export interface RegistryLimits {
  /** Of one answer. The largest seen of a registry is under 100 KiB. */
  bytes: number
  /** Until the whole answer is there, with every redirect on the way. */
  totalMs: number
  hops: number
}

const usual: RegistryLimits = { bytes: 256 * 1024, totalMs: 15_000, hops: 5 }
const listBytes = 1024 * 1024
const json = /^application\/(?:[\w.-]+\+)?json *(?:;|$)/i
/** How long a registry that says "too many" without saying how long is left alone, and the longest it may ask for. */
const restMs = 60_000
const longestRestMs = 3_600_000

type Failure = Extract<RegistryAnswer, { result: 'failed' }>

/** Asks the registry that IANA names for an address (RFC 9224), and whoever it refers to, through the guard at every hop. */
export function createRegistry(options: RegistryOptions): Lookups['registry'] {
  const { guard, clock } = options
  const limits = { ...usual, ...options.limits }
  /** Until when a registry wants to be left alone, by its host. */
  const resting = new Map<string, number>()

  async function get(url: URL, headers: Record<string, string>, maxBytes: number, totalMs: number): Promise<Answer> {
    const line = createLine(url, guard, Math.min(10_000, Math.ceil(totalMs)))
    try {
      return await exchange(line, {
        method: 'GET',
        url,
        headers: { 'accept-encoding': 'identity', 'user-agent': userAgent, connection: 'close', ...headers },
        maxBytes,
        totalMs,
      })
    } finally {
      void line.client.destroy().catch(() => {})
    }
  }

  const list = createBootstrap({
    clock,
    directory: options.directory,
    async ask(name, etag) {
      const target = readTarget(`${options.bootstrap}${name}.json`, guard, 'tls-only')
      if (!(target instanceof URL)) return { result: 'failed' }
      try {
        const known: Record<string, string> = etag === null ? {} : { 'if-none-match': etag }
        const answer = await get(target, { accept: 'application/json', ...known }, listBytes, limits.totalMs)
        if (answer.status === 304) return { result: 'unchanged' }
        if (answer.status !== 200 || answer.truncated) return { result: 'failed' }
        return { result: 'found', body: answer.body.toString('utf8'), etag: answer.headers['etag'] ?? null }
      } catch {
        return { result: 'failed' }
      }
    },
  })

  /** Follows the registry's references: a range that moved is answered for elsewhere. */
  async function follow(from: string): Promise<{ answer: Answer; host: string } | Failure> {
    const end = performance.now() + limits.totalMs
    let next = from
    for (let hop = 0; hop <= limits.hops; hop += 1) {
      const url = readTarget(next, guard, 'tls-only')
      if (!(url instanceof URL))
        return failed('unreachable', `The registry refers to what is not called: ${url.detail}`)
      const rest = (resting.get(url.host) ?? 0) - clock.now().getTime()
      if (rest > 0) return failed('limited', 'The registry asked to be left alone for a while.', rest)
      const left = end - performance.now()
      if (left <= 0) return failed('timeout', 'The registry did not answer in the time allowed.')
      const answer = await get(url, { accept: 'application/rdap+json, application/json;q=0.8' }, limits.bytes, left)
      const { location } = answer.headers
      if (answer.status < 300 || answer.status > 399 || answer.status === 304) return { answer, host: url.host }
      if (!location || !URL.canParse(location, url)) return failed('malformed', 'The registry refers to nowhere.')
      next = new URL(location, url).href
    }
    return failed('malformed', 'The registry refers on and on.')
  }

  function read({ answer, host }: { answer: Answer; host: string }, asked: Asked, block: string): RegistryAnswer {
    const { status, headers } = answer
    const wait = restOf(headers['retry-after'], clock)
    if (status === 429 || (status === 503 && wait !== null)) {
      const rest = Math.min(wait ?? restMs, longestRestMs)
      resting.set(host, clock.now().getTime() + rest)
      return failed('limited', 'The registry says that it was asked too much.', rest)
    }
    if (status === 404) return { result: 'none' }
    if (status >= 500) return failed('unreachable', `The registry answered ${status}.`)
    if (status !== 200) return failed('malformed', `The registry answered ${status}.`)
    if (!json.test(headers['content-type'] ?? '')) return failed('malformed', 'What the registry answered is not JSON.')
    if (answer.truncated) return failed('malformed', 'What the registry answered is too large, or broke off.')
    let raw: string
    let value: unknown
    try {
      raw = new TextDecoder('utf-8', { fatal: true }).decode(answer.body)
      value = JSON.parse(raw)
    } catch {
      return failed('malformed', 'What the registry answered is not JSON.')
    }
    const object = readRdap(value, asked)
    if (!object) return failed('malformed', 'What the registry answered is about something else.')
    return { result: 'found', ...object, registry: host, block: 'asn' in asked ? null : block, raw }
  }

  return async (question) => {
    if (options.bootstrap === null) return failed('unreachable', 'Configuration says that no registry is asked.')
    const asked = readQuestion(question, guard)
    if (!asked) return { result: 'none' }
    try {
      const found = await list.find(asked.about)
      if (found.result === 'failed') return failed('unreachable', 'The list of the registries could not be read.')
      if (found.result === 'none') return { result: 'none' }
      const { block, urls } = found.service
      const base = urls.find((url) => readTarget(url, guard, 'tls-only') instanceof URL)
      if (base === undefined)
        return failed('unreachable', 'The list of the registries names nothing that may be called.')
      const followed = await follow(`${base.replace(/\/?$/, '/')}${asked.path}`)
      return 'result' in followed ? followed : read(followed, asked.about, block)
    } catch (error) {
      return failureAs(failureOf(error, 'http', null))
    }
  }
}

function failed(code: Failure['code'], detail: string, retryAfterMs: number | null = null): Failure {
  return { result: 'failed', code, detail, retryAfterMs }
}

function failureAs({ code, message }: OutboundFailure): Failure {
  if (code === 'timeout') return failed('timeout', message)
  return failed(code === 'too_large' || code === 'protocol' ? 'malformed' : 'unreachable', message)
}

/** Null: not strictly an address or a range, or nobody's on the open internet. No registry need hear of those. */
function readQuestion(question: RegistryQuestion, guard: Guard): { about: Asked; path: string } | null {
  if ('asn' in question) {
    const { asn } = question
    return Number.isInteger(asn) && asn > 0 && asn < 2 ** 32 ? { about: { asn }, path: `autnum/${asn}` } : null
  }
  if ('ip' in question) {
    const address = readAddress(question.ip)
    if (address === null || !addressMayBeCalled(address, guard.allowed)) return null
    const number = numberOf(address)
    return { about: { family: familyOf(address), first: number, last: number }, path: `ip/${address}` }
  }
  const range = readRange(question.range)
  if (!range) return null
  const family = range[0].kind() === 'ipv4' ? 4 : 6
  const first = numberOf(range[0].toString())
  const last = first + widthOf(family, range[1]) - 1n
  const bounds = [addressOf(family, first), addressOf(family, last)]
  if (!bounds.every((address) => addressMayBeCalled(address, guard.allowed))) return null
  return { about: { family, first, last }, path: `ip/${bounds[0]}/${range[1]}` }
}

function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4
}

/** Seconds or a date (RFC 9110); null: nothing that can be read. */
function restOf(header: string | undefined, clock: Clock): number | null {
  if (header === undefined) return null
  if (/^\d{1,7}$/.test(header.trim())) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, at - clock.now().getTime())
}
