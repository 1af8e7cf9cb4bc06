/** The bytes behind canonical base64url: no padding, no other alphabet, no stray bits in the last character. */
export function readBase64url(text: string): Buffer | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return null
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : null
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A base64url segment that holds a strict JSON object. */
export function readJsonSegment(segment: string): Record<string, unknown> | null {
  const bytes = readBase64url(segment)
  return bytes && readJsonBytes(bytes)
}

/** A strict JSON object in UTF-8. */
export function readJsonBytes(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    return readJsonObject(utf8.decode(bytes))
  } catch {
    return null
  }
}

/**
 * JSON that reads the same for everybody: no member twice, no `__proto__`, no NUL and no half surrogate in a string, no
 * number that would lose digits, top-level numbers written as plain integers, at most 32 levels.
 */
export function readJsonObject(text: string): Record<string, unknown> | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  return isObject(value) && readsTheSameForEverybody(text) ? value : null
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const deepest = 32

const literal = /[-+.0-9eE]+/y

// Walks text that JSON.parse has accepted, so it only has to tell strings, numbers and brackets apart.
function readsTheSameForEverybody(text: string): boolean {
  if (/\p{Surrogate}/u.test(text)) return false
  const open: (Set<string> | null)[] = []
  let nameExpected = false
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] as string
    if (char === '{' || char === '[') {
      open.push(char === '{' ? new Set() : null)
      if (open.length > deepest) return false
      nameExpected = char === '{'
    } else if (char === '}' || char === ']') {
      open.pop()
      nameExpected = false
    } else if (char === ',') {
      nameExpected = open.at(-1) != null
    } else if (char === '"') {
      const end = endOfString(text, at)
      let string = text.slice(at + 1, end)
      // Only an escape can hide another spelling, a NUL or half a surrogate.
      if (string.includes('\\')) {
        string = JSON.parse(text.slice(at, end + 1)) as string
        if (/[\0\p{Surrogate}]/u.test(string)) return false
      }
      const names = open.at(-1)
      if (nameExpected && names) {
        if (string === '__proto__' || names.has(string)) return false
        names.add(string)
        nameExpected = false
      }
      at = end
    } else if (char === '-' || (char >= '0' && char <= '9')) {
      literal.lastIndex = at
      const number = literal.exec(text)?.[0] ?? ''
      if (!keepsItsDigits(number) || (open.length === 1 && !/^(0|-?[1-9][0-9]*)$/.test(number))) return false
      at += number.length - 1
    }
  }
  return true
}

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let before = end
    while (text[before - 1] === '\\') before -= 1
    if ((end - before) % 2 === 0) return end
  }
}

function keepsItsDigits(literal: string): boolean {
  const number = Number(literal)
  return Number.isFinite(number) && Math.abs(number) <= Number.MAX_SAFE_INTEGER
}
