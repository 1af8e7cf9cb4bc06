/** What is known about an item, brought together: four axes for the item and for each addressee, and their headlines. */
import { type Clock, clockOf, deemedAt, type Obstacle } from '../deadlines/deadline.ts'
import type { OnObstacle } from '../deadlines/norms.ts'
import type { DeliveryState, ReceivedHow } from '../delivery/delivery.ts'
import { type Axes, type Headline, headlineOf } from './headline.ts'
import type { ObservationState } from './observation.ts'
import { claimsRemoval, type Handling, standsAsUnavailable } from './outcome.ts'
import type { Sources } from './sources-store.server.ts'

export type Outcome = Sources['outcomes'][number]

export interface AddresseeState {
  row: Sources['addressees'][number]
  delivery: DeliveryState | null
  receivedHow: ReceivedHow | null
  handling: Handling
  /** The one that holds. */
  outcome: Outcome | null
  clock: Clock
  headline: Headline
}

export interface ObservationAxis {
  state: ObservationState
  grade: 'machine' | 'analyst' | null
  confirmedAt: Date | null
  firstOfflineAt: Date | null
  lastOnlineAt: Date | null
  contradicted: boolean
}

export interface ItemState {
  notice: Sources['notices'][number]
  item: Sources['items'][number]
  headline: Headline
  observation: ObservationAxis
  /** The one that answers for the item; null until somebody is addressed. */
  accountable: AddresseeState | null
  addressees: AddresseeState[]
  outcomes: Outcome[]
  observations: Sources['observations']
  /** Somebody once said that it was removed, so that a withdrawal leaves something to put back. */
  wasRemoved: boolean
}

/**
 * `now` null: as it stands in the rows, where a deadline has passed only once the sweep has said so. That makes a
 * projection rebuilt later the same as the one that was kept.
 */
export function itemStates(sources: Sources, now: Date | null): ItemState[] {
  const notices = new Map(sources.notices.map((notice) => [notice.id, notice]))
  const grouped = groupSources(sources)
  return sources.items.flatMap((item) => {
    const notice = notices.get(item.noticeId)
    return notice ? [stateOf(grouped, notice, item, now)] : []
  })
}

/** By what they are asked for: many items are derived together, and none looks through what is about the others. */
interface Grouped {
  outcomes: Map<string, Sources['outcomes']>
  observations: Map<string, Sources['observations']>
  observed: Map<string, Sources['observed']>
  addressees: Map<string, Sources['addressees']>
  deliveries: Map<string, Sources['deliveries']>
}

function groupSources({ outcomes, observations, observed, addressees, deliveries }: Sources): Grouped {
  const itemOf = ({ itemId }: { itemId: string }) => itemId
  return {
    outcomes: group(outcomes, itemOf),
    observations: group(observations, itemOf),
    observed: group(observed, itemOf),
    addressees: group(addressees, itemOf),
    deliveries: group(deliveries, ({ noticeId, orgId }) => `${noticeId} ${orgId}`),
  }
}

function group<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const key = keyOf(row)
    const known = groups.get(key)
    if (known) known.push(row)
    else groups.set(key, [row])
  }
  return groups
}

function stateOf(sources: Grouped, notice: ItemState['notice'], item: ItemState['item'], now: Date | null): ItemState {
  const outcomes = sources.outcomes.get(item.id) ?? []
  const observations = sources.observations.get(item.id) ?? []
  const observation = observationAxis(sources.observed.get(item.id)?.[0])
  const about = { sources, notice, item, outcomes, observations, observation, now }
  const addressees = (sources.addressees.get(item.id) ?? []).map((row) => addresseeState(about, row))
  const accountable = accountableOf(addressees)
  const headline = accountable?.headline ?? headlineOf(axesOf(about, null, null))
  return {
    notice,
    item,
    headline,
    observation,
    accountable,
    addressees: accountable ? [accountable, ...addressees.filter((one) => one !== accountable)] : addressees,
    outcomes,
    observations,
    wasRemoved: outcomes.some((one) => claimsRemoval(one, notice.regime)),
  }
}

interface About {
  sources: Grouped
  notice: ItemState['notice']
  item: ItemState['item']
  outcomes: Outcome[]
  observations: Sources['observations']
  observation: ObservationAxis
  now: Date | null
}

function addresseeState(about: About, row: AddresseeState['row']): AddresseeState {
  const { sources, notice, outcomes } = about
  const outcome = outcomes.filter((one) => one.orgId === row.orgId).at(-1) ?? null
  const deliveries = sources.deliveries.get(`${notice.id} ${row.orgId}`) ?? []
  const latest = deliveries.at(-1)
  const delivery = (latest?.state as DeliveryState | undefined) ?? null
  const acknowledged = deliveries.some((one) => one.acknowledgedAt !== null)
  const state = {
    row,
    delivery,
    receivedHow: (deliveries.find((one) => one.receivedHow)?.receivedHow as ReceivedHow | undefined) ?? null,
    handling: (outcome?.code as Handling | undefined) ?? (acknowledged ? 'in_progress' : 'open'),
    outcome,
    clock: clockFor(about, row),
  }
  return { ...state, headline: headlineOf(axesOf(about, state, outcome)) }
}

