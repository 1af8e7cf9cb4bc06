import { z } from 'zod'
import {
  country,
  digest,
  disputeId,
  duration,
  entryId,
  httpUrl,
  instant,
  itemId,
  jti,
  noticeId,
  orgId,
  revision,
  sha256Hex,
  text,
  version,
} from './fields.ts'
import {
  categories,
  headlines,
  legalClasses,
  notifierKinds,
  obstacleRules,
  preservationBases,
  regimes,
  scopes,
  withdrawalReasons,
} from './words.ts'

/** Hashes of the material. They help to find it; they never decide. */
export const itemHashes = z.object({
  sha256: sha256Hex.optional().describe('SHA-256 of the file, 64 hexadecimal digits.'),
  sha1: z
    .string()
    .regex(/^[0-9a-f]{40}$/)
    .optional()
    .describe('SHA-1 of the file, 40 hexadecimal digits.'),
  md5: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional()
    .describe('MD5 of the file, 32 hexadecimal digits.'),
})

/** One locator inside a notice. Everything is tracked per item. */
export const noticeItem = z.object({
  id: itemId.describe('The item, the same across revisions, addressees and reports.'),
  url: httpUrl.describe('Where it was seen. An address like this is dangerous by itself: keep it out of logs.'),
  ip: z.union([z.ipv4(), z.ipv6()]).optional().describe('The IP address that answered when it was seen.'),
  port: z.int().min(1).max(65535).optional().describe('The TCP port that answered when it was seen.'),
  scope: z.enum(scopes).describe('What has to go: this file, this page, this account or this site, and no more.'),
  hashes: itemHashes.optional().describe('Hashes of the material; they help to find it and never decide.'),
  seen_at: instant.optional().describe('When the notifier last saw it online.'),
})
/** One item of a notice: where it was seen. */
export type NoticeItem = z.infer<typeof noticeItem>

/** Who submitted a notice. */
export const noticeNotifier = z.object({
  id: orgId.describe('The organisation that issued the notice.'),
  kind: z.enum(notifierKinds).describe('Whether it is a hotline, an authority or another notifier.'),
  name: text(200).describe('Its name, as a person would say it.'),
  country: country.optional().describe('Where it is established, ISO 3166-1 alpha-2.'),
  trusted_flagger: z.boolean().optional().describe('Whether it holds the title of trusted flagger (DSA art. 22).'),
  phone: text(40).optional().describe('Whom to call about this notice.'),
})

const grounds = z.object({
  reasons: text(8000).optional().describe('Why the notifier holds the material to be illegal.'),
  legal_basis: z.array(text(200)).max(20).optional().describe('The provisions it relies on.'),
  good_faith: z.boolean().optional().describe('Whether it declared its good faith (DSA art. 16).'),
})

/** Something was found on systems you answer for. The token holds your items only. */
export const noticeIssued = z.object({
  v: version.describe('The version of this message.'),
  notice: noticeId.describe('The notice; also the txn of every token about it.'),
  seq: revision.describe('The revision inside this notice; the highest one holds.'),
  reference: text(100).optional().describe("The notifier's own number for it."),
  regime: z.enum(regimes).describe('Under which regime it was issued.'),
  binding: z.boolean().describe('Whether it is an order with legal force.'),
  category: z.enum(categories).describe('What kind of material it is about.'),
  legal_class: z.enum(legalClasses).optional().describe('For csam: the legal class, and nothing more about it.'),
  notifier: noticeNotifier.describe('Who issued it.'),
  grounds: grounds.optional().describe('Why it was issued.'),
  items: z.array(noticeItem).min(1).max(100).describe('What has to go, item by item.'),
  deadline: z
    .object({
      from: z.literal('receipt').describe('What starts the clock: the receipt of the notice.'),
      within: duration.describe('How long it runs.'),
      on_obstacle: z.enum(obstacleRules).describe('What a reported obstacle does to the clock.'),
    })
    .optional()
    .describe('By when; absent where the regime names no time.'),
  preservation: z
    .object({
      basis: z.enum(preservationBases).describe('The legal basis; with none, nothing is copied or kept.'),
      reference: text(200).optional().describe("The authority's reference for a preservation request."),
      until: instant.optional().describe('How long to keep it.'),
    })
    .describe('Whether anything may be preserved before it is removed.'),
  disclosure: z
    .object({
      allowed: z.boolean().describe('Whether your customer may be told.'),
      basis: text(200).optional().describe('On what the prohibition rests.'),
      until: instant.optional().describe('When the prohibition ends.'),
    })
    .describe('Whether the customer may be told about this notice.'),
  for_provider_only: text(8000).optional().describe('Text for you alone.'),
  may_be_forwarded: text(8000).optional().describe('Text you may pass on to your customer.'),
  report_to: httpUrl.describe('Where receipts and reports go.'),
  reissue_of: jti.optional().describe('The jti of the token this one replaces, when a notice is signed again.'),
  witness: z
    .object({
      root: digest.describe("The newest Merkle root over all notices' histories, base64url."),
      at: instant.describe('When that root was sealed.'),
    })
    .optional()
    .describe('Makes you a witness: whoever rewrites history would have to rewrite this token.'),
})
/** A notice with its items. */
export type NoticeIssued = z.infer<typeof noticeIssued>

