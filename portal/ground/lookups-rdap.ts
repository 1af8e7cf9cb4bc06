/** Reads what an RDAP service answers (RFC 9083). What is not there is null; what does not fit is refused as a whole. */
import { readAddress, readRange } from './addresses.ts'
import type { RegistryAnswer } from './ground.ts'
import { isObject } from './json.ts'
import { cidrsBetween, numberOf, widthOf } from './ranges.ts'

type Found = Extract<RegistryAnswer, { result: 'found' }>
export type ReadObject = Omit<Found, 'result' | 'registry' | 'block' | 'raw'>

/** An address or a range, with its bounds; or an autonomous system. */
export type Asked = { family: 4 | 6; first: bigint; last: bigint } | { asn: number }

/** Registries nest deep; nobody nests deeper than this but to be looked at for ever. */
const mostEntities = 300
const deepest = 8
const mostText = 64 * 1024

/** Null: it is no object of the kind that was asked for, or one about something else. */
export function readRdap(value: unknown, asked: Asked): ReadObject | null {
  if (!isObject(value)) return null
  const entities = entitiesOf(value)
  const known = {
    name: textOf(value['name']),
    type: textOf(value['type']),
    country: textOf(value['country']),
    holder: holderOf(entities),
    abuse: abuseOf(entities),
    remarks: remarksOf(value, entities),
  }
  if ('asn' in asked) {
    const [from, to] = [value['startAutnum'], value['endAutnum'] ?? value['startAutnum']]
    if (!isOf(value, 'autnum') || typeof from !== 'number' || typeof to !== 'number') return null
    if (asked.asn < from || asked.asn > to) return null
    return { ...known, handle: textOf(value['handle']) ?? `AS${asked.asn}`, ranges: [], asn: asked.asn }
  }
  if (!isOf(value, 'ip network')) return null
  const bounds = boundsOf(value)
  if (!bounds || bounds.family !== asked.family || asked.first < bounds.first || asked.last > bounds.last) return null
  const ranges = cidrsBetween(bounds.family, bounds.first, bounds.last)
  return { ...known, handle: textOf(value['handle']) ?? ranges[0] ?? '', ranges, asn: null }
}

/** RFC 9083 requires the member, and one registry left it out for years: its absence says nothing. */
function isOf(value: Record<string, unknown>, objectClass: string): boolean {
  return (value['objectClassName'] ?? objectClass) === objectClass
}

/** By first and last address; some registries write a length behind them, which says nothing. */
function boundsOf(value: Record<string, unknown>) {
  const [first, last] = [value['startAddress'], value['endAddress']].map((one) =>
    typeof one === 'string' ? readAddress(one.trim().replace(/\/\d{1,3}$/, '')) : null,
  )
  if (!first || !last || first.includes(':') !== last.includes(':')) return boundsOfPrefixes(value['cidr0_cidrs'])
  const [from, to] = [numberOf(first), numberOf(last)]
  return from <= to ? { family: familyOf(first), first: from, last: to } : null
}

/** The extension `cidr0`: the first prefix stands for the object where the bounds are missing. */
function boundsOfPrefixes(value: unknown) {
  const first: unknown = Array.isArray(value) ? value[0] : null
  if (!isObject(first)) return null
  const text = `${String(first['v4prefix'] ?? first['v6prefix'])}/${String(first['length'])}`
  const range = readRange(text)
  if (!range) return null
  const family = familyOf(text)
  const from = numberOf(range[0].toString())
  return { family, first: from, last: from + widthOf(family, range[1]) - 1n }
}

function familyOf(text: string): 4 | 6 {
  return text.includes(':') ? 6 : 4
}

interface Entity {
  roles: readonly string[]
  handle: string | null
  kind: string | null
  name: string | null
  emails: string[]
  object: Record<string, unknown>
}

/** Every entity, the outermost first: an abuse contact may stand inside the company's entity, or beside it. */
function entitiesOf(object: Record<string, unknown>): Entity[] {
  const found: Entity[] = []
  let level = [object]
  for (let depth = 0; depth < deepest && level.length > 0; depth += 1) {
    const next = level.flatMap((one) => (Array.isArray(one['entities']) ? one['entities'].filter(isObject) : []))
    for (const one of next.slice(0, mostEntities - found.length)) found.push(entityOf(one))
    level = found.length >= mostEntities ? [] : next
  }
  return found
}

function entityOf(object: Record<string, unknown>): Entity {
  const roles = Array.isArray(object['roles']) ? object['roles'].filter((role) => typeof role === 'string') : []
  const card = cardOf(object['vcardArray'])
  const text = (name: string) => textOf(card.find((property) => property[0] === name)?.[3])
  return {
    roles: roles.map((role: string) => role.toLowerCase()),
    handle: textOf(object['handle']),
    kind: text('kind')?.toLowerCase() ?? null,
    name: text('fn') ?? text('org'),
    emails: emailsOf(card),
    object,
  }
}

/** jCard, RFC 7095: `["vcard", [[name, parameters, type, value], …]]`. */
function cardOf(value: unknown): unknown[][] {
  const properties: unknown = Array.isArray(value) ? value[1] : null
  return Array.isArray(properties) ? properties.filter(Array.isArray) : []
}

/** The preferred one first, where the card says which. */
function emailsOf(card: readonly unknown[][]): string[] {
  const emails = card.flatMap((property) => {
    const email = property[0] === 'email' ? textOf(property[3])?.replace(/^mailto:/i, '') : undefined
    if (!email || !isMailbox(email)) return []
    const rank = isObject(property[1]) ? Number(property[1]['pref'] ?? 100) : 100
    return [{ email, rank: Number.isFinite(rank) ? rank : 100 }]
  })
  return emails.sort((one, other) => one.rank - other.rank).map(({ email }) => email)
}

/** Strict enough that nothing but one mailbox can stand there: no list, no comment, no line break, no literal. */
function isMailbox(text: string): boolean {
  return /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/i.test(
    text,
  )
}

function abuseOf(entities: readonly Entity[]): Found['abuse'] {
  const seen = new Set<string>()
  return entities
    .filter(({ roles }) => roles.includes('abuse'))
    .flatMap(({ emails, name, handle }) => emails.map((email) => ({ email, name, handle })))
    .filter(({ email }) => !seen.has(email.toLowerCase()) && seen.add(email.toLowerCase()))
}

/** A company before anything else: some registries list the account that may edit the object as a registrant too. */
function holderOf(entities: readonly Entity[]): Found['holder'] {
  const registrants = entities.filter(({ roles }) => roles.includes('registrant'))
  const holder =
    registrants.find(({ kind }) => kind === 'org') ?? registrants.find(({ handle }) => !/-MNT$/i.test(handle ?? ''))
  return holder ? { handle: holder.handle, name: holder.name } : null
}

function remarksOf(object: Record<string, unknown>, entities: readonly Entity[]): string[] {
  const remarks: string[] = []
  let length = 0
  for (const one of [object, ...entities.map((entity) => entity.object)]) {
    for (const remark of Array.isArray(one['remarks']) ? one['remarks'].filter(isObject) : []) {
      const lines = Array.isArray(remark['description']) ? remark['description'] : []
      const text = lines.filter((line: unknown) => typeof line === 'string').join('\n')
      length += text.length
      if (text !== '' && length <= mostText) remarks.push(text)
    }
  }
  return remarks
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 400) : null
}