function clockFor({ notice, now }: About, row: AddresseeState['row']): Clock {
  const obstacles = obstaclesOf(row.obstacles)
  return clockOf({
    within: notice.deadlineWithin,
    onObstacle: notice.onObstacle as OnObstacle,
    receivedAt: row.receivedAt,
    obstacles,
    endedAt: row.endedAt,
    now: now ?? knownInstant(row, obstacles, notice.deemedReceipt),
    secondOfferedAt: row.secondOfferedAt,
    deemedReceipt: notice.deemedReceipt,
  })
}

function knownInstant(row: AddresseeState['row'], obstacles: readonly Obstacle[], deemed: string | null): Date {
  const { dueAt, secondOfferedAt } = row
  const silence =
    deemed !== null && dueAt !== null && secondOfferedAt !== null ? deemedAt(secondOfferedAt, deemed) : null
  const instants = [
    row.receivedAt,
    row.deadlinePassedAt,
    silence,
    ...obstacles.flatMap(({ from, until }) => [from, until]),
  ]
  return new Date(Math.max(row.createdAt.getTime(), ...instants.map((at) => at?.getTime() ?? 0)))
}

function obstaclesOf(stored: unknown): Obstacle[] {
  return (stored as { from: string; until: string | null }[]).map(({ from, until }) => ({
    from: new Date(from),
    until: until === null ? null : new Date(until),
  }))
}

function accountableOf(addressees: readonly AddresseeState[]): AddresseeState | null {
  const answering = addressees.filter((one) => one.row.accountable)
  return answering.filter((one) => one.handling !== 'not_hosted_here').at(-1) ?? answering.at(-1) ?? null
}

function axesOf(about: About, addressee: Omit<AddresseeState, 'headline'> | null, outcome: Outcome | null): Axes {
  const { notice, item, observation } = about
  return {
    excluded: item.duplicateOf !== null || isExcluded(about, addressee, outcome),
    withdrawn: item.withdrawnAt !== null,
    // Only what was withdrawn is put back, so no instants have to be compared.
    restored: item.withdrawnAt !== null && outcome?.code === 'reinstated',
    attribution: item.attribution as Axes['attribution'],
    delivery: addressee?.delivery ?? null,
    removalClaimed: outcome !== null && claimsRemoval(outcome, notice.regime),
    refused: outcome?.code === 'refused',
    observation: observation.state,
    contradicted: observation.contradicted,
    exceeded: addressee !== null && addressee.clock.state === 'exceeded' && addressee.row.endedAt === null,
    adheres: notice.binding || adhered(addressee?.row.adheresSince ?? null, notice.submittedAt),
  }
}

function isExcluded(
  { sources, item, observations, observation }: About,
  addressee: Omit<AddresseeState, 'headline'> | null,
  outcome: Outcome | null,
): boolean {
  if (addressee === null) return false
  // Somebody else answers for it now: by going elsewhere "not hosted here" is accepted.
  const wentElsewhere = () =>
    (sources.addressees.get(item.id) ?? []).some(
      (other) => other.orgId !== addressee.row.orgId && other.createdAt > addressee.row.createdAt,
    )
  // Asked no longer without a word of its own: the desk took it out, and asked another.
  if (outcome === null) return addressee.row.endedAt !== null && wentElsewhere()
  if (outcome.code === 'duplicate') return true
  if (outcome.code === 'not_hosted_here') return wentElsewhere()
  if (outcome.code !== 'already_unavailable') return false
  const seen = observations.filter((one) => one.result === 'online').map((one) => one.at)
  const sightings = [item.seenAt, observation.lastOnlineAt, ...seen].filter((at) => at !== null)
  return standsAsUnavailable(outcome.since, addressee.row.receivedAt, sightings)
}

function adhered(since: Date | null, submittedAt: Date): boolean {
  return since !== null && since <= submittedAt
}

function observationAxis(row: Sources['observed'][number] | undefined): ObservationAxis {
  return {
    state: (row?.state as ObservationState | undefined) ?? 'unverified',
    grade: (row?.grade as ObservationAxis['grade'] | undefined) ?? null,
    confirmedAt: row?.confirmedAt ?? null,
    firstOfflineAt: row?.firstOfflineAt ?? null,
    lastOnlineAt: row?.lastOnlineAt ?? null,
    contradicted: (row?.contradictedAt ?? null) !== null,
  }
}
