import { isOutward, readAddress } from '../attribution/address.ts'
import { parseLocator } from '../attribution/locator.ts'
import { type InputError, inputErrorsOf } from '../facts/input-error.ts'
import { combinationErrors, orderRegimes } from './combinations.ts'
import { type NoticeSubmission, noticeSubmission, type Regime, regimes } from './notice.ts'

export type InvalidCode = 'invalid' | 'category_not_served' | 'regime_not_served' | 'too_large'

/** A submission that may be taken: what was written, and the addresses as they are stored and sent. */
export interface ReadSubmission {
  notice: NoticeSubmission
  urls: string[]
}

export type SubmissionReading = ({ ok: true } & ReadSubmission) | { ok: false; code: InvalidCode; errors: InputError[] }

export interface Readers {
  /** Regimes that are served here. */
  regimes: readonly Regime[]
  allowedRanges: readonly string[]
  notifierKind: 'hotline' | 'authority' | 'other' | null
  now: Date
}

/** Clocks differ a little; a sighting in the future is a mistake all the same. */
const toleranceMs = 10 * 60 * 1000

/** Reads what was sent, as a whole: every error with its pointer, and nothing of it quoted. */
export function readSubmission(input: unknown, readers: Readers): SubmissionReading {
  const parsed = noticeSubmission.safeParse(input)
  if (!parsed.success) return unreadable(input, inputErrorsOf(parsed.error, input))
  const notice = parsed.data
  if (!readers.regimes.includes(notice.regime)) {
    const message = 'Notices under this regime are not taken here yet.'
    return refused('regime_not_served', [{ pointer: '/regime', code: 'regime_not_served', message }])
  }
  const errors = [
    ...combinationErrors(notice),
    ...authorityErrors(notice, readers),
    ...instantErrors(notice, readers.now),
  ]
  const urls: string[] = []
  for (const [index, item] of notice.items.entries()) {
    const at = `/items/${index}`
    const locator = parseLocator(item.url, readers.allowedRanges)
    if (locator.ok) urls.push(locator.url)
    else errors.push({ pointer: at + locator.pointer, code: locator.code, message: locator.message })
    if (item.ip !== undefined) errors.push(...addressErrors(item.ip, `${at}/ip`, readers.allowedRanges))
  }
  return errors.length === 0 ? { ok: true, notice, urls } : refused('invalid', errors)
}

/** What a line does not serve is said as such, before anything else that may be wrong. */
function unreadable(input: unknown, errors: InputError[]): SubmissionReading {
  const said = (member: 'category' | 'regime') => {
    const value = typeof input === 'object' && input !== null ? (input as Record<string, unknown>)[member] : undefined
    return typeof value === 'string' && errors.some((error) => error.pointer === `/${member}`)
  }
  if (!said('category')) return refused('invalid', errors.map(unknownRegime))
  const message = 'This line is for csam and terrorist_content only.'
  const others = errors.filter((error) => error.pointer !== '/category').map(unknownRegime)
  return refused('category_not_served', [{ pointer: '/category', code: 'category_not_served', message }, ...others])
}

function unknownRegime(error: InputError): InputError {
  if (error.pointer !== '/regime' || error.code !== 'not_one_of') return error
  return { ...error, code: 'unknown_regime', message: `One of ${regimes.join(', ')}.` }
}

function refused(code: InvalidCode, errors: InputError[]): SubmissionReading {
  return { ok: false, code, errors }
}

function authorityErrors({ regime }: NoticeSubmission, { notifierKind }: Readers): InputError[] {
  if (!orderRegimes.includes(regime) || notifierKind === 'authority') return []
  return [{ pointer: '/regime', code: 'needs_an_authority', message: 'Orders are issued by authorities only.' }]
}

function instantErrors(notice: NoticeSubmission, now: Date): InputError[] {
  const latest = now.getTime() + toleranceMs
  const instants = [
    { pointer: '/assessed_at', at: notice.assessed_at },
    ...notice.items.map((item, index) => ({ pointer: `/items/${index}/seen_at`, at: item.seen_at })),
  ]
  const late = instants
    .filter(({ at }) => at !== undefined && new Date(at).getTime() > latest)
    .map(({ pointer }) => ({ pointer, code: 'in_the_future', message: 'This instant has not come yet.' }))
  const until = notice.disclosure?.until
  if (until === undefined || new Date(until) > now) return late
  return [...late, { pointer: '/disclosure/until', code: 'in_the_past', message: 'This end has passed already.' }]
}

function addressErrors(ip: string, pointer: string, allowedRanges: readonly string[]): InputError[] {
  const address = readAddress(ip)
  if (!address) return [{ pointer, code: 'not_an_address', message: 'One IPv4 or IPv6 address.' }]
  if (isOutward(address, allowedRanges)) return []
  return [{ pointer, code: 'private_address', message: 'This is not an address on the open internet.' }]
}
