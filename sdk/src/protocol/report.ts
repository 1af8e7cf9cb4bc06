import { z } from 'zod'
import { digest, instant, itemId, jti, noticeId, revision, sha256Hex, text, version } from './fields.ts'
import { appliedScopes, besideCodes, type OutcomeCode, outcomeCodes, outcomeReasons } from './words.ts'

/** A receipt: the provider holds exactly this token. */
export const noticeReceived = z.object({
  v: version.describe('The version of this message.'),
  notice: noticeId.optional().describe('The notice; absent when the receipt is for a verification event.'),
  seq: revision.optional().describe('The revision that was received; absent for a verification event.'),
  ref: jti.describe('The jti of the token that was received.'),
  set_sha256: digest.describe('base64url of the SHA-256 of that token, envelope taken off.'),
  received_at: instant.describe("When it was stored, by the provider's clock."),
})
/** A receipt: that exactly this token is held. */
export type NoticeReceived = z.infer<typeof noticeReceived>

const beside = z.enum(besideCodes)
const everyReason = [...outcomeReasons.not_hosted_here, ...outcomeReasons.cannot_execute, ...outcomeReasons.refused]

const outcomeFields = z.object({
  item: itemId.describe('The item of the notice this is about.'),
  outcome: z.enum(outcomeCodes).describe('What was done, or why nothing was.'),
  at: instant.describe("When it took effect, by the provider's clock."),
  by: z.enum(['auto', 'human']).describe('Whether a program or a person did it.'),
  since: instant.optional().describe('For already_unavailable: since when.'),
  territory: z
    .array(z.string().regex(/^(worldwide|eu|[A-Z]{2})$/, 'worldwide, eu, or two capital letters (ISO 3166-1).'))
    .min(1)
    .max(250)
    .optional()
    .describe('For access_disabled: ["worldwide"], ["eu"], or the countries.'),
  reason: z.enum(everyReason).optional().describe('For not_hosted_here, cannot_execute and refused: why.'),
  downstream: text(200).optional().describe('For forwarded: to whom, by its id here or by its name.'),
  of: itemId.optional().describe('For duplicate: the item it repeats.'),
  also: z
    .union([beside, z.array(beside).min(1).max(2)])
    .transform((given) => [given].flat())
    .optional()
    .describe('What was done beside the outcome: the account terminated, the service suspended.'),
  scope_applied: z.enum(appliedScopes).optional().describe('What the measure reached.'),
  collateral: text(2000).optional().describe('What else became unreachable by it.'),
  police_informed: z.enum(['yes', 'no', 'unknown']).optional().describe('Whether the police were told (DSA art. 18).'),
  preserved: z
    .object({
      sha256: sha256Hex.describe('SHA-256 of what was kept.'),
      until: instant.describe('Until when it is kept.'),
    })
    .optional()
    .describe('What was kept, where there was a legal basis to keep it.'),
  note: text(2000).optional().describe('Anything a person should know.'),
})

/** What each outcome cannot do without. */
export const requiredByOutcome: {
  readonly [code in OutcomeCode]?: 'since' | 'territory' | 'reason' | 'downstream' | 'of'
} = {
  already_unavailable: 'since',
  access_disabled: 'territory',
  not_hosted_here: 'reason',
  cannot_execute: 'reason',
  refused: 'reason',
  forwarded: 'downstream',
  duplicate: 'of',
}

/** What a provider did about one item. TCO Annex II; see the vocabulary. */
export const itemOutcome = outcomeFields.superRefine((result, context) => {
  const required = requiredByOutcome[result.outcome]
  if (required && result[required] === undefined)
    context.addIssue({ code: 'custom', path: [required], message: `${result.outcome} needs ${required}.` })
  if (
    result.territory &&
    result.territory.length > 1 &&
    result.territory.some((place) => place.length !== 2 || place === 'eu')
  )
    context.addIssue({ code: 'custom', path: ['territory'], message: 'worldwide and eu stand alone.' })
  if (required !== 'reason' || result.reason === undefined) return
  const reasons: readonly string[] = outcomeReasons[result.outcome as keyof typeof outcomeReasons]
  if (!reasons.includes(result.reason))
    context.addIssue({ code: 'custom', path: ['reason'], message: `${result.outcome} takes ${reasons.join(', ')}.` })
})
/** What a provider did about one item. */
export type ItemOutcome = z.infer<typeof itemOutcome>

/** What a provider did, one code an item. All reports are kept; per item the one received last holds. */
export const itemsReported = z.object({
  v: version.describe('The version of this message.'),
  notice: noticeId.describe('The notice that is answered.'),
  seq: revision.describe('The revision that is answered.'),
  results: z.array(itemOutcome).min(1).max(100).describe('One result an item; all of them hold, or none.'),
})
/** A report: one outcome an item. */
export type ItemsReported = z.infer<typeof itemsReported>
