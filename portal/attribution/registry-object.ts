/** What a registry's object says about who holds a network: pure. See decision 012. */
import type { RegistryAnswer } from '../ground/ground.ts'
import { holdsRange, type Prefix, readPrefix } from './address.ts'

export type RegistryObject = Extract<RegistryAnswer, { result: 'found' }>

export type Standing =
  /** Given out by the registry itself: only the registry can write that. */
  | 'direct'
  /** Handed on by a holder to a customer: the holder writes it, with whatever mailbox the customer likes. */
  | 'inner'
  /** As wide as what IANA gave to the registry: nobody's yet. */
  | 'registry'
  /** The registry does not say, or its word is used for both. */
  | 'unsaid'

/** The registries' own words for what they gave out themselves (RIPE, AFRINIC, APNIC, ARIN, LACNIC in that order). */
const direct = [
  'allocated pa',
  'allocated-assigned pa',
  'allocated pi',
  'assigned pi',
  'assigned anycast',
  'allocated-by-rir',
  'allocated portable',
  'assigned portable',
  'direct allocation',
  'direct assignment',
  'allocation',
  'allocated',
]
/** And for what a holder gave on. */
const inner = [
  'assigned pa',
  'sub-allocated pa',
  'lir-partitioned pa',
  'lir-partitioned pi',
  'allocated-by-lir',
  'aggregated-by-lir',
  'allocated non-portable',
  'assigned non-portable',
  'reallocation',
  'reassignment',
  'reallocated',
  'reassigned',
]

export function standingOf(object: Pick<RegistryObject, 'type' | 'ranges' | 'block'>): Standing {
  const type = object.type?.toLowerCase().replaceAll('_', ' ') ?? ''
  if (direct.includes(type)) return 'direct'
  const [cover, block] = [coverOf(object), object.block === null ? null : readPrefix(object.block)]
  if (cover && block && holdsRange(cover, block)) return 'registry'
  return inner.includes(type) ? 'inner' : 'unsaid'
}

/** The narrowest range that holds all of an object's ranges; null where it has none that can be read. */
export function coverOf({ ranges }: Pick<RegistryObject, 'ranges'>): Prefix | null {
  const prefixes = ranges.map(readPrefix)
  const [first] = prefixes
  if (!first || prefixes.includes(null)) return null
  let cover = first
  for (const prefix of prefixes) {
    while (prefix && cover.length > 0 && !holdsRange(cover, prefix)) cover = shortened(cover)
  }
  return cover
}

/** One bit wider. */
export function shortened({ family, network, length }: Prefix): Prefix {
  const wider = Buffer.from(network)
  const bit = length - 1
  wider[bit >> 3] = (wider[bit >> 3] ?? 0) & ~(0x80 >> (bit & 7)) & 0xff
  return { family, network: wider, length: bit }
}

/** A company as a registry names it, with the mailbox for abuse: enough to write to it. */
export interface NamedCompany {
  name: string | null
  country: string | null
  mailbox: string
  /** The registry's name for the company, with the registry. */
  registryHandle: string
}

/** Null: the object gives no mailbox for abuse, and none is guessed from its other roles. */
export function companyOf(object: RegistryObject): NamedCompany | null {
  const [mailbox] = object.abuse
  if (!mailbox) return null
  const handle = object.holder?.handle ?? mailbox.handle ?? object.handle
  return {
    name: object.holder?.name ?? mailbox.name ?? object.name,
    country: object.country,
    mailbox: mailbox.email,
    registryHandle: `${handle}@${object.registry}`,
  }
}

/**
 * Whether a network's object and its announcing system's object are one company's: the same registrant, the same mailbox,
 * or mailboxes under one domain, unless anybody may have a mailbox there.
 */
export function sameCompany(network: RegistryObject, system: RegistryObject): boolean {
  const holder = (object: RegistryObject) => object.holder?.handle?.toLowerCase()
  if (holder(network) !== undefined && holder(network) === holder(system) && network.registry === system.registry) {
    return true
  }
  const domains = (object: RegistryObject) =>
    object.abuse.map(({ email }) => email.slice(email.lastIndexOf('@') + 1).toLowerCase())
  const mailboxes = new Set(system.abuse.map(({ email }) => email.toLowerCase()))
  if (network.abuse.some(({ email }) => mailboxes.has(email.toLowerCase()))) return true
  return domains(network).some((one) => !anybodys.includes(one) && domains(system).some((other) => within(one, other)))
}

function within(one: string, other: string): boolean {
  return one === other || one.endsWith(`.${other}`) || other.endsWith(`.${one}`)
}

/** Where two mailboxes under one domain say nothing about their owners. */
const anybodys = [
  'gmail.com',
  'googlemail.com',
  'outlook.com',
  'hotmail.com',
  'live.com',
  'yahoo.com',
  'icloud.com',
  'aol.com',
  'gmx.net',
  'gmx.de',
  'web.de',
  'proton.me',
  'protonmail.com',
  'mail.ru',
  'yandex.ru',
  'qq.com',
  '163.com',
  '126.com',
  'naver.com',
]
