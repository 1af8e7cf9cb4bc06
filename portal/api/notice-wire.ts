/** Notices and their items as this API answers them. Written out member by member: what is not listed does not leave. */
import type { AddresseeView, ItemView, NoticeSummary, NoticeView, RevealedItem, TimelineEntry } from '../inbox/views.ts'

export function noticeOnWire(notice: NoticeSummary) {
  return {
    id: notice.id,
    state: notice.withdrawnAt ? 'withdrawn' : notice.closedAt ? 'closed' : 'open',
    reference: notice.reference,
    regime: notice.regime,
    category: notice.category,
    legal_class: notice.legalClass,
    binding: notice.binding,
    notifier: { id: notice.notifier.id, kind: notice.notifier.kind, name: notice.notifier.name },
    deadline: {
      from: notice.deadline.from,
      within: notice.deadline.within,
      on_obstacle: notice.deadline.onObstacle,
    },
    submitted_at: notice.submittedAt,
    withdrawn_at: notice.withdrawnAt,
    withdraw_reason: notice.withdrawReason,
    closed_at: notice.closedAt,
    seq: notice.seq,
    items: notice.items.map((item) => itemOnWire(item)),
  }
}

export function wholeNoticeOnWire(notice: NoticeView, revealed: ReadonlyMap<string, RevealedItem> = new Map()) {
  return {
    ...noticeOnWire(notice),
    items: notice.items.map((item) => ({ ...itemOnWire(item), ...revealedOnWire(revealed.get(item.id)) })),
    timeline: notice.timeline.map(entryOnWire),
  }
}

export function itemOnWire(item: ItemView) {
  const { attribution, axes } = item
  const accountable = attribution.providers.find((provider) => provider.accountable) ?? attribution.providers[0]
  return {
    id: item.id,
    position: item.position,
    scope: item.scope,
    seen_at: item.seenAt,
    headline: item.headline,
    attribution: {
      state: attribution.state,
      provider: accountable?.orgId ?? null,
      provider_name: accountable?.name ?? null,
      role: accountable?.role ?? null,
      confidence: accountable?.confidence ?? null,
      evidence: attribution.evidence,
      at: attribution.at,
      chain: attribution.providers.map((provider) => ({
        provider: provider.orgId,
        provider_name: provider.name,
        role: provider.role,
        accountable: provider.accountable,
        confidence: provider.confidence,
      })),
    },
    delivery: axes.delivery,
    handling: axes.handling,
    observation: axes.observation.state,
    observed: {
      grade: axes.observation.grade,
      confirmed_at: axes.observation.confirmedAt,
      first_offline_at: axes.observation.firstOfflineAt,
      last_online_at: axes.observation.lastOnlineAt,
      contradicted: axes.observation.contradicted,
    },
    clock: clockOnWire(axes.clock),
    addressees: item.addressees.map(addresseeOnWire),
    outcomes: item.outcomes.map((outcome) => ({
      id: outcome.id,
      report: outcome.reportId,
      provider: outcome.orgId,
      outcome: outcome.code,
      at: outcome.at,
      by: outcome.by,
      grade: outcome.grade,
      reason: outcome.reason,
      since: outcome.since,
      territory: outcome.territory,
      downstream: outcome.downstream,
      of: outcome.of,
      also: outcome.also,
      scope_applied: outcome.scopeApplied,
      police_informed: outcome.policeInformed,
      recorded_at: outcome.recordedAt,
    })),
    observations: item.observations.map((observation) => ({
      id: observation.id,
      method: observation.method,
      result: observation.result,
      confidence: observation.confidence,
      at: observation.at,
      notifier: observation.orgId,
      recorded_at: observation.recordedAt,
    })),
    withdrawn_at: item.withdrawnAt,
    closed_at: item.closedAt,
  }
}

function clockOnWire(clock: ItemView['axes']['clock']) {
  return {
    state: clock.state,
    started_at: clock.startedAt,
    due_at: clock.dueAt,
    late_by: clock.lateBy,
    outages: clock.outages.map(({ part, beganAt, endedAt, whenDue }) => ({
      part,
      began_at: beganAt,
      ended_at: endedAt,
      when_due: whenDue,
    })),
  }
}

function addresseeOnWire(addressee: AddresseeView) {
  return {
    provider: addressee.orgId,
    provider_name: addressee.name,
    role: addressee.role,
    accountable: addressee.accountable,
    offered_at: addressee.offeredAt,
    received_at: addressee.receivedAt,
    received_how: addressee.receivedHow,
    reach: addressee.reach,
    due_at: addressee.dueAt,
    ended_at: addressee.endedAt,
    delivery: addressee.delivery,
    handling: addressee.handling,
    grade: addressee.grade,
    clock: clockOnWire(addressee.clock),
  }
}

function entryOnWire(entry: TimelineEntry) {
  return {
    at: entry.at,
    kind: entry.kind,
    seq: entry.seq,
    items: entry.itemIds,
    organisation: entry.orgId,
    organisation_name: entry.orgName,
    delivery: entry.deliveryId,
    report: entry.reportId,
    observation: entry.observationId,
    result: entry.result,
    code: entry.code,
    how: entry.how,
    method: entry.method,
    grade: entry.grade,
    reason: entry.reason,
    number: entry.number,
  }
}

/** The only place where an address enters an answer: after a reveal that was asked for, allowed and recorded. */
function revealedOnWire(item: RevealedItem | undefined) {
  if (!item) return {}
  return {
    url: item.url,
    ip: item.ip,
    port: item.port,
    hashes: item.hashes,
    grounds: { reasons: item.reasons, legal_basis: item.legalBasis },
    for_provider_only: item.forProviderOnly,
    may_be_forwarded: item.mayBeForwarded,
  }
}
