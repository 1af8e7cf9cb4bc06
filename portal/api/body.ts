import { maxBodyBytes, pointerTo } from '@noticeline/sdk/protocol'
import type { InputError } from '../facts/input-error.ts'
import type { ProblemCode } from './problems.ts'

export type ReadBody =
  | { read: true; mediaType: string; text: string }
  | {
      read: false
      code: Extract<ProblemCode, 'body_too_large' | 'unsupported_media_type' | 'malformed_json'>
      detail?: string
    }

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The media type without its parameters, lower case; and whether its charset, if it names one, is UTF-8. */
export function mediaTypeOf(header: string | null): { mediaType: string; utf8: boolean } {
  const [first = '', ...parameters] = (header ?? '').split(';')
  const charset = parameters.map((one) => one.trim().toLowerCase()).find((one) => one.startsWith('charset='))
  return {
    mediaType: first.trim().toLowerCase(),
    utf8: charset === undefined || /^charset="?utf-?8"?$/.test(charset),
  }
}

/** Reads a body as text, counting while it arrives: what a Content-Length promises is believed only when it is too much. */
export async function readBody(request: Request, accepted: readonly string[]): Promise<ReadBody> {
  const { mediaType, utf8: isUtf8 } = mediaTypeOf(request.headers.get('content-type'))
  if (!accepted.includes(mediaType) || !isUtf8) {
    return { read: false, code: 'unsupported_media_type', detail: `Send ${accepted.join(' or ')}, in UTF-8.` }
  }
  const encoding = request.headers.get('content-encoding')
  if (encoding !== null && encoding.toLowerCase() !== 'identity') {
    return { read: false, code: 'unsupported_media_type', detail: 'Send the body without Content-Encoding.' }
  }
  if (Number(request.headers.get('content-length') ?? '0') > maxBodyBytes)
    return { read: false, code: 'body_too_large' }

  const bytes = await readAtMost(request.body, maxBodyBytes)
  if (bytes === 'broken') return { read: false, code: 'malformed_json', detail: 'The body ended before its end.' }
  if (bytes === null) return { read: false, code: 'body_too_large' }
  try {
    return { read: true, mediaType, text: utf8.decode(bytes) }
  } catch {
    return { read: false, code: 'malformed_json', detail: 'The body is not UTF-8.' }
  }
}

/** Null where there is more; `broken` where the caller went away. */
async function readAtMost(
  body: ReadableStream<Uint8Array> | null,
  limit: number,
): Promise<Uint8Array | null | 'broken'> {
  if (!body) return new Uint8Array()
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  let count = 0
  for (;;) {
    const piece = await reader.read().catch(() => null)
    if (piece === null) return 'broken'
    const { done, value } = piece
    if (done) return Buffer.concat(chunks, count)
    count += value.byteLength
    if (count > limit) {
      await reader.cancel().catch(() => undefined)
      return null
    }
    chunks.push(value)
  }
}

/** Strict: one value, no byte order mark, and no member named twice, since two readers would disagree about it. */
export function parseJson(text: string): { parsed: true; value: unknown } | { parsed: false; detail: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's own message quotes the input.
    return { parsed: false, detail: 'The body is not one JSON text in UTF-8.' }
  }
  if (namesTwice(text)) return { parsed: false, detail: 'An object in the body names a member twice.' }
  return { parsed: true, value }
}

/** Walks text that is known to be JSON. */
function namesTwice(text: string): boolean {
  const open: (Set<string> | null)[] = []
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]]/g
  for (let found = token.exec(text); found; found = token.exec(text)) {
    const [piece] = found
    if (piece === '{') open.push(new Set())
    else if (piece === '[') open.push(null)
    else if (piece === '}' || piece === ']') open.pop()
    else {
      const names = open.at(-1)
      if (!names || !isFollowedByColon(text, token.lastIndex)) continue
      const name = JSON.parse(piece) as string
      if (names.has(name)) return true
      names.add(name)
    }
  }
  return false
}

function isFollowedByColon(text: string, from: number): boolean {
  let at = from
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at += 1
  return text[at] === ':'
}

/** No text in the database can hold NUL, so no text that is sent may; everything else is for the call's own schema. */
export function nulErrors(text: string, value: unknown): InputError[] {
  if (!text.includes('\\u0000')) return []
  const errors: InputError[] = []
  const waiting: { value: unknown; path: PropertyKey[] }[] = [{ value, path: [] }]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { path } = next
    if (typeof next.value === 'string' && next.value.includes('\0')) errors.push(nulAt(path))
    if (typeof next.value !== 'object' || next.value === null) continue
    for (const [name, member] of Object.entries(next.value)) {
      if (name.includes('\0')) errors.push(nulAt(path))
      else waiting.push({ value: member, path: [...path, name] })
    }
  }
  return errors
}

function nulAt(path: PropertyKey[]): InputError {
  return { pointer: pointerTo(path), code: 'control_character', message: 'A text holds no character NUL.' }
}
