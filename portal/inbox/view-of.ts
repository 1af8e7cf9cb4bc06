/** Rows → views, for one reader: a provider is shown itself and nobody else. */
import type { ChainLink } from '../attribution/chain.ts'
import { type Outage, outagesOf } from '../deadlines/outages.ts'
import { reachOf } from '../delivery/reach.ts'
import type { Fact } from '../facts/facts.ts'
import type { AddresseeState, ItemState } from '../removal/item-state.ts'
import type {
  AddresseeView,
  AttributionView,
  ClockView,
  ItemView,
  NoticeSummary,
  ObservationView,
  OutcomeView,
  TimelineEntry,
} from './views.ts'

/** Whose eyes: null for the notifier and the platform's desk, which see everybody who is addressed. */
export type Reader = string | null

export interface Snapshot {
  at: Date
  confidence: string
  chain: readonly ChainLink[]
}

export interface Around {
  names: ReadonlyMap<string, string>
  snapshots: ReadonlyMap<string, Snapshot>
  organisations: ReadonlyMap<string, { notifierKind: string | null }>
  /** Our own, of the time in which any of these clocks ran. */
  outages: readonly Outage[]
}

export function noticeView(states: readonly ItemState[], reader: Reader, around: Around): NoticeSummary | null {
  const [first] = states
  if (!first) return null
  const { notice } = first
  return {
    id: notice.id,
    reference: notice.reference,
    regime: notice.regime,
    category: notice.category,
    legalClass: notice.legalClass,
    binding: notice.binding,
    notifier: {
      id: notice.orgId,
      name: around.names.get(notice.orgId) ?? '',
      kind: (around.organisations.get(notice.orgId)?.notifierKind ?? 'other') as NoticeSummary['notifier']['kind'],
    },
    deadline: {
      from: 'receipt',
      within: notice.deadlineWithin,
      onObstacle: notice.onObstacle as NoticeSummary['deadline']['onObstacle'],
    },
    submittedAt: notice.submittedAt.toISOString(),
    withdrawnAt: instant(notice.withdrawnAt),
    withdrawReason: notice.withdrawReason,
    closedAt: instant(notice.closedAt),
    seq: notice.seq,
    items: states.map((state) => itemView(state, reader, around)),
  }
}

export function itemView(state: ItemState, reader: Reader, around: Around): ItemView {
  const { item, observation } = state
  const own = state.addressees.find((one) => one.row.orgId === reader) ?? null
  const shown = reader === null ? state.accountable : own
  const addressees = reader === null ? state.addressees : own ? [own] : []
  const outcomes = state.outcomes.filter((one) => reader === null || one.orgId === reader)
  return {
    id: item.id,
    noticeId: item.noticeId,
    position: item.position,
    scope: item.scope as ItemView['scope'],
    seenAt: instant(item.seenAt),
    headline: reader === null ? state.headline : (own?.headline ?? state.headline),
    axes: {
      delivery: shown?.delivery ?? null,
      handling: shown?.handling ?? 'open',
      observation: {
        state: observation.state,
        grade: observation.grade,
        confirmedAt: instant(observation.confirmedAt),
        firstOfflineAt: instant(observation.firstOfflineAt),
        lastOnlineAt: instant(observation.lastOnlineAt),
        contradicted: observation.contradicted,
      },
      clock: shown
        ? clockView(shown, around)
        : { state: 'waiting', startedAt: null, dueAt: null, lateBy: null, outages: [] },
    },
    attribution: attributionView(state, reader, around),
    addressees: addressees.map((one) => addresseeView(one, around)),
    outcomes: outcomes.map(outcomeView),
    observations: state.observations.map(observationView),
    withdrawnAt: instant(item.withdrawnAt),
    closedAt: instant(item.closedAt),
  }
}

function attributionView({ item }: ItemState, reader: Reader, { names, snapshots }: Around): AttributionView {
  const snapshot = snapshots.get(item.id)
  const chain = (snapshot?.chain ?? []).filter((link) => reader === null || link.org === reader)
  return {
    state: item.attribution as AttributionView['state'],
    providers: chain.map((link) => ({
      orgId: link.org,
      name: names.get(link.org) ?? '',
      role: link.role,
      accountable: link.accountable,
      confidence: (snapshot?.confidence ?? 'low') as AttributionView['providers'][number]['confidence'],
    })),
    evidence: [...new Set(chain.flatMap((link) => link.evidence))],
    at: instant(snapshot?.at ?? null),
  }
}

