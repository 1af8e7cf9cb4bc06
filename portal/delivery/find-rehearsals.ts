import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import { cardOf, type RehearsalState, type Step } from './rehearsal.ts'
import { type RehearsalRow, selectParts, selectRehearsal, selectRehearsals } from './rehearsal-store.server.ts'

export interface RehearsalView {
  id: string
  endpointId: string
  noticeId: string
  state: RehearsalState
  startedAt: Date
  endedAt: Date | null
  card: Step[]
}

/** One rehearsal with its card as it stands now; somebody else's is unknown. */
export async function findRehearsal(
  ground: Ground,
  actor: Actor,
  rehearsalId: string,
): Promise<{ result: 'found'; rehearsal: RehearsalView } | { result: 'unknown-rehearsal' | 'forbidden' }> {
  if (!may(actor, 'endpoints.read')) return { result: 'forbidden' }
  const row = await selectRehearsal(ground.db.read, rehearsalId)
  if (!row || !may(actor, 'endpoints.read', { orgId: row.orgId })) return { result: 'unknown-rehearsal' }
  return { result: 'found', rehearsal: await viewOf(ground, row) }
}

/** The newest rehearsals of an endpoint, for whoever may see that endpoint. */
export async function findRehearsals(
  ground: Ground,
  actor: Actor,
  endpointId: string,
  limit = 5,
): Promise<{ result: 'found'; rehearsals: RehearsalView[] } | { result: 'forbidden' }> {
  if (!may(actor, 'endpoints.read')) return { result: 'forbidden' }
  const rows = await selectRehearsals(ground.db.read, endpointId, limit)
  const seen = rows.filter(({ orgId }) => may(actor, 'endpoints.read', { orgId }))
  return { result: 'found', rehearsals: await Promise.all(seen.map((row) => viewOf(ground, row))) }
}

async function viewOf(ground: Ground, row: RehearsalRow): Promise<RehearsalView> {
  const card = cardOf(await selectParts(ground.db.read, row), ground.clock.now())
  const { id, endpointId, noticeId, startedAt, endedAt } = row
  return { id, endpointId, noticeId, state: row.state as RehearsalState, startedAt, endedAt, card }
}
