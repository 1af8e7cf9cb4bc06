import {
  type Category,
  categories,
  duration,
  type LegalClass,
  legalClasses,
  type PreservationBasis,
  preservationBases,
  type Regime,
  regimes,
  type Scope,
  scopes,
  type WithdrawalReason,
} from '@noticeline/sdk/protocol'
import { z } from 'zod'
import type { OnObstacle } from '../deadlines/norms.ts'

export {
  type Regime,
  regimes,
  type Scope,
  type WithdrawalReason,
  withdrawalReasons as withdrawReasons,
} from '@noticeline/sdk/protocol'

export const origins = ['api', 'xarf', 'form', 'seed'] as const
export type Origin = (typeof origins)[number]

/** Regimes the line serves today. Orders wait for the part for authorities; rehearsals never leave theirs. */
export const servedRegimes = ['ntd_code', 'dsa_notice'] as const

export const maxItems = 100
export const maxUrlLength = 2048

const instant = z.iso.datetime({ message: 'An RFC 3339 instant in UTC, such as 2026-11-21T09:00:00.000Z.' }).max(40)
const text = (longest: number) =>
  z
    .string()
    .trim()
    .min(1, 'This is empty.')
    .max(longest, `At most ${longest} characters.`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    .regex(/^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/, 'Control characters are not allowed.')
const hex = (length: number) =>
  z
    .string()
    .regex(new RegExp(`^[0-9a-fA-F]{${length}}$`), `${length} hexadecimal digits.`)
    .transform((value) => value.toLowerCase())

const itemSubmission = z
  .strictObject({
    url: z
      .string()
      .min(1, 'The address of the item.')
      .max(maxUrlLength, `At most ${maxUrlLength} characters.`)
      .describe('Where the item was seen: http or https, without credentials.'),
    ip: z.string().max(45).optional().describe('The address its host had when it was seen, where that is known.'),
    port: z.number().int().min(1).max(65535).optional().describe('The port, where it is not in the URL.'),
    scope: z
      .enum(scopes)
      .default('file')
      .describe('What has to become unreachable. A link to a media file means that file; to a page, the page.'),
    seen_at: instant.optional().describe('When it was last seen there.'),
    hashes: z
      .strictObject({ md5: hex(32).optional(), sha1: hex(40).optional(), sha256: hex(64).optional() })
      .optional()
      .describe('Digests of the file, where known. They help to find; they never decide.'),
  })
  .describe('One locator; everything is tracked per item.')

/**
 * The body of `POST /v1/notices`; the form and XARF are turned into it. Unknown members are refused: a misspelt one would
 * be a wish silently not heard.
 */
export const noticeSubmission = z
  .strictObject({
    regime: z.enum(regimes).describe('Under what the notice is given.'),
    category: z.enum(categories).describe('What it is about.'),
    legal_class: z.enum(legalClasses).optional().describe('Required for csam, and allowed for nothing else.'),
    reference: z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
        'Letters, digits, - and _ only, at most 64: it goes where no address may.',
      )
      .optional()
      .describe("The notifier's own number. It is shown unsealed, so it can hold no address."),
    assessed_at: instant.optional().describe('When the notifier judged it.'),
    grounds: z
      .strictObject({
        reasons: text(4000).optional().describe('Why it is held to be illegal.'),
        legal_basis: z.array(text(200)).max(20, 'At most 20.').optional().describe('The provisions.'),
        good_faith: z.boolean().optional().describe('Article 16(2)(d) of Regulation (EU) 2022/2065.'),
      })
      .optional(),
    for_provider_only: text(4000).optional().describe('For the provider; not to be passed on to its customer.'),
    may_be_forwarded: text(4000).optional().describe("May be passed on to the provider's customer."),
    deadline: z
      .strictObject({ within: duration.describe('ISO 8601, such as PT6H.') })
      .optional()
      .describe('Only where the regime lets the notifier choose.'),
    preservation: z
      .strictObject({
        basis: z.enum(preservationBases),
        reference: z
          .string()
          .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'Letters, digits, - and _ only, at most 64.')
          .optional(),
      })
      .optional()
      .describe('Whether anything is kept, and on what basis. Left out: nothing is.'),
    disclosure: z
      .strictObject({
        allowed: z.boolean(),
        basis: z
          .string()
          .regex(
            /^[A-Za-z0-9][A-Za-z0-9 ,()_-]{0,99}$/,
            'The provision, in letters, digits, spaces and , ( ) - _ only.',
          )
          .optional(),
        until: instant.optional(),
      })
      .optional()
      .describe('Whether the provider may tell its customer. A silence needs a basis and an end.'),
    items: z.array(itemSubmission).min(1, 'At least one item.').max(maxItems, `At most ${maxItems} items.`),
  })
  .describe('What a notifier submits at once.')

export type NoticeSubmission = z.output<typeof noticeSubmission>

/** A notice as the other folders read it; what is sealed is opened by `openNotice`. */
export interface Notice {
  id: string
  orgId: string
  regime: Regime
  category: Category
  legalClass: LegalClass | null
  reference: string | null
  origin: Origin
  assessedAt: Date | null
  submittedAt: Date
  binding: boolean
  deadlineWithin: string
  onObstacle: OnObstacle
  /** As the norm said when it was submitted. */
  deemedReceipt: string | null
  preservation: { basis: PreservationBasis; reference?: string }
  disclosure: { allowed: boolean; basis?: string; until?: string }
  dataKey: Buffer | null
  sealed: Buffer | null
  seq: number
  withdrawnAt: Date | null
  withdrawReason: WithdrawalReason | null
  closedAt: Date | null
}

/** An item as the other folders read it; where it stands is opened by `openItem`. */
export interface Item {
  id: string
  noticeId: string
  orgId: string
  position: number
  scope: Scope
  seenAt: Date | null
  dataKey: Buffer | null
  sealed: Buffer | null
  duplicateOf: string | null
  parentItemId: string | null
  attribution: 'waiting' | 'attributed' | 'unattributed'
  withdrawnAt: Date | null
  closedAt: Date | null
}

/** One provider on one item, with what its clock is computed from. */
export interface Addressee {
  itemId: string
  orgId: string
  noticeId: string
  role: 'hosting' | 'reseller' | 'site_operator' | 'reverse_proxy'
  accountable: boolean
  offeredAt: Date | null
  /** First offered on a second channel that was alive, where the norm asks for that. */
  secondOfferedAt: Date | null
  receivedAt: Date | null
  dueAt: Date | null
  obstacles: { from: Date; until: Date | null }[]
  endedAt: Date | null
  deadlinePassedAt: Date | null
}
