/** Who speaks in the vectors, what they expect, and a right token of each kind. Everything is invented. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { forge, makeKey, publicPart, type TestKey } from './forge.ts'

export const folder = new URL('../../vectors/', import.meta.url)

const names = [
  'portal',
  'portal_retired',
  'receiver_sealing',
  'receiver_sealing_old',
  'tern',
  'mudlark',
  'stranger',
] as const

/** Public test keys: private parts are committed so that anybody can make more vectors. Never use them for anything. */
export const keys = readKeys()

function readKeys(): Record<(typeof names)[number], TestKey> {
  const file = new URL('keys.json', folder)
  if (!existsSync(file)) {
    const made = Object.fromEntries(names.map((name) => [name, makeKey()]))
    const warning =
      'PUBLIC TEST KEYS. Their private parts are in this file on purpose. Never use them for anything real.'
    writeFileSync(file, `${JSON.stringify({ warning, keys: made }, null, 2)}\n`)
  }
  return JSON.parse(readFileSync(file, 'utf8')).keys
}

export const portal = 'https://portal.example'
export const tern = 'urn:noticeline:org:org_tern'
export const mudlark = 'urn:noticeline:org:org_mudlark'
export const now = '2026-11-21T12:00:00.000Z'
export const seconds = Date.parse(now) / 1000

export interface Expectation {
  now: string
  audience: string
  /** The published or registered keys. */
  jwks: { keys: unknown[] }
  /** kid → whom that key speaks for. */
  issuers: Record<string, string>
  /** Private JWKs of the sealing keys registered for this receiver; with none, plain tokens are taken. */
  sealing_keys: TestKey[]
}

const published = [publicPart(keys.portal, 'sig'), publicPart(keys.portal_retired, 'sig')]

/** Tern's receiver, which registered no sealing key. */
export const plainReceiver: Expectation = {
  now,
  audience: tern,
  jwks: { keys: published },
  issuers: { [keys.portal.kid]: portal, [keys.portal_retired.kid]: portal },
  sealing_keys: [],
}

/** Tern's receiver, which registered one. */
export const sealedReceiver: Expectation = { ...plainReceiver, sealing_keys: [keys.receiver_sealing] }

/** The portal, which takes reports from Tern and from Mudlark. */
export const reportsDesk: Expectation = {
  now,
  audience: portal,
  jwks: { keys: [publicPart(keys.tern, 'sig'), publicPart(keys.mudlark, 'sig')] },
  issuers: { [keys.tern.kid]: tern, [keys.mudlark.kid]: mudlark },
  sealing_keys: [],
}

export const notice = 'ntc_01kavector0000000000000000'
export const item = 'itm_01kavector0000000000000001'
export const event = (name: string) => `urn:noticeline:event:${name}`
export const verificationEvent = 'https://schemas.openid.net/secevent/ssf/event-type/verification'

export const issued = {
  v: 1,
  notice,
  seq: 1,
  reference: 'MK-2026-000123',
  regime: 'ntd_code',
  binding: false,
  category: 'csam',
  legal_class: 'baseline',
  notifier: { id: 'org_baken', kind: 'hotline', name: 'Stichting Baken', country: 'NL', trusted_flagger: true },
  grounds: { reasons: 'Assessed by two analysts.', legal_basis: ['Art. 252 Sr'], good_faith: true },
  items: [
    {
      id: item,
      url: 'https://cust42.tern.example/g/7f3a.jpg',
      ip: '203.0.113.80',
      port: 443,
      scope: 'file',
      hashes: { sha256: '5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef' },
      seen_at: '2026-11-21T08:55:12.000Z',
    },
  ],
  deadline: { from: 'receipt', within: 'PT24H', on_obstacle: 'pause' },
  preservation: { basis: 'none' },
  disclosure: { allowed: true },
  report_to: 'https://portal.example/v1/reports',
}

export const result = { item, outcome: 'content_removed', at: '2026-11-21T11:58:00.000Z', by: 'auto' }
export const reported = { v: 1, notice, seq: 1, results: [result] }

/** What the portal says to Tern. `events` is put in whole. */
export function fromPortal(events: object = { [event('notice.issued')]: issued }, changes: object = {}) {
  const about = { txn: notice, toe: seconds - 600, sub_id: { format: 'opaque', id: notice } }
  return {
    iss: portal,
    aud: tern,
    iat: seconds - 5,
    jti: 'evt_01kavector0000000000000001',
    ...about,
    events,
    ...changes,
  }
}

/** What Tern says to the portal. */
export function fromTern(events: object = { [event('items.reported')]: reported }, changes: object = {}) {
  return { iss: tern, aud: portal, iat: seconds - 5, jti: 'rpt-7b1e', txn: notice, events, ...changes }
}

export const token = (payload: object | string = fromPortal(), key = keys.portal) => forge({ payload, key })
export const reportToken = (payload: object | string = fromTern(), key = keys.tern) => forge({ payload, key })

export interface Sent {
  media_type: string
  body: string
  /** The body is followed by so many characters `A`, which would only fill this file. */
  padding?: number
}

export const push = (body: string): Sent => ({ media_type: 'application/secevent+jwt', body })
export const pushJson = (sets: object | string): Sent => ({
  media_type: 'application/json',
  body: typeof sets === 'string' ? sets : JSON.stringify({ sets }),
})

/** The claims without some of their members. */
export function without<T extends object>(value: T, ...members: (keyof T)[]): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !members.includes(name as keyof T)))
}
