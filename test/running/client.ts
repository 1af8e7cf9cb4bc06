/** A notifier's or provider's program, as it would be written from the API's page. */
import { randomUUID } from 'node:crypto'
import type { Demo } from './portal.ts'
import { until } from './portal.ts'

export interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever came
  body: any
  text: string
}

export async function call(
  method: string,
  url: string,
  token: string | null,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(method === 'POST' ? { 'Idempotency-Key': randomUUID() } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await answer.text()
  let read: unknown = text
  try {
    read = JSON.parse(text)
  } catch {
    // Not JSON: the text stands.
  }
  return { status: answer.status, headers: answer.headers, body: read, text }
}

export function submitNotice(demo: Demo, urls: string[], more: object = {}): Promise<Answer> {
  return call('POST', `${demo.base_url}/v1/notices`, demo.tokens.notifier, {
    regime: 'ntd_code',
    category: 'csam',
    legal_class: 'baseline',
    items: urls.map((url) => ({ url, scope: 'file' })),
    ...more,
  })
}

export function readNotice(demo: Demo, noticeId: string): Promise<Answer> {
  return call('GET', `${demo.base_url}/v1/notices/${noticeId}`, demo.tokens.notifier)
}

/** Waits until every item of the notice carries the headline. */
export async function headlineOf(demo: Demo, noticeId: string, wanted: string, withinMs = 40_000): Promise<void> {
  let last: unknown = null
  const asked = async () => {
    // A connection kept alive may belong to a portal that is gone: the next question opens another.
    const answer = await readNotice(demo, noticeId).catch((error: unknown) => ({ status: 0, body: String(error) }))
    last = answer.status === 200 ? answer.body.items.map((item: { headline: string }) => item.headline) : answer
    return Array.isArray(last) && last.every((headline) => headline === wanted)
  }
  await until(asked, withinMs).catch(() => {
    throw new Error(`Expected ${wanted}, saw ${JSON.stringify(last)}`)
  })
}
