/** What every verb stands on. It arrives as an argument; nothing below the faces builds or imports one. */
import type { Kysely, Transaction } from 'kysely'
import type { Config } from './config.server.ts'
import type { DB } from './tables.d.ts'
import type { Log, Traces } from './told.ts'

export type { Config } from './config.server.ts'
export type { DB } from './tables.d.ts'
export type { Log, LogFields, SpanAbout, SpanName, Traces } from './told.ts'

export interface Ground {
  readonly config: Config
  readonly clock: Clock
  readonly db: Database
  readonly vault: Vault
  readonly keys: PortalKeys
  readonly outbound: Outbound
  readonly lookups: Lookups
  readonly routing: Routing
  readonly mail: Mail
  readonly log: Log
  readonly traces: Traces
  readonly bell: Bell
}

/** The only current time there is: the database's, so that several machines have one. */
export interface Clock {
  now(): Date
  /** By how many milliseconds this machine's own clock is ahead of it; null where nobody has asked yet. */
  apartMs?(): number | null
  /** Learns the time anew now, where it is told by somebody else; resolves when that is done or cannot be. */
  measure?(): Promise<void>
}

export interface Database {
  /** For reading outside a transaction. */
  readonly read: Kysely<DB>
  /**
   * One transaction: what is written, recorded and enqueued in it is there as a whole or not at all. It is tried again
   * on 40001 and 40P01, and on 23505 where somebody wrote the same row in the same moment, so `work` must be safe to repeat and must not wait for the network.
   * `repeated`: the same statements come many times a second, and the server keeps their plans.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, options?: { repeated?: boolean }): Promise<T>
}

export interface Tx {
  readonly db: Transaction<DB>
  /** One instant for the whole transaction. */
  readonly now: Date
  /** A durable job, committed with everything else. `data` holds ids only, never an address. */
  enqueue(job: string, data: JobData, options?: { startAfter?: Date }): Promise<void>
  /** Rings a bell after the commit: there is something to do for whoever listens. */
  ring(name: BellName): void
  /** Names of the reactions to a kind of fact, given to the ground at the start. */
  reactionsTo(kind: string): readonly string[]
  /** Keeps the projections true: once for all facts, as the last thing in this transaction. */
  project(fact: RecordedFact): void
  /** The newest link of each chain this transaction has locked. */
  readonly heads: Map<string, ChainHead>
}

/** `deliveries`: something is due. */
export type BellName = 'deliveries'

/** Wakes whoever sleeps until there is something to do, in this process and in others. It may be missed. */
export interface Bell {
  ring(names: readonly BellName[]): void
  /** Answers how to stop listening. */
  listen(name: BellName, heard: () => void): () => void
}

export interface ChainHead {
  readonly seq: number
  readonly hash: Buffer
}

export type JobData = { readonly [key: string]: string | number | boolean | null }

export interface RecordedFact {
  readonly id: string
  readonly chain: string
  readonly seq: number
  readonly kind: string
  readonly at: Date
  readonly payload: unknown
}

/** Sealing: AES-256-GCM under one data key an item, a notice or a token, which is wrapped by the key of the environment. */
export interface Vault {
  /** A fresh data key, wrapped. Destroying the wrapped key is erasure. */
  newKey(): Uint8Array
  /** `context` is bound to the sealed bytes (`item:itm_…`): what was sealed for one thing opens for no other. */
  seal(wrappedKey: Uint8Array, context: string, plain: string | Uint8Array): Uint8Array
  open(wrappedKey: Uint8Array, context: string, sealed: Uint8Array): Buffer
  /** Keyed HMAC-SHA-256, for matching without knowing: `mac('locator', normalisedUrl)`. */
  mac(purpose: string, value: string): Buffer
  /** A one-time secret that can be made again from its id, so that mailing it twice mails the same one. base64url, 32 bytes. */
  derive(purpose: string, id: string): string
}

/** The portal's own signing keys (ES256), with rotation. Private parts are sealed at rest. */
export interface PortalKeys {
  /** The key that signs now. */
  current(): Promise<{ kid: string; privateJwk: JsonWebKey }>
  /** What `/.well-known/jwks.json` says. */
  jwks(): Promise<{ keys: JsonWebKey[] }>
  /** What `/.well-known/jwks-archive.json` says: every key there ever was, with `not_before, not_after, revoked_at`. */
  archive(): Promise<{ keys: JsonWebKey[] }>
  /** Publishes the next key; it signs 24 h later (at once on the first start or on compromise). */
  rotate(options?: { compromised?: boolean }): Promise<void>
  /**
   * This key is known to others: nothing it signed counts any longer. The one that signs now takes the next one with it,
   * which lay beside it, and another signs at once; an earlier one goes alone. False: there is no such key, or it is revoked.
   */
  revoke(kid: string): Promise<boolean>
  /** By the clock: makes a due next key the current one, and the next one when the current is old. */
  keepFresh(): Promise<void>
}

