import { z } from 'zod'
import { type InputError, inputErrorsOf } from '../facts/input-error.ts'

/**
 * XARF v4 → notice, as one table. What is in no row is not read: `reporter` and `sender` (the token says who submits),
 * `evidence`, `description`, `tags` and `_internal`, everything about a victim or a suspect, and what the sender says it
 * did itself (`content_removed`, `account_suspended`).
 */
export const xarfTable = [
  { from: '/xarf_version', to: null, rule: '4.x.y is required.' },
  { from: '/category', to: '/category', rule: '`content` is required.' },
  { from: '/type', to: '/category', rule: '`csam` and `csem` become `csam`; every other type is category_not_served.' },
  { from: null, to: '/regime', rule: 'Always `ntd_code`.' },
  {
    from: '/classification',
    to: '/legal_class',
    rule: '`baseline`, `A1`, `A2` become `baseline`; `B1`, `B2` become `national`; required for csam, left out of csem: `not_disclosed`.',
  },
  { from: '/report_id', to: '/reference', rule: 'As it is: a UUID.' },
  { from: '/url', to: '/items/0/url', rule: 'As it is.' },
  { from: '/source_identifier', to: '/items/0/ip', rule: 'Where it is an IP address; a host name is not needed.' },
  { from: '/source_port', to: '/items/0/port', rule: 'As it is.' },
  { from: '/verified_at', to: '/items/0/seen_at', rule: 'In UTC; where it is missing, `/timestamp`.' },
  {
    from: '/hash_values',
    to: '/items/0/hashes',
    rule: 'md5, sha1, sha256; `/file_hash` too; perceptual hashes are dropped.',
  },
  { from: '/media_type', to: '/items/0/scope', rule: '`text` and `mixed` stand on a page; everything else is a file.' },
  { from: '/exploitation_type', to: '/items/0/scope', rule: 'Conduct (grooming …) shows on a page, not in a file.' },
  { from: '/detection_method', to: null, rule: 'Required by XARF; dropped.' },
] as const

/**
 * The international baseline is about prepubescent children (A1, A2); what is illegal beyond it is so by national law.
 * The finer classes would tell an age, and a notice holds none.
 */
export const legalClassOf = {
  baseline: 'baseline',
  A1: 'baseline',
  A2: 'baseline',
  B1: 'national',
  B2: 'national',
} as const

const classification = z.enum(['baseline', 'A1', 'A2', 'B1', 'B2'], 'One of baseline, A1, A2, B1, B2.')
const party = z.looseObject({}, 'XARF requires it; it is not read.')
const timestamp = z.iso.datetime({ offset: true, message: 'An RFC 3339 instant.' })
const hex = (length: number) =>
  z.string().regex(new RegExp(`^[a-fA-F0-9]{${length}}$`), `${length} hexadecimal digits.`)
const hashes = z.object({ md5: hex(32).optional(), sha1: hex(40).optional(), sha256: hex(64).optional() })

const either = {
  category: z.literal('content'),
  xarf_version: z.string().regex(/^4\.[0-9]+\.[0-9]+$/, 'XARF 4 is served here, as 4.x.y.'),
  report_id: z.uuid('A UUID.'),
  timestamp,
  reporter: party,
  sender: party,
  source_identifier: z.string().min(1, 'An address or name of the source.').max(253),
  source_port: z.int().min(1).max(65535).optional(),
  url: z.string().min(1, 'The address of the content.'),
  verified_at: timestamp.optional(),
  media_type: z.enum(['image', 'video', 'audio', 'text', 'mixed']).optional(),
  hash_values: hashes.optional(),
  file_hash: hashes.optional(),
}

const csam = z.object({
  ...either,
  type: z.literal('csam'),
  classification,
  detection_method: z.enum(['hash_match', 'ai_detection', 'manual_review', 'user_report', 'automated_scan']),
})

