import { inspect } from 'node:util'
import type { InputError } from '../facts/input-error.ts'
import { type Address, isOutward, readAddress } from './address.ts'

/** Where an item stands, and by what it is recognised. */
export interface LocatorContents {
  url: string
  ip: string | null
  port: number | null
  hashes: { md5?: string; sha1?: string; sha256?: string }
}

const mark = Symbol.for('noticeline.locator')

/**
 * An address that cannot be printed: string, JSON and console show `[locator itm_…]`. `reveal` is the only way in, and it
 * leaves a line. Known by a mark and not by its class: the pages and the server are two copies of this module.
 */
export class Locator {
  readonly itemId: string
  readonly #contents: LocatorContents
  readonly #leaveLine: (purpose: string) => void

  constructor(itemId: string, contents: LocatorContents, leaveLine: (purpose: string) => void) {
    this.itemId = itemId
    this.#contents = contents
    this.#leaveLine = leaveLine
  }

  static is(value: unknown): value is Locator {
    return typeof value === 'object' && value !== null && mark in value
  }

  get [mark](): true {
    return true
  }

  reveal(purpose: string): LocatorContents {
    this.#leaveLine(purpose)
    return { ...this.#contents, hashes: { ...this.#contents.hashes } }
  }

  toString(): string {
    return `[locator ${this.itemId}]`
  }

  toJSON(): string {
    return this.toString()
  }

  [Symbol.toPrimitive](): string {
    return this.toString()
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

const longestUrl = 2048

export type ParsedLocator =
  | {
      ok: true
      /** As it is stored and sent: what a client would ask for, without the fragment. */
      url: string
      host: string
      /** The address in the URL, where its host is one. */
      address: Address | null
    }
  | ({ ok: false } & InputError)

/** Reads the address of an item. What is wrong is said without quoting it; the pointer is relative to the item. */
export function parseLocator(input: string, allowedRanges: readonly string[]): ParsedLocator {
  const no = (code: string, message: string) => ({ ok: false, pointer: '/url', code, message }) as const
  if (input.length > longestUrl) return no('too_long', `At most ${longestUrl} characters.`)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u0020\u007f\\]/.test(input))
    return no('not_a_url', 'An address holds no space, backslash or control character.')
  if (!/^https?:\/\//i.test(input)) return no('scheme', 'An address starts with http:// or https://.')
  const url = URL.canParse(input) ? new URL(input) : null
  if (!url || url.hostname === '') return no('not_a_url', 'This is not an address.')
  if (url.username !== '' || url.password !== '' || /^https?:\/\/[^/?#]*@/i.test(input))
    return no('credentials', 'An address with a user name or password in it is not taken.')
  if (url.port === '0') return no('port', 'Nothing can be served on port 0.')
  url.hash = ''
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  const address = readAddress(host)
  if (address && !isOutward(address, allowedRanges))
    return no('private_address', 'This is not an address on the open internet.')
  if (!address && !isPublicName(host)) return no('private_address', 'This is not a name on the open internet.')
  if (url.href.length > longestUrl) return no('too_long', `At most ${longestUrl} characters, percent-encoded.`)
  return { ok: true, url: url.href, host, address }
}

/** Names that mean something only inside somebody's network (RFC 6761, RFC 6762, RFC 8375, RFC 9476). */
const inwardNames = ['localhost', 'local', 'internal', 'home.arpa', 'invalid', 'onion', 'alt', 'lan', 'localdomain']

function isPublicName(host: string): boolean {
  if (!host.includes('.') || host.length > 253) return false
  return !inwardNames.some((name) => host === name || host.endsWith(`.${name}`))
}

const unreserved = /^[A-Za-z0-9._~-]$/

/**
 * One spelling for what is the same address: host in lower case and punycode, no default port, no dot segments, no
 * fragment (all by the URL standard), percent-encoding in capitals and only where it is needed. The case of a path and
 * the order of a query stay: to a server they may matter.
 */
export function normaliseUrl(input: string | URL): string {
  const url = new URL(input)
  url.hash = ''
  url.username = ''
  url.password = ''
  url.hostname = url.hostname.replace(/\.$/, '')
  url.pathname = decodeUnreserved(url.pathname)
  url.search = url.search === '' ? '' : decodeUnreserved(url.search)
  return url.href
}

function decodeUnreserved(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (encoded, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16))
    return unreserved.test(character) ? character : encoded.toUpperCase()
  })
}
