/** What is shown to whom: plain objects, ready for JSON. No address, no hash and no free text stands in any of them. */
import type { ClockOutage } from '../deadlines/outages.ts'
import type { ReceivedHow } from '../delivery/delivery.ts'
import type { Reach } from '../delivery/reach.ts'
import type { Headline } from '../removal/headline.ts'
import type { ObservationMethod, ObservationResult, ObservationState } from '../removal/observation.ts'
import type { Handling } from '../removal/outcome.ts'

/** Instants are RFC 3339 in UTC with milliseconds. */
export type Instant = string

export interface ClockView {
  state: 'waiting' | 'running' | 'paused' | 'met' | 'exceeded'
  startedAt: Instant | null
  dueAt: Instant | null
  /** ISO 8601, where it was or is late. */
  lateBy: string | null
  /** Our own outages in which it ran, the oldest first. */
  outages: ClockOutage[]
}

export interface ObservationAxis {
  state: ObservationState
  /** Who confirmed it: our looks with the provider's word, or an analyst. */
  grade: 'machine' | 'analyst' | null
  confirmedAt: Instant | null
  firstOfflineAt: Instant | null
  lastOnlineAt: Instant | null
  contradicted: boolean
}

export interface AxesView {
  /** Null until somebody is addressed. */
  delivery: DeliveryAxis | null
  handling: Handling
  observation: ObservationAxis
  clock: ClockView
}

export type DeliveryAxis = 'queued' | 'offered' | 'received' | 'acknowledged' | 'failed'

export interface AttributedProvider {
  orgId: string
  name: string
  role: string
  accountable: boolean
  confidence: 'low' | 'medium' | 'high'
}

export interface AttributionView {
  state: 'waiting' | 'attributed' | 'unattributed'
  providers: AttributedProvider[]
  /** Words such as `network`, `desk`. */
  evidence: string[]
  at: Instant | null
}

export interface AddresseeView {
  orgId: string
  name: string
  role: string
  accountable: boolean
  offeredAt: Instant | null
  receivedAt: Instant | null
  receivedHow: ReceivedHow | null
  /** Whether it was reached, and by what. */
  reach: Reach
  dueAt: Instant | null
  endedAt: Instant | null
  delivery: DeliveryAxis | null
  handling: Handling
  /** The grade of evidence of the outcome that holds. */
  grade: 'signed' | 'authenticated' | 'form_confirmed' | 'by_phone' | null
  clock: ClockView
}

export interface OutcomeView {
  id: string
  reportId: string
  orgId: string
  code: string
  at: Instant
  by: 'auto' | 'human'
  grade: 'signed' | 'authenticated' | 'form_confirmed' | 'by_phone'
  reason: string | null
  since: Instant | null
  territory: string[] | null
  downstream: string | null
  of: string | null
  also: string[]
  scopeApplied: string | null
  policeInformed: string | null
  recordedAt: Instant
}

export interface ObservationView {
  id: string
  method: ObservationMethod
  result: ObservationResult
  confidence: 'low' | 'medium' | 'high'
  at: Instant
  /** The notifier that looked; null where the platform did. */
  orgId: string | null
  recordedAt: Instant
}

export interface ItemView {
  id: string
  noticeId: string
  position: number
  scope: 'file' | 'page' | 'account' | 'site'
  seenAt: Instant | null
  headline: Headline
  axes: AxesView
  attribution: AttributionView
  /** The accountable one first. A provider sees itself alone. */
  addressees: AddresseeView[]
  /** In the order they were received; per addressee the last holds. */
  outcomes: OutcomeView[]
  observations: ObservationView[]
  withdrawnAt: Instant | null
  closedAt: Instant | null
}

export interface TimelineEntry {
  at: Instant
  kind: string
  seq: number
  itemIds?: string[]
  orgId?: string
  orgName?: string
  deliveryId?: string
  reportId?: string
  observationId?: string
  /** The one word that tells what: a code, result, method, reason or grade, by kind. */
  result?: string
  code?: string
  how?: string
  method?: string
  grade?: string
  reason?: string
  number?: number
}

export interface NoticeView {
  id: string
  reference: string | null
  regime: string
  category: string
  legalClass: string | null
  binding: boolean
  notifier: { id: string; name: string; kind: 'hotline' | 'authority' | 'other' }
  deadline: { from: 'receipt'; within: string; onObstacle: 'restart' | 'pause' | 'none' }
  submittedAt: Instant
  withdrawnAt: Instant | null
  withdrawReason: string | null
  closedAt: Instant | null
  seq: number
  items: ItemView[]
  timeline: TimelineEntry[]
}

/** A notice in a list: everything but its history. */
export type NoticeSummary = Omit<NoticeView, 'timeline'>

/** One item in a provider's inbox, as the list shows it. */
export interface InboxRowView {
  itemId: string
  noticeId: string
  position: number
  reference: string | null
  regime: string
  category: string
  scope: string
  role: string | null
  accountable: boolean
  notifier: { id: string; name: string }
  headline: Headline
  delivery: DeliveryAxis | null
  handling: Handling
  observation: ObservationState
  clock: ClockView['state']
  submittedAt: Instant
  receivedAt: Instant | null
  dueAt: Instant | null
  endedAt: Instant | null
  updatedAt: Instant
}

/** What a reveal shows. `defanged` is for screens, `url` for programs that act on it; neither is ever a link. */
export interface RevealedItem {
  itemId: string
  noticeId: string
  defanged: string
  url: string
  ip: string | null
  port: number | null
  hashes: { [algorithm: string]: string }
  reasons: string | null
  legalBasis: string[]
  forProviderOnly: string | null
  mayBeForwarded: string | null
}