/** The outside world: `post` to endpoints, `head` to look. There is no `get`. */
export interface Outbound {
  post(url: string, message: OutboundPost): Promise<OutboundAnswer>
  /** One HEAD, no redirect followed, the connection closed at the first byte of a body. */
  head(url: string, options: { timeoutMs: number }): Promise<OutboundAnswer>
  /** Opens a TCP (and, for https, TLS) connection to the address and closes it. Nothing is sent. */
  connect(url: string, options: { timeoutMs: number }): Promise<OutboundAnswer>
  /** Why this address may not be called, or null. Says nothing about what names resolve to: that is checked at connect time. */
  refuses(url: string): AddressRefusal | null
}

export interface OutboundPost {
  contentType: string
  accept: string
  body: string
  timeoutMs: number
  /** Extra headers, such as an endpoint's own bearer. */
  headers?: Readonly<Record<string, string>>
}

export type OutboundAnswer =
  | {
      result: 'answered'
      status: number
      headers: Readonly<Record<string, string>>
      /** At most 16 KiB; what was cut is said by `truncated`. */
      body: string
      truncated: boolean
      /** The address the socket was connected to. */
      address: string
      /** SHA-256 of the peer's certificate, hex, for https. */
      peer: string | null
      ms: number
    }
  | {
      result: 'failed'
      /** `address_refused` covers names that resolve to what may not be called. */
      code:
        | 'address_refused'
        | 'dns'
        | 'refused'
        | 'unreachable'
        | 'timeout'
        | 'tls'
        | 'reset'
        | 'too_large'
        | 'protocol'
      /** In words, without any address. */
      detail: string
      /** For `tls`: what is wrong with the certificate, where it is the certificate. */
      certificate?: 'expired' | 'other_name' | 'self_signed' | 'unknown_authority'
      address: string | null
      ms: number
    }

export interface AddressRefusal {
  code: 'not_a_url' | 'scheme' | 'credentials' | 'private_address' | 'host' | 'port'
  detail: string
}

/** Questions to registries and name servers. Never content. */
export interface Lookups {
  /** A and AAAA of a host within `timeoutMs`; IP literals answer themselves. */
  resolve(
    host: string,
    timeoutMs: number,
  ): Promise<{ result: 'found'; addresses: string[] } | { result: 'none' } | { result: 'failed'; detail: string }>
  /** A provider's published key set; https only, 64 KiB, JSON, no redirect. */
  keySet(url: string): Promise<{ result: 'found'; keys: JsonWebKey[] } | { result: 'failed'; detail: string }>
  /** TXT records of a name, one answer from each name server: where they do not agree, one of them is late or lies. */
  texts(name: string, timeoutMs: number): Promise<TextsAnswer[]>
  /** What stands at `https://<name>/.well-known/noticeline.txt`; https only, 1 KiB, plain text, no redirect. Nothing else. */
  proofFile(
    domain: string,
  ): Promise<{ result: 'found'; text: string } | { result: 'none' } | { result: 'failed'; detail: string }>
  /**
   * What the regional registries say about an address, a range or an autonomous system, by RDAP (RFC 9082, 9083, 9224).
   * `range` (CIDR) answers the smallest network that holds all of it. Addresses that are not public are never asked
   * about, unless configuration opens their range: the answer is `none`.
   */
  registry(question: RegistryQuestion): Promise<RegistryAnswer>
}

export type RegistryQuestion = { ip: string } | { range: string } | { asn: number }

export type RegistryAnswer =
  | {
      result: 'found'
      /** The registry's name of the object: a range, a `NET-…` or an `AS…`. */
      handle: string
      name: string | null
      /** What kind of registration it is, in the registry's own words: `ASSIGNED PA`, `DIRECT ALLOCATION` … */
      type: string | null
      country: string | null
      /** CIDR; empty for an autonomous system. */
      ranges: string[]
      asn: number | null
      /** The registrant: the company behind the object. */
      holder: { handle: string | null; name: string | null } | null
      /** Every mailbox of an entity with the role `abuse`, at any depth, the outermost first. */
      abuse: { email: string; name: string | null; handle?: string | null }[]
      /** Text of the remarks, of the object and of its entities: where a proof may stand. */
      remarks: string[]
      /** The host of the service that answered. */
      registry: string
      /** The range that IANA gave to this registry, where the address is in: what is as wide as that is the registry's own. */
      block: string | null
      /** The answer as it came. It names hosts and people, so it is sealed wherever it is kept. */
      raw: string
    }
  | { result: 'none' }
  | {
      result: 'failed'
      code: 'limited' | 'unreachable' | 'malformed' | 'timeout'
      /** In words, without any address. */
      detail: string
      /** How long the registry wants to be left alone, where it said so. */
      retryAfterMs: number | null
    }

