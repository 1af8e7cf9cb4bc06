import { createHash, randomBytes } from 'node:crypto'
import { request as plainly } from 'node:http'
import { request as secretly } from 'node:https'
import type { Clock, Log, LogFields, SpanAbout, SpanName, Traces } from './ground.ts'
import { sift } from './log-fields.ts'

export interface TracesOptions {
  /** Where they are collected (OTLP over HTTP, without its path); null: nowhere, and nothing is kept. */
  readonly endpoint: string | null
  readonly clock: Pick<Clock, 'now'>
  readonly log: Pick<Log, 'warn'>
}

export interface OpenTraces extends Traces {
  /** Sends what waits, for two seconds at most. */
  close(): Promise<void>
}

const sentEveryMs = 2_000
const mostTogether = 512
/** A collector that is not there costs so much memory and no more: what is beyond is forgotten. */
const mostKept = 2_048
const mostLinks = 64
const patienceMs = 5_000

/** As OTLP writes it in JSON: ids in hex, instants as text in nanoseconds. */
interface Span {
  traceId: string
  spanId: string
  name: string
  kind: 1
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: { key: string; value: { stringValue: string } | { intValue: string } }[]
  links: { traceId: string; spanId: string }[]
  status: { code: 0 | 2 }
}

/**
 * Spans, written by us alone, to a collector that speaks OTLP over HTTP in JSON. What a span may say is what a line of the
 * log may say: names of fields and forms of values stand in one list, and nothing that could be an address fits into it.
 * Nobody waits for the collector; where it is not there, spans are forgotten.
 */
export function createTraces({ endpoint, clock, log }: TracesOptions): OpenTraces {
  if (endpoint === null) return { span: (_name, _known, work) => work(), close: async () => {} }
  const url = new URL(`${endpoint.replace(/\/+$/, '')}/v1/traces`)
  let waiting: Span[] = []
  let sending: Promise<void> | null = null
  const timer = setInterval(() => void send(), sentEveryMs)
  timer.unref()

  function keep(span: Span): void {
    if (waiting.length < mostKept) waiting.push(span)
    if (waiting.length >= mostTogether) void send()
  }

  function send(): Promise<void> {
    sending ??= post().finally(() => {
      sending = null
    })
    return sending
  }

  async function post(): Promise<void> {
    while (waiting.length > 0) {
      const together = waiting.splice(0, mostTogether)
      if (await posted(url, bodyOf(together))) continue
      log.warn('traces not sent', { count: together.length + waiting.length })
      waiting = []
    }
  }

  return {
    async span(name, known, work, learnt) {
      const began = clock.now().getTime()
      const from = performance.now()
      const end = (about: SpanAbout, failed: boolean) =>
        keep(spanOf(name, about, { began, ms: performance.now() - from, failed }))
      try {
        const result = await work()
        const more = learnt ? learnt(result) : {}
        if (more !== null) end({ ...known, ...more }, false)
        return result
      } catch (error) {
        end(known, true)
        throw error
      }
    },
    async close() {
      clearInterval(timer)
      let late: NodeJS.Timeout | undefined
      await Promise.race([send(), new Promise<void>((resolve) => (late = setTimeout(resolve, sentEveryMs)))])
      clearTimeout(late)
    },
  }
}

/** The trace of a notice: the same in every process, from its id alone. */
export function traceOf(noticeId: string): string {
  return createHash('sha256').update(`noticeline trace ${noticeId}`).digest().subarray(0, 16).toString('hex')
}

function spanOf(
  name: SpanName,
  { noticeIds = [], ...fields }: SpanAbout,
  { began, ms, failed }: { began: number; ms: number; failed: boolean },
): Span {
  const { kept } = sift(fields as LogFields)
  const noticeId = kept['noticeId']
  return {
    traceId: typeof noticeId === 'string' ? traceOf(noticeId) : randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name,
    kind: 1,
    startTimeUnixNano: nanosOf(began),
    endTimeUnixNano: nanosOf(began + ms),
    attributes: Object.entries(kept).map(([field, value]) => ({
      key: `noticeline.${field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
      value: typeof value === 'number' ? { intValue: String(Math.round(value)) } : { stringValue: String(value) },
    })),
    // A batch belongs to no notice's trace and is linked to those of all that are in it.
    links: [...new Set(noticeIds)].slice(0, mostLinks).map((id) => ({ traceId: traceOf(id), spanId: spanIn(id) })),
    status: { code: failed ? 2 : 0 },
  }
}

/** A link names a span: the notice itself, which nobody writes. */
function spanIn(noticeId: string): string {
  return traceOf(noticeId).slice(0, 16)
}

function nanosOf(ms: number): string {
  return `${Math.floor(ms)}${String(Math.floor((ms % 1) * 1e6)).padStart(6, '0')}`
}

function bodyOf(spans: readonly Span[]): string {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'noticeline' } }] }
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'noticeline' }, spans }] }] })
}

/** Whether the collector took them. What it answers is not read; a redirect is not followed. */
function posted(url: URL, body: string): Promise<boolean> {
  return new Promise((resolve) => {
    const begin = url.protocol === 'https:' ? secretly : plainly
    const asking = begin(
      url,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        timeout: patienceMs,
      },
      (answer) => {
        answer.resume()
        answer.on('error', () => {})
        resolve((answer.statusCode ?? 500) < 300)
      },
    )
    asking.on('timeout', () => asking.destroy())
    asking.on('error', () => resolve(false))
    asking.end(body)
  })
}