/** Some of what was said about the items was wrong; this is what holds now. */
export const noticeCorrected = z.object({
  v: version.describe('The version of this message.'),
  notice: noticeId.describe('The notice that is corrected.'),
  seq: revision.describe('The revision this correction makes.'),
  items: z.array(noticeItem).min(1).max(100).describe('The items as they are now, in full.'),
  changed: z
    .array(z.string().regex(/^(\/([^~/]|~[01])*)+$/, 'A JSON pointer (RFC 6901).'))
    .min(1)
    .max(500)
    .describe('JSON pointers to what differs from the revision before.'),
  reason: text(2000).describe('Why it was corrected.'),
})
/** Items as they should have been. */
export type NoticeCorrected = z.infer<typeof noticeCorrected>

/** The notice is taken back. If it comes before the notice itself, remember it. */
export const noticeWithdrawn = z.object({
  v: version.describe('The version of this message.'),
  notice: noticeId.describe('The notice that is taken back.'),
  seq: revision.describe('The revision this withdrawal makes.'),
  items: z.array(itemId).min(1).max(100).describe('The items that are taken back.'),
  reason: z.enum(withdrawalReasons).describe('Why it is taken back.'),
  restore: z.boolean().describe('Whether to put back what was removed, and to report it as reinstated.'),
})
/** A notice taken back, for the items it names. */
export type NoticeWithdrawn = z.infer<typeof noticeWithdrawn>

/** Another end for a running clock. */
export const deadlineChanged = z.object({
  v: version.describe('The version of this message.'),
  notice: noticeId.describe('The notice whose clock changes.'),
  seq: revision.describe('The revision this change makes.'),
  items: z.array(itemId).min(1).max(100).describe('The items it holds for.'),
  due: instant.describe('When the time is over now.'),
  reason: text(2000).describe('Why it was changed.'),
})
/** Another time to be done by. */
export type DeadlineChanged = z.infer<typeof deadlineChanged>

/** Nothing more is expected of you. What was set aside may be destroyed. */
export const noticeClosed = z.object({
  v: version.describe('The version of this message.'),
  notice: noticeId.describe('The notice that is closed.'),
  seq: revision.describe('The revision this closing makes.'),
  items: z
    .array(
      z.object({
        id: itemId.describe('The item.'),
        headline: z.enum(headlines).describe('How it ended.'),
      }),
    )
    .min(1)
    .max(100)
    .describe('How each item ended.'),
})
/** Nothing more will be asked about these items. */
export type NoticeClosed = z.infer<typeof noticeClosed>

/** A dispute you opened was decided. */
export const disputeAnswered = z.object({
  v: version.describe('The version of this message.'),
  notice: noticeId.describe('The notice the dispute is about.'),
  dispute: disputeId.describe('The dispute.'),
  state: z
    .string()
    .regex(/^[a-z][a-z_]{0,39}$/)
    .describe('How it was decided, for example upheld.'),
  reasons: text(8000).describe('Why it was decided so.'),
})
/** The answer to a dispute. */
export type DisputeAnswered = z.infer<typeof disputeAnswered>

/** An entry of a hash list was wrong. Whatever was done because of it should be looked at again. */
export const hashRecalled = z.object({
  v: version.describe('The version of this message.'),
  entry: entryId.describe('The entry that is recalled.'),
  list: text(100).describe('The list it was on.'),
  seq: revision.describe('The version of the list in which it is gone.'),
  reason: text(2000).describe('Why it was recalled.'),
})
/** An entry of a hash list that was taken back. */
export type HashRecalled = z.infer<typeof hashRecalled>
