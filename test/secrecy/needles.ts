/** Finding an address wherever it may have got to, and in whatever it may have been wrapped. */
import { randomInt } from 'node:crypto'
import { constants, inflateRawSync } from 'node:zlib'

/** A word that stands nowhere by chance; every planted address carries one in its host and one in its path. */
export function rareWord(): string {
  const letters = 'bcdfghjkmnpqrstvwxz'
  return Array.from({ length: 14 }, () => letters[randomInt(letters.length)]).join('')
}

export interface Needle {
  word: string
  form: string
  bytes: Buffer
}

/** Every way the word may be written down. */
export function needlesFor(word: string): Needle[] {
  const forms: [string, string][] = [
    ['plain', word],
    ['upper case', word.toUpperCase()],
    ['percent', [...word].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('')],
    ['percent, upper case', [...word].map((letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`).join('')],
    ['JSON escapes', [...word].map((letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join('')],
    ['HTML references', [...word].map((letter) => `&#${letter.charCodeAt(0)};`).join('')],
    ['hexadecimal', Buffer.from(word).toString('hex')],
    ...[0, 1, 2].map((shift): [string, string] => [`base64url, alignment ${shift}`, alignedBase64(word, shift)]),
  ]
  const utf16 = Buffer.from(word, 'utf16le')
  return [
    ...forms.map(([form, text]) => ({ word, form, bytes: Buffer.from(text, 'latin1') })),
    { word, form: 'UTF-16', bytes: utf16 },
  ]
}

/** The letters that stay the same whatever stands before and after; only letters and digits, so base64 and base64url agree. */
function alignedBase64(word: string, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(word)]).toString('base64url')
  const first = Math.ceil((shift * 8) / 6)
  const last = Math.floor(((shift + word.length) * 8) / 6)
  return text.slice(first, last)
}

export interface Finding {
  word: string
  form: string
  around: string
}

/** Looks in the bytes as they are, and in whatever gzip or nested base64 is found inside them. */
export function searchBytes(bytes: Buffer, needles: readonly Needle[], depth = 0): Finding[] {
  const found: Finding[] = needles.flatMap(({ word, form, bytes: needle }) => {
    const at = bytes.indexOf(needle)
    if (at < 0) return []
    const around = bytes.subarray(Math.max(0, at - 60), at + needle.length + 40).toString('latin1')
    return [{ word, form: depth > 0 ? `gzip, ${form}` : form, around }]
  })
  if (depth > 1) return found
  for (
    let at = bytes.indexOf('\x1f\x8b\x08', 0, 'latin1');
    at >= 0;
    at = bytes.indexOf('\x1f\x8b\x08', at + 1, 'latin1')
  ) {
    const inside = unpack(bytes.subarray(at))
    if (inside) found.push(...searchBytes(inside, needles, depth + 1))
  }
  return found
}

/** One gzip member (RFC 1952), whatever follows it; a cut stream still says what came before the cut. */
function unpack(bytes: Buffer): Buffer | null {
  const flags = bytes[3] ?? 0
  let at = 10
  if (flags & 4) at += 2 + bytes.readUInt16LE(at)
  for (const named of [8, 16]) if (flags & named) at = bytes.indexOf(0, at) + 1
  if (flags & 2) at += 2
  try {
    return inflateRawSync(bytes.subarray(at), { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 1 << 28 })
  } catch {
    return null
  }
}