/** Who announces which addresses: a table of the whole internet in memory, or an empty one. Never more than a hint. */
export interface Routing {
  /** The network that announces this address, or null: not announced, not an address, or no table. */
  holderOf(ip: string): { asn: number; name: string; cidr?: string } | null
  /** The ranges that an autonomous system announces, as CIDR. */
  asnRanges(asn: number): string[]
  /** When the table was compiled; null: there is none. */
  loadedAt: Date | null
  /** How many ranges it holds. */
  size: number
}

/** What one name server said. `resolver`: its address, or `system`. */
export type TextsAnswer = { resolver: string } & (
  | { result: 'found'; texts: string[] }
  | { result: 'none' }
  | { result: 'failed'; detail: string }
)

/** Mail is a pointer: numbers, counts, times and links into the portal. */
export interface Mail {
  /** Returns when it was taken. It is mailed once, however often it is sent. */
  send(mail: OutgoingMail): Promise<void>
  /** Reads what came back, and which of our mails it is about: what it names is proven by a keyed HMAC. */
  read(raw: Uint8Array): Promise<ReturnedMail>
  /** What waits in the Maildir, oldest first: at most `limit`, each with the moment it came. */
  waiting(limit: number): Promise<WaitingMail[]>
  /** It was read: it moves from `new` to `cur`. */
  settle(name: string): Promise<void>
}

export interface WaitingMail {
  name: string
  raw: Uint8Array
  cameAt: Date
}

export type MailClass = 'permanent' | 'temporary' | 'auto_reply' | 'feedback' | 'person'

/** A mail that came back, read and classified. Whatever it says may be a lie. */
export interface ReadMail {
  class: MailClass
  /** For a bounce: nobody tries any longer. */
  givenUp: boolean
  /** Whom it did not reach, as the sender addressed them. Empty for everything that is no bounce. */
  recipients: string[]
  /** Of RFC 3463, such as `5.1.1`; null where none was given. */
  code: string | null
  /** Where one of our return paths may stand: whom it was delivered to, and for whom. */
  deliveredTo: string[]
  /** Message-IDs, without their brackets, of what it answers or brings back. */
  about: string[]
  /** For a person's: what to show to the desk. At most 20,000 characters. */
  text: string
}

/** `forged`: it names a mail of ours under a proof that we did not make. `none`: it names no mail of ours. */
export type ReturnedMail = ReadMail & { ours: { mailId: string } | 'forged' | 'none'; digest: Buffer }

export interface OutgoingMail {
  /** What its sender calls it: the same id is never mailed twice. */
  id: string
  to: string
  subject: string
  text: string
  /** The range or name that a claim is about, as it stands in the text: somebody's network, and nothing in it. */
  network?: string
  /** What makes it a row of `mails` with a fact, and gives it a return path of its own, so that its fate is known. */
  about: MailAbout
}

/** What our mails are for. What each may say is held by `portal/mail-templates.test.ts`. */
export type MailPurpose =
  | 'pointer'
  | 'contact_code'
  | 'contact_challenge'
  | 'contact_news'
  | 'endpoint_change'
  | 'network'
  | 'network_proof'
  | 'sign_in'
  | 'joining'
  | 'invitation'
  | 'mailbox_change'
  | 'decision'
  | 'contested_claim'
  | 'desk_tasks'

export interface MailAbout {
  purpose: MailPurpose
  /** The organisation it is about; left out where there is none yet, and for what is a person's own. */
  orgId?: string
  /** The role mailbox it goes to; left out for a person's own. */
  contactId?: string
  /** The person whose own mailbox it goes to, where they are known. */
  recipientId?: string
  /** The id of what it is about: a link to sign in, an invitation, a claim on a network, a delivery … */
  of: string
  noticeId?: string
  deliveryId?: string
}

/** A mail that a mail server took, as its fact says it. */
export interface SentMail {
  mailId: string
  orgId: string | null
  contactId: string | null
  recipientId?: string
  noticeId?: string
  /** What it is about, where that is neither. */
  of?: string
}