function addresseeView(state: AddresseeState, around: Around): AddresseeView {
  const { row } = state
  return {
    orgId: row.orgId,
    name: row.name,
    role: row.role,
    accountable: row.accountable,
    offeredAt: instant(row.offeredAt),
    receivedAt: instant(row.receivedAt),
    receivedHow: state.receivedHow,
    reach: reachOf(state.delivery, state.receivedHow),
    dueAt: instant(state.clock.dueAt),
    endedAt: instant(row.endedAt),
    delivery: state.delivery,
    handling: state.handling,
    grade: (state.outcome?.grade ?? null) as AddresseeView['grade'],
    clock: clockView(state, around),
  }
}

function clockView({ clock, row }: AddresseeState, around: Around): ClockView {
  const { state, startedAt, dueAt, lateBy } = clock
  const outages = outagesOf(around.outages, { from: row.offeredAt ?? row.receivedAt, until: row.endedAt, dueAt })
  return { state, startedAt: instant(startedAt), dueAt: instant(dueAt), lateBy, outages }
}

function outcomeView(row: ItemState['outcomes'][number]): OutcomeView {
  return {
    id: row.id,
    reportId: row.reportId,
    orgId: row.orgId,
    code: row.code,
    at: row.at.toISOString(),
    by: row.by as OutcomeView['by'],
    grade: row.grade as OutcomeView['grade'],
    reason: row.reason,
    since: instant(row.since),
    territory: row.territory,
    downstream: row.downstream,
    of: row.ofItem,
    also: row.also ?? [],
    scopeApplied: row.scopeApplied,
    policeInformed: row.policeInformed,
    recordedAt: row.recordedAt.toISOString(),
  }
}

function observationView(row: ItemState['observations'][number]): ObservationView {
  return {
    id: row.id,
    method: row.method as ObservationView['method'],
    result: row.result as ObservationView['result'],
    confidence: row.confidence as ObservationView['confidence'],
    at: row.at.toISOString(),
    orgId: row.orgId,
    recordedAt: row.recordedAt.toISOString(),
  }
}

interface SomePayload {
  itemId?: string
  itemIds?: string[]
  orgId?: string
  deliveryId?: string
  reportId?: string
  observationId?: string
  result?: string
  code?: string | null
  how?: string
  method?: string
  grade?: string
  reason?: string
  step?: string
  number?: number
  outcomes?: { itemId: string; code: string }[]
}

/** A notice's history as one reader may know it: facts about the items it is shown, and of the others' doings none. */
export function timelineOf(
  facts: readonly Fact[],
  reader: Reader,
  visible: ReadonlySet<string>,
  names: ReadonlyMap<string, string>,
): TimelineEntry[] {
  return facts.flatMap((fact): TimelineEntry[] => {
    const payload = fact.payload as SomePayload
    const { orgId } = payload
    const bySender = fact.kind === 'notice.issued'
    if (reader !== null && orgId !== undefined && orgId !== reader && !bySender) return []
    if (reader !== null && (fact.kind === 'item.unattributed' || fact.kind === 'holder.sought')) return []
    const named =
      payload.itemIds ?? payload.outcomes?.map((one) => one.itemId) ?? (payload.itemId ? [payload.itemId] : [])
    const itemIds = named.filter((itemId) => visible.has(itemId))
    if (named.length > 0 && itemIds.length === 0) return []
    const code = payload.code ?? payload.outcomes?.find((one) => visible.has(one.itemId))?.code
    const name = orgId === undefined ? undefined : names.get(orgId)
    return [
      {
        at: fact.at.toISOString(),
        kind: fact.kind,
        seq: fact.seq,
        ...(itemIds.length > 0 && { itemIds }),
        ...(orgId !== undefined && { orgId }),
        ...(name !== undefined && { orgName: name }),
        ...(payload.deliveryId !== undefined && { deliveryId: payload.deliveryId }),
        ...(payload.reportId !== undefined && { reportId: payload.reportId }),
        ...(payload.observationId !== undefined && { observationId: payload.observationId }),
        ...(payload.result !== undefined && { result: payload.result }),
        ...(code !== undefined && code !== null && { code }),
        ...(payload.how !== undefined && { how: payload.how }),
        ...(payload.method !== undefined && { method: payload.method }),
        ...(payload.grade !== undefined && { grade: payload.grade }),
        ...(payload.reason !== undefined && { reason: payload.reason }),
        ...(payload.step !== undefined && { reason: payload.step }),
        ...(payload.number !== undefined && { number: payload.number }),
      },
    ]
  })
}

function instant(at: Date | null): string | null {
  return at ? at.toISOString() : null
}
