import { findAttributions } from '../attribution/keep-attributions.ts'
import { findOutages } from '../deadlines/outages.ts'
import type { Ground } from '../ground/ground.ts'
import { findOrganisations } from '../people/find-organisation.ts'
import type { ItemState } from '../removal/item-state.ts'
import { readStates } from '../removal/read-states.ts'
import { type Around, noticeView, type Reader } from './view-of.ts'
import type { NoticeSummary } from './views.ts'

export interface Read {
  states: ItemState[]
  around: Around
}

/** The items of some notices as one reader sees them, with the names of everybody they mention. */
export async function readForView(ground: Ground, noticeIds: readonly string[], reader: Reader): Promise<Read> {
  const all = await readStates(ground.db.read, noticeIds, ground.clock.now())
  const states = reader === null ? all : all.filter((state) => isAddressedTo(state, reader))
  const snapshots = await findAttributions(
    ground.db.read,
    states.map((state) => state.item.id),
  )
  const orgIds = new Set(states.map((state) => state.notice.orgId))
  for (const snapshot of snapshots.values()) for (const link of snapshot.chain) orgIds.add(link.org)
  for (const state of states) for (const one of state.addressees) orgIds.add(one.row.orgId)
  const organisations = await findOrganisations(ground.db.read, [...orgIds])
  const names = new Map([...organisations].map(([id, organisation]) => [id, organisation.name]))
  const outages = await findOutages(ground, { from: firstOffer(states), until: null })
  return { states, around: { names, snapshots, organisations, outages } }
}

function firstOffer(states: readonly ItemState[]): string | null {
  const offers = states.flatMap(({ addressees }) =>
    addressees.flatMap(({ row }) => row.offeredAt ?? row.receivedAt ?? []),
  )
  return offers.length === 0 ? null : new Date(Math.min(...offers.map((at) => at.getTime()))).toISOString()
}

/** Summaries in the order of the ids; what the reader is shown nothing of is left out. */
export async function readSummaries(
  ground: Ground,
  noticeIds: readonly string[],
  reader: Reader,
): Promise<NoticeSummary[]> {
  const { states, around } = await readForView(ground, noticeIds, reader)
  return noticeIds.flatMap((noticeId) => {
    const own = states.filter((state) => state.notice.id === noticeId)
    return noticeView(own, reader, around) ?? []
  })
}

function isAddressedTo(state: ItemState, orgId: string): boolean {
  return state.addressees.some((one) => one.row.orgId === orgId)
}
