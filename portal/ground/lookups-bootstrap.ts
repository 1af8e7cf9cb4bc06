import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readRange } from './addresses.ts'
import type { Clock } from './ground.ts'
import { isObject } from './json.ts'
import type { Asked } from './lookups-rdap.ts'
import { numberOf, widthOf } from './ranges.ts'

export type BootstrapName = 'ipv4' | 'ipv6' | 'asn'

/** Which registry is asked about what: one file of IANA's (RFC 9224). */
export interface Service {
  /** As it stands in the file; for addresses it is CIDR. */
  block: string
  urls: string[]
}

interface Entry extends Service {
  first: bigint
  last: bigint
}

interface Kept {
  etag: string | null
  /** When it was last known to be true, in milliseconds. */
  at: number
  body: string
}

export interface BootstrapOptions {
  clock: Clock
  /** Where the files are kept between starts, or null. */
  directory: string | null
  /** Asks for one file; `etag` is what is held already. */
  ask(
    name: BootstrapName,
    etag: string | null,
  ): Promise<{ result: 'found'; body: string; etag: string | null } | { result: 'unchanged' } | { result: 'failed' }>
}

/** IANA changes them some times a year, and asks to be asked no more than daily. */
const freshMs = 86_400_000
const againMs = 600_000

/**
 * The list of registries, kept on disk with its ETag and asked for again once a day. While IANA cannot be reached, what
 * is held goes on being used, however old: ranges hardly ever move from one registry to another.
 */
export function createBootstrap({ clock, directory, ask }: BootstrapOptions) {
  const held = new Map<BootstrapName, { kept: Kept; entries: Entry[] }>()
  const nextAt = new Map<BootstrapName, number>()
  const underWay = new Map<BootstrapName, Promise<void>>()

  async function refresh(name: BootstrapName): Promise<void> {
    if (!held.has(name)) await readFromDisk(name)
    const now = clock.now().getTime()
    const before = held.get(name)?.kept
    if (before && now - before.at < freshMs && now >= before.at) return
    if (now < (nextAt.get(name) ?? 0)) return
    const answer = await ask(name, before?.etag ?? null)
    const entries = answer.result === 'found' ? readServices(answer.body, name) : null
    if (answer.result === 'found' && entries)
      await keep(name, { etag: answer.etag, at: now, body: answer.body }, entries)
    else if (answer.result === 'unchanged' && before)
      await keep(name, { ...before, at: now }, held.get(name)?.entries ?? [])
    else nextAt.set(name, now + againMs)
  }

  async function readFromDisk(name: BootstrapName): Promise<void> {
    if (directory === null) return
    try {
      const kept: unknown = JSON.parse(await readFile(join(directory, `${name}.json`), 'utf8'))
      if (!isObject(kept) || typeof kept['body'] !== 'string' || typeof kept['at'] !== 'number') return
      const entries = readServices(kept['body'], name)
      const etag = typeof kept['etag'] === 'string' ? kept['etag'] : null
      if (entries) held.set(name, { kept: { etag, at: kept['at'], body: kept['body'] }, entries })
    } catch {
      // Not there, or not readable: it is asked for.
    }
  }

  async function keep(name: BootstrapName, kept: Kept, entries: Entry[]): Promise<void> {
    held.set(name, { kept, entries })
    if (directory === null) return
    try {
      await mkdir(directory, { recursive: true })
      const file = join(directory, `${name}.json`)
      await writeFile(`${file}.${process.pid}`, JSON.stringify(kept))
      await rename(`${file}.${process.pid}`, file)
    } catch {
      // A disk that is full or not ours costs one question more after the next start.
    }
  }

  return {
    /** The registry that answers for this, by the narrowest range that holds it; null: none is known. */
    async find(
      asked: Asked,
    ): Promise<{ result: 'found'; service: Service } | { result: 'none' } | { result: 'failed' }> {
      const name: BootstrapName = 'asn' in asked ? 'asn' : asked.family === 4 ? 'ipv4' : 'ipv6'
      const running = underWay.get(name) ?? refresh(name).finally(() => underWay.delete(name))
      underWay.set(name, running)
      await running
      const entries = held.get(name)?.entries
      if (!entries) return { result: 'failed' }
      const [first, last] = 'asn' in asked ? [BigInt(asked.asn), BigInt(asked.asn)] : [asked.first, asked.last]
      const fitting = entries.filter((entry) => entry.first <= first && last <= entry.last)
      const [service] = fitting.sort((one, other) => (one.last - one.first < other.last - other.first ? -1 : 1))
      return service ? { result: 'found', service } : { result: 'none' }
    },
  }
}

/** Null: it is no bootstrap file, and what is held goes on being used. */
export function readServices(body: string, name: BootstrapName): Entry[] | null {
  let read: unknown
  try {
    read = JSON.parse(body)
  } catch {
    return null
  }
  const services = isObject(read) && Array.isArray(read['services']) ? read['services'] : []
  const entries = services.flatMap((service) => {
    if (!Array.isArray(service)) return []
    const [blocks, urls] = service.slice(-2).map((part) => (Array.isArray(part) ? part.filter(isText) : []))
    // The secure one first; whether the other may be called at all is the guard's to say.
    const sorted = [...(urls ?? [])].sort((one, other) => Number(isSecure(other)) - Number(isSecure(one)))
    return (blocks ?? []).flatMap((block) => {
      const bounds = name === 'asn' ? boundsOfAsns(block) : boundsOfRange(block)
      return bounds && sorted.length > 0 ? [{ block, urls: sorted, ...bounds }] : []
    })
  })
  return entries.length > 0 ? entries : null
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isSecure(url: string): boolean {
  return url.startsWith('https:')
}

function boundsOfRange(text: string): { first: bigint; last: bigint } | null {
  const range = readRange(text)
  if (!range) return null
  const family = range[0].kind() === 'ipv4' ? 4 : 6
  const first = numberOf(range[0].toString())
  return { first, last: first + widthOf(family, range[1]) - 1n }
}

function boundsOfAsns(text: string): { first: bigint; last: bigint } | null {
  const [, from, to] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(text) ?? []
  return from === undefined ? null : { first: BigInt(from), last: BigInt(to ?? from) }
}
