import { Refusal } from '../refusals.ts'

/** How this package reaches the portal: the global `fetch`, or one like it. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

const answerBytes = 1_048_576
const patience = 20_000

/** The portal's origin, as tokens name it. Plain http is for a portal on this machine only. */
export function checkIssuer(issuer: string): string {
  const url = URL.canParse(issuer) ? new URL(issuer) : null
  if (url === null || url.origin !== issuer || !(url.protocol === 'https:' || isLoopback(url))) {
    throw new Refusal(
      'issuer_invalid',
      'issuer is an origin like https://portal.example; plain http is for loopback only.',
    )
  }
  return issuer
}

/** Whether a URL that the portal names may be called: https, or plain http where the portal itself stands on loopback. */
export function mayCall(url: string, issuer: string): boolean {
  if (!URL.canParse(url)) return false
  const parsed = new URL(url)
  if (parsed.username !== '' || parsed.password !== '') return false
  return parsed.protocol === 'https:' || (isLoopback(parsed) && isLoopback(new URL(issuer)))
}

function isLoopback(url: URL): boolean {
  return url.protocol === 'http:' && /^(127(\.\d+){3}|\[::1\]|localhost)$/.test(url.hostname)
}

/** One request that follows no redirect; unless told otherwise it waits 20 s, and reads at most 1 MiB. */
export async function call(
  fetch: Fetch,
  url: string,
  init: RequestInit,
  signal?: AbortSignal,
  wait: number = patience,
  most: number = answerBytes,
): Promise<{ code: number; headers: Headers; text: string }> {
  // Not AbortSignal.any: before Node 24 every call of it leaves something behind on the signal that lives longer.
  const over = new AbortController()
  const end = () => over.abort()
  const timer = setTimeout(end, wait)
  signal?.addEventListener('abort', end)
  if (signal?.aborted) end()
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: over.signal })
    return { code: response.status, headers: response.headers, text: await readText(response, most) }
  } catch (cause) {
    throw new Refusal('portal_unreachable', `The portal does not answer at ${new URL(url).pathname}.`, { cause })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
  }
}

async function readText(response: Response, most: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of (response.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > most) throw new TypeError('The answer is too long.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** A JSON object from the portal, or a refusal that says what came instead. */
export async function getJson(fetch: Fetch, url: string, signal?: AbortSignal): Promise<Record<string, unknown>> {
  const { code, text } = await call(fetch, url, { headers: { accept: 'application/json' } }, signal)
  const json = objectOf(text)
  if (code === 200 && json !== null) return json
  const what = new URL(url).pathname
  throw new Refusal('portal_refused', `The portal answered ${code} at ${what}, or no JSON.`, { httpCode: code })
}

export function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}
