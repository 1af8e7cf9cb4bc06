import { z } from 'zod'

/** An id that says what it is: `ntc_…`, `itm_…`, `org_…`. */
const id = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}_[0-9A-Za-z_-]{1,64}$`), `An id that starts with ${prefix}_.`)

/** The id of a notice: `txn` of every token about it. */
export const noticeId = id('ntc')
/** The id of an item. */
export const itemId = id('itm')
/** The id of an organisation. */
export const orgId = id('org')
export const disputeId = id('dsp')
export const entryId = id('ent')

/** UTC with milliseconds: `2026-11-21T08:55:12.000Z`. */
export const instant = z.iso.datetime({
  precision: 3,
  error: 'An instant is UTC with milliseconds, like 2026-11-21T08:55:12.000Z.',
})

const durationParts = /^P(?!$)([0-9]{1,5}D)?(T(?=[0-9])([0-9]{1,5}H)?([0-9]{1,5}M)?([0-9]{1,5}S)?)?$/

/** ISO 8601 in days, hours, minutes and seconds: `PT24H`, `P7D`. No months, whose length nobody agrees on. */
export const duration = z.string().regex(durationParts, 'A duration is ISO 8601, like PT24H or P7D.')

/** The length of a `duration` in milliseconds. */
export function durationMs(text: string): number {
  const [, days, , hours, minutes, seconds] = durationParts.exec(text) ?? []
  const count = (part = '0D') => Number(part.slice(0, -1))
  return (((count(days) * 24 + count(hours)) * 60 + count(minutes)) * 60 + count(seconds)) * 1000
}

/** The id of a token. */
export const jti = z.string().regex(/^[\x21-\x7e]{1,200}$/, 'Give a jti of 1 to 200 printable ASCII characters.')
export const version = z.literal(1)
export const revision = z.int().min(1).max(1_000_000)
/** Two letters of ISO 3166-1. */
export const country = z.string().regex(/^[A-Z]{2}$/, 'A country is two capital letters (ISO 3166-1).')
export const text = (longest: number) => z.string().min(1).max(longest)
/** A SHA-256 in hexadecimal. */
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, 'A SHA-256 is 64 hexadecimal digits in lower case.')
export const digest = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'A digest is 43 characters of base64url.')
/** An absolute address of http or https. */
export const httpUrl = z
  .string()
  .max(2048)
  .regex(/^https?:\/\/[^\s]+$/i, 'An address starts with http:// or https:// and has at most 2048 characters.')
