const mark = Symbol.for('@noticeline/sdk/refusal')

/** Every way this package says no. Codes are only ever added. */
export type RefusalCode =
  | 'issuer_invalid'
  | 'keys_invalid'
  | 'keys_readable_by_others'
  | 'keys_locked'
  | 'store_in_use'
  | 'store_key_missing'
  | 'store_damaged'
  | 'store_failed'
  | 'store_closed'
  | 'store_newer'
  | 'store_option_invalid'
  | 'body_already_read'
  | 'report_invalid'
  | 'unknown_item'
  | 'unknown_notice'
  | 'not_connected'
  | 'already_polling'
  | 'portal_unreachable'
  | 'portal_refused'
  | 'discovery_invalid'
  | 'stopped'
  | 'policy_invalid'
  | 'preserved_invalid'

export interface RefusalDetails {
  /** What lies behind it. */
  readonly cause?: unknown
  /** The code in the portal's problem body, where the portal is the one that refused. */
  readonly portalCode?: string | undefined
  /** The HTTP answer of the portal, where there was one. */
  readonly httpCode?: number | undefined
}

/**
 * The only error this package throws on purpose. Recognise it with `Refusal.is(error)` and tell them apart by `code`;
 * `instanceof` fails as soon as two copies of the package are installed. No message carries an address of an item.
 */
export class Refusal extends Error {
  readonly code: RefusalCode
  readonly portalCode: string | undefined
  readonly httpCode: number | undefined
  readonly [mark] = true

  constructor(code: RefusalCode, message: string, details: RefusalDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'Refusal'
    this.code = code
    this.portalCode = details.portalCode
    this.httpCode = details.httpCode
  }

  static is(error: unknown): error is Refusal {
    return typeof error === 'object' && error !== null && mark in error
  }
}
