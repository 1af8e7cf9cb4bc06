/** One change to a body that was good: bits, bytes, characters, segments, and what is inside them. */
import type { Chance } from '../running/random.ts'

/** What is pushed. */
export interface Pushed {
  readonly mediaType: string
  readonly body: Buffer
}

export interface Sample extends Pushed {
  readonly name: string
  /** The token in it; the same token in another wrapping is no forgery. */
  readonly raw: string
}

type Mutation = (text: string, chance: Chance, others: readonly Sample[]) => string

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const strange = [
  '.',
  '=',
  '+',
  '/',
  ' ',
  '\n',
  '\t',
  '\0',
  '{',
  '"',
  '\\',
  '%',
  'é',
  '\u{1f4a9}',
  '\ud800',
  '\ufeff',
  '\u200b',
]
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

const at = (text: string, chance: Chance) => chance.between(0, Math.max(text.length - 1, 0))
const put = (text: string, place: number, away: number, instead: string) =>
  text.slice(0, place) + instead + text.slice(place + away)

/** In a random segment. */
function inSegment(text: string, chance: Chance, change: (segment: string) => string): string {
  const segments = text.split('.')
  const which = chance.between(0, segments.length - 1)
  return segments.map((segment, place) => (place === which ? change(segment) : segment)).join('.')
}

const bytesOf = (segment: string) => Buffer.from(segment, 'base64url')

/** A change to the JSON of a segment, written again as it might have been sent. */
function inJson(segment: string, chance: Chance): string {
  let json: Record<string, unknown>
  try {
    json = JSON.parse(bytesOf(segment).toString('utf8')) as Record<string, unknown>
  } catch {
    return bytesOf(segment).toString('base64')
  }
  const names = Object.keys(json)
  const name = chance.pick([...names, 'sub', 'exp', 'crit', 'zip', 'jwk', 'b64', '__proto__'])
  const value = chance.pick<unknown>([
    null,
    true,
    0,
    -1,
    1e308,
    '',
    'none',
    'HS256',
    [],
    {},
    [json[name]],
    `${json[name]} `,
  ])
  const { [name]: away, ...rest } = json
  const text = chance.pick([
    JSON.stringify({ ...json, [name]: value }),
    JSON.stringify(rest),
    JSON.stringify(json, null, 1),
    JSON.stringify(json).replace('{', `{${JSON.stringify(name)}:${JSON.stringify(value)},`),
    JSON.stringify(json).replace(/\d+/, (digits) => `${digits}e0`),
    JSON.stringify({ [name]: away, ...rest, x: '['.repeat(chance.between(1, 2000)) }),
    `${'['.repeat(chance.between(30, 3000))}${JSON.stringify(json)}`,
    `\ufeff${JSON.stringify(json)}`,
  ])
  return Buffer.from(text).toString('base64url')
}

/** Signatures that sloppy verifiers have been known to take. */
function anotherSignature(text: string, chance: Chance): string {
  const segments = text.split('.')
  const given = bytesOf(segments.at(-1) ?? '')
  const number = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex')
  const [r, s] = [given.subarray(0, 32), given.subarray(32)]
  const edge = () => number(chance.pick([0n, 1n, order, order - 1n, order + 1n, (1n << 256n) - 1n]))
  const der = (one: Buffer) => Buffer.concat([Buffer.from([2, one.length + 1, 0]), one])
  const signature = chance.pick([
    Buffer.concat([edge(), edge()]),
    Buffer.concat([edge(), s]),
    Buffer.concat([r, edge()]),
    Buffer.concat([s, r]),
    Buffer.concat([given, given]),
    Buffer.concat([Buffer.from([0x30, 70]), der(r), der(s)]),
    Buffer.concat([Buffer.alloc(1), r, Buffer.alloc(1), s]),
    Buffer.alloc(chance.between(0, 200)),
  ])
  return [...segments.slice(0, -1), signature.toString('base64url')].join('.')
}

export const mutations: Readonly<Record<string, Mutation>> = {
  bit: (text, chance) => {
    const place = at(text, chance)
    return put(text, place, 1, String.fromCharCode(text.charCodeAt(place) ^ (1 << chance.between(0, 7))))
  },
  character: (text, chance) => put(text, at(text, chance), 1, chance.pick([...alphabet])),
  strange: (text, chance) => put(text, at(text, chance), chance.between(0, 1), chance.pick(strange)),
  added: (text, chance) => put(text, chance.between(0, text.length), 0, chance.pick([...alphabet])),
  removed: (text, chance) => put(text, at(text, chance), chance.between(1, 8), ''),
  swapped: (text, chance) => {
    const place = at(text, chance)
    return put(text, place, 2, [...text.slice(place, place + 2)].reverse().join(''))
  },
  'cut off': (text, chance) => text.slice(0, at(text, chance)),
  doubled: (text, chance) => {
    const place = at(text, chance)
    return put(text, place, 0, text.slice(place, place + chance.between(1, 64)))
  },
  'whole twice': (text, chance) => text + chance.pick(['', '.', '\n', ' ']) + text,
  'bit inside': (text, chance) =>
    inSegment(text, chance, (segment) => {
      const bytes = bytesOf(segment)
      if (bytes.length === 0) return 'A'
      const place = chance.between(0, bytes.length - 1)
      bytes[place] = (bytes[place] ?? 0) ^ (1 << chance.between(0, 7))
      return bytes.toString('base64url')
    }),
  'other base64': (text, chance) =>
    inSegment(text, chance, (segment) => bytesOf(segment).toString(chance.pick(['base64', 'hex', 'latin1'] as const))),
  'other JSON': (text, chance) => inSegment(text, chance, (segment) => inJson(segment, chance)),
  signature: anotherSignature,
  'segments in another order': (text, chance) => {
    const segments = text.split('.')
    const [one, other] = [chance.between(0, segments.length - 1), chance.between(0, segments.length - 1)]
    ;[segments[one], segments[other]] = [segments[other] ?? '', segments[one] ?? '']
    return segments.join('.')
  },
  'segment left out or empty': (text, chance) => {
    const segments = text.split('.')
    segments.splice(chance.between(0, segments.length - 1), 1, ...chance.pick<string[]>([[], ['']]))
    return segments.join('.')
  },
  "another's segment": (text, chance, others) => {
    const theirs = chance.pick(others).body.toString('latin1').split('.')
    return inSegment(text, chance, (segment) => theirs[chance.between(0, theirs.length - 1)] ?? segment)
  },
}

const kinds = Object.keys(mutations)

/** A sample after one to three changes; null where that is a sample again: two of them differ in their signature only. */
export function mutated(sample: Sample, chance: Chance, others: readonly Sample[]): (Pushed & { kind: string }) | null {
  let text = sample.body.toString('latin1')
  const made: string[] = []
  for (let change = chance.pick([1, 1, 1, 1, 2, 3]); change > 0; change -= 1) {
    const kind = chance.pick(kinds)
    made.push(kind)
    text = mutations[kind]?.(text, chance, others) ?? text
  }
  const body = Buffer.from(text, 'utf8')
  if (others.some((other) => other.body.equals(body))) return null
  return { mediaType: sample.mediaType, body, kind: made.join(', ') }
}