const csem = z.object({
  ...either,
  type: z.literal('csem'),
  classification: classification.optional(),
  exploitation_type: z.enum([
    'grooming',
    'solicitation',
    'sextortion',
    'trafficking',
    'distribution',
    'production',
    'possession',
  ]),
  detection_method: z.enum([
    'behavioral_analysis',
    'keyword_detection',
    'user_report',
    'ai_detection',
    'manual_review',
    'law_enforcement_referral',
  ]),
})

/** One XARF v4 report of a kind this line serves; members that are not listed are allowed and not read. */
export const xarfReport = z.discriminatedUnion('type', [csam, csem])
type XarfReport = z.output<typeof xarfReport>

export type XarfReading =
  /** `pointers`: from the notice back into the report, for what is wrong with an address or a hash. */
  | { result: 'mapped'; submission: object; pointers: ReadonlyMap<string, string> }
  | { result: 'refused'; code: 'category_not_served' | 'invalid'; errors: InputError[] }

export function readXarf(input: unknown): XarfReading {
  const kind = kindOf(input)
  if (kind) return { result: 'refused', code: 'category_not_served', errors: [kind] }
  const read = xarfReport.safeParse(input)
  if (!read.success) return { result: 'refused', code: 'invalid', errors: inputErrorsOf(read.error) }
  return { result: 'mapped', ...submissionOf(read.data) }
}

/** Asked first: a report about spam is not served, whatever else is wrong with it. */
function kindOf(input: unknown): InputError | null {
  const { category, type } = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>
  const message = 'Reports of category content and type csam or csem are served here, and no others.'
  if (typeof type === 'string' && type !== 'csam' && type !== 'csem')
    return { pointer: '/type', code: 'category_not_served', message }
  if (typeof type === 'string' && typeof category === 'string' && category !== 'content')
    return { pointer: '/category', code: 'category_not_served', message }
  return null
}

function submissionOf(report: XarfReport): { submission: object; pointers: ReadonlyMap<string, string> } {
  const [digests, digestsFrom] = report.hash_values
    ? ([report.hash_values, '/hash_values'] as const)
    : ([report.file_hash, '/file_hash'] as const)
  const seenAt = report.verified_at ?? report.timestamp
  const ip = isAddress(report.source_identifier) ? report.source_identifier : undefined
  const item = {
    url: report.url,
    scope: scopeOf(report),
    seen_at: new Date(seenAt).toISOString(),
    ...(ip === undefined ? {} : { ip }),
    ...(report.source_port === undefined ? {} : { port: report.source_port }),
    ...(digests && Object.keys(digests).length > 0 ? { hashes: digests } : {}),
  }
  const submission = {
    regime: 'ntd_code',
    category: 'csam',
    legal_class: report.classification ? legalClassOf[report.classification] : 'not_disclosed',
    reference: report.report_id,
    items: [item],
  }
  const pointers = new Map([
    ['/legal_class', '/classification'],
    ['/reference', '/report_id'],
    ['/items/0/url', '/url'],
    ['/items/0/ip', '/source_identifier'],
    ['/items/0/port', '/source_port'],
    ['/items/0/seen_at', report.verified_at ? '/verified_at' : '/timestamp'],
    ['/items/0/hashes', digestsFrom],
    ...['md5', 'sha1', 'sha256'].map((name) => [`/items/0/hashes/${name}`, `${digestsFrom}/${name}`] as const),
  ])
  return { submission, pointers }
}

function scopeOf(report: XarfReport): 'file' | 'page' {
  if (report.media_type === 'text' || report.media_type === 'mixed') return 'page'
  if (report.type === 'csam') return 'file'
  const shown: readonly string[] = ['distribution', 'production', 'possession']
  return shown.includes(report.exploitation_type) ? 'file' : 'page'
}

function isAddress(text: string): boolean {
  return z.union([z.ipv4(), z.ipv6()]).safeParse(text).success
}
