const own = 'urn:noticeline:event:'

/** What an event may be called. The last two belong to the OpenID Shared Signals Framework. */
export const eventTypes = {
  issued: `${own}notice.issued`,
  corrected: `${own}notice.corrected`,
  withdrawn: `${own}notice.withdrawn`,
  deadlineChanged: `${own}deadline.changed`,
  closed: `${own}notice.closed`,
  disputeAnswered: `${own}dispute.answered`,
  hashRecalled: `${own}hash.recalled`,
  received: `${own}notice.received`,
  reported: `${own}items.reported`,
  verification: 'https://schemas.openid.net/secevent/ssf/event-type/verification',
  streamUpdated: 'https://schemas.openid.net/secevent/ssf/event-type/stream-updated',
} as const
/** One of our event types, as it stands in a token. */
export type EventType = (typeof eventTypes)[keyof typeof eventTypes]

/** The version of our own messages. Inside it only optional members are added. */
export const messageVersion = 1

/** The law or code under which a notice is given. */
export const regimes = ['ntd_code', 'dsa_notice', 'dsa_order', 'tco_removal_order', 'csam_order', 'test'] as const
/** One of the regimes. */
export type Regime = (typeof regimes)[number]

/** What a notice may be about. */
export const categories = ['csam', 'terrorist_content'] as const
/** What a notice is about. */
export type Category = (typeof categories)[number]

/** What kind of material it is before the law, and nothing more. */
export const legalClasses = ['baseline', 'national', 'not_disclosed'] as const
/** One of the legal classes. */
export type LegalClass = (typeof legalClasses)[number]

/** What a notifier may be. */
export const notifierKinds = ['hotline', 'authority', 'other'] as const
/** One kind of notifier. */
export type NotifierKind = (typeof notifierKinds)[number]

/** What the notice asks for, per item. */
export const scopes = ['file', 'page', 'account', 'site'] as const
/** How much a notice is about. */
export type Scope = (typeof scopes)[number]

/** What the provider acted on. */
export const appliedScopes = ['file', 'page', 'account', 'site', 'host', 'ip'] as const
/** How far what was done reaches. */
export type AppliedScope = (typeof appliedScopes)[number]

/** What may have become of an item. */
export const outcomeCodes = [
  'content_removed',
  'access_disabled',
  'already_unavailable',
  'not_hosted_here',
  'forwarded',
  'cannot_execute',
  'refused',
  'duplicate',
  'reinstated',
] as const
/** One outcome. */
export type OutcomeCode = (typeof outcomeCodes)[number]

/** What may be done beside an outcome. */
export const besideCodes = ['account_terminated', 'service_suspended'] as const
/** What may have been done beside the removal. */
export type BesideCode = (typeof besideCodes)[number]

/** Reasons, by the outcome that needs one. */
export const outcomeReasons = {
  not_hosted_here: [
    'ip_not_ours',
    'prefix_transferred',
    'reverse_proxy_only',
    'registrar_only',
    'customer_left',
    'unknown_locator',
  ],
  cannot_execute: [
    'force_majeure',
    'technical',
    'manifest_error',
    'insufficient_information',
    'police_hold',
    'no_access_to_customer_system',
  ],
  refused: ['disputes_illegality', 'disputes_authority', 'requires_court_order', 'no_reason_given'],
} as const
/** A reason that goes with an outcome. */
export type OutcomeReason = (typeof outcomeReasons)[keyof typeof outcomeReasons][number]

/** Why a notice may be taken back. */
export const withdrawalReasons = ['error', 'not_illegal', 'misattributed', 'police_hold'] as const
/** One reason for a withdrawal. */
export type WithdrawalReason = (typeof withdrawalReasons)[number]

/** What becomes of the time while something stands in the way. */
export const obstacleRules = ['restart', 'pause', 'none'] as const
/** One rule for obstacles. */
export type ObstacleRule = (typeof obstacleRules)[number]

/** On which basis something may be kept. */
export const preservationBases = ['none', 'tco6', 'law_enforcement'] as const
/** One basis for keeping. */
export type PreservationBasis = (typeof preservationBases)[number]

/** What a person reads about an item, derived from what was said and seen; the first that fits holds. */
export const headlines = [
  'excluded',
  'withdrawn_restored',
  'withdrawn',
  'unattributed',
  'contradicted',
  'reappeared',
  'removed_verified',
  'removed_claimed',
  'offline_unclaimed',
  'refused',
  'undeliverable',
  'overdue',
  'beyond_reference',
  'open',
] as const
/** One of the headlines. */
export type Headline = (typeof headlines)[number]
