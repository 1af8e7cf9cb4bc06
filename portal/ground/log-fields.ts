import type { LogFields } from './ground.ts'

type Check = (value: unknown) => string | number | undefined

const id = matching(/^[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}$/)
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const word = (value: unknown) => (typeof value === 'string' && isWord(value) ? value : undefined)

/** The list: what is not on it, or does not look like what its name says, is not written. */
const checks: { readonly [K in Exclude<keyof LogFields, 'error'>]-?: Check } = {
  noticeId: id,
  itemId: id,
  orgId: id,
  deliveryId: id,
  endpointId: id,
  reportId: id,
  factId: id,
  jobId: (value) => id(value) ?? matching(uuid)(value),
  kid: matching(/^[\w-]{43}$/),
  reaction: matching(/^[a-z][A-Za-z]{1,59}$/),
  kind: word,
  code: word,
  method: matching(/^(?:[A-Z]{3,7}|[a-z]{2,12}(?:_[a-z]{2,12}){0,2})$/),
  route: (value) => (typeof value === 'string' && isRoute(value) ? value : undefined),
  status: wholeUpTo(999),
  ms: upTo(1e9),
  count: wholeUpTo(1e9),
  attempt: wholeUpTo(1e6),
  port: wholeUpTo(65535),
  pid: wholeUpTo(4_194_304),
  version: matching(/^v?\d{1,3}\.\d{1,4}\.\d{1,5}$/),
}

/** Keeps what is on the list, and counts what was not. */
export function sift(fields: LogFields): { kept: Record<string, unknown>; dropped: number } {
  const kept: Record<string, unknown> = {}
  let dropped = 0
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue
    const check = Object.hasOwn(checks, name) ? checks[name as keyof typeof checks] : undefined
    const checked = name === 'error' ? describeError(value) : check?.(value)
    if (checked === undefined) dropped += 1
    else kept[name] = checked
  }
  return { kept, dropped }
}

/** Whether a text is a word of ours, such as `delivery.failed` or `not_a_url`. */
function isWord(text: string): boolean {
  return text.length <= 64 && text.split(/[-_.]/).every((part) => plainWord.test(part)) && !looksLikeHost(text)
}

// lower, camelCase with a number behind it, or CAPITALS: base64 mixes them in ways that no word does.
const plainWord = /^(?:[a-z]{1,24}(?:[A-Z][a-z]{1,23}){0,5}\d{0,3}|[A-Z][A-Z0-9]{0,23})$/

/** Whether a text is a few such words, as the name of an event is. */
export function isEvent(text: string): boolean {
  const words = text.split(' ')
  return words.length <= 6 && words.every(isWord)
}

// Two words with a dot between them may be a fact or a host. Facts end in a participle, hosts in one of these.
const endings = new Set(
  'example test invalid localhost local internal onion arpa com net org info biz dev app xyz site online top shop club host cloud store tech page link live space website world icu vip pro mobi name'.split(
    ' ',
  ),
)

function looksLikeHost(text: string): boolean {
  const parts = text.toLowerCase().split('.')
  const last = parts.at(-1) ?? ''
  return parts.length > 3 || (parts.length > 1 && (last.length === 2 || endings.has(last)))
}

/** A route's pattern: fixed words, and names in place of what varies. */
function isRoute(text: string): boolean {
  const fixed = /^(?:[a-z]{1,20}(?:-[a-z]{1,20}){0,3}|v\d)$/
  const named = /^(?:[:$][a-zA-Z]{1,20}|\{[a-zA-Z]{1,20}\}|\*)$/
  const files = ['.well-known', 'jwks.json', 'jwks-archive.json', 'openapi.json', 'security.txt']
  if (!text.startsWith('/') || text.length > 100) return false
  return (
    text === '/' ||
    text
      .slice(1)
      .split('/')
      .every((part) => fixed.test(part) || named.test(part) || files.includes(part))
  )
}

function matching(pattern: RegExp): Check {
  return (value) => (typeof value === 'string' && pattern.test(value) ? value : undefined)
}

function upTo(most: number): Check {
  return (value) =>
    typeof value === 'number' && value >= 0 && value <= most ? Math.round(value * 1000) / 1000 : undefined
}

function wholeUpTo(most: number): Check {
  return (value) => (Number.isInteger(value) ? upTo(most)(value) : undefined)
}

/** Class, code and where in our own files it was thrown. A message may quote input, so it is never taken. */
function describeError(error: unknown, deep = true): Record<string, unknown> {
  if (!(error instanceof Error)) return { class: typeof error }
  const name = error.constructor.name
  const code = 'code' in error ? String(error.code) : ''
  const at = placesOf(error)
  return {
    class: /^[A-Za-z]{1,40}$/.test(name) ? name : 'Error',
    ...(/^(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+){0,7}|[0-9A-Z]{5})$/.test(code) || isWord(code) ? { code } : {}),
    ...(at.length > 0 ? { at } : {}),
    ...(deep && error.cause !== undefined ? { cause: describeError(error.cause, false) } : {}),
  }
}

// A stack begins with the message. Only where that beginning is exactly known can the rest be told from it.
function placesOf(error: Error): string[] {
  const stack = error.stack ?? ''
  const after = stack.indexOf(error.message) + error.message.length
  if (!/^[\w$. [\]]*(?:: )?$/.test(stack.slice(0, Math.max(0, after - error.message.length)))) return []
  if (error.message !== '' && !stack.slice(0, after).endsWith(error.message)) return []
  return stack
    .slice(after)
    .split('\n')
    .map((line) => /^ {4}at .*?\/([a-z][a-z0-9$._-]{0,60}\.(?:ts|tsx|js|mjs|cjs):\d{1,6}):\d{1,6}\)?$/.exec(line)?.[1])
    .filter((place) => place !== undefined)
    .slice(0, 4)
}
