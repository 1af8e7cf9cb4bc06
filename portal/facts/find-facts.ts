import type { Ground } from '../ground/ground.ts'
import { type FactRow, selectFactKinds, selectFacts } from './fact-store.server.ts'

export interface FactsFilter {
  kind?: string | undefined
  /** Whose history: a notice, an organisation, a person. */
  chain?: string | undefined
  until?: Date | undefined
  before?: { at: Date; id: string } | undefined
  limit: number
}

/** A fact as it stands, whatever its kind. */
export interface FactLine {
  id: string
  chain: string
  seq: number
  kind: string
  at: Date
  payload: Record<string, unknown>
}

/** What happened, newest first. Asks nobody who is asking: see `findAudit`. */
export async function findFacts(ground: Pick<Ground, 'db'>, filter: FactsFilter): Promise<FactLine[]> {
  return (await selectFacts(ground.db.read, filter)).map(lineOf)
}

/** The kinds there are facts of, in the order of the alphabet. */
export function factKindsThereAre(ground: Pick<Ground, 'db'>): Promise<string[]> {
  return selectFactKinds(ground.db.read)
}

function lineOf({ id, chain, seq, kind, at, payload }: FactRow): FactLine {
  return { id, chain, seq, kind, at, payload: JSON.parse(payload) as Record<string, unknown> }
}
