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
export type EventType = (typeof eventTypes)[keyof typeof eventTypes]

/** The version of our own messages. Inside it only optional members are added. */
export const messageVersion = 1

export const regimes = ['ntd_code', 'dsa_notice', 'dsa_order', 'tco_removal_order', 'csam_order', 'test'] as const
export type Regime = (typeof regimes)[number]

export const categories = ['csam', 'terrorist_content'] as const
export type Category = (typeof categories)[number]

export const legalClasses = ['baseline', 'national', 'not_disclosed'] as const
export type LegalClass = (typeof legalClasses)[number]

export const notifierKinds = ['hotline', 'authority', 'other'] as const
export type NotifierKind = (typeof notifierKinds)[number]

/** What the notice asks for, per item. */
export const scopes = ['file', 'page', 'account', 'site'] as const
export type Scope = (typeof scopes)[number]

/** What the provider acted on. */
export const appliedScopes = ['file', 'page', 'account', 'site', 'host', 'ip'] as const
export type AppliedScope = (typeof appliedScopes)[number]

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
export type OutcomeCode = (typeof outcomeCodes)[number]

/** What may be done beside an outcome. */
export const besideCodes = ['account_terminated', 'service_suspended'] as const
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
export type OutcomeReason = (typeof outcomeReasons)[keyof typeof outcomeReasons][number]

export const withdrawalReasons = ['error', 'not_illegal', 'misattributed', 'police_hold'] as const
export type WithdrawalReason = (typeof withdrawalReasons)[number]

export const obstacleRules = ['restart', 'pause', 'none'] as const
export type ObstacleRule = (typeof obstacleRules)[number]

export const preservationBases = ['none', 'tco6', 'law_enforcement'] as const
export type PreservationBasis = (typeof preservationBases)[number]

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
export type Headline = (typeof headlines)[number]
