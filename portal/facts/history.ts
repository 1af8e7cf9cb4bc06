import { type ChainCheck, checkChain } from '@noticeline/sdk/protocol'
import type { Ground } from '../ground/ground.ts'
import { type FactRow, selectChain, selectFact, selectKinds } from './fact-store.server.ts'
import type { Fact } from './facts.ts'

/** What happened to one thing, oldest first. */
export async function historyOf(ground: Pick<Ground, 'db'>, chain: string): Promise<Fact[]> {
  return (await selectChain(ground.db.read, chain)).map(factOf)
}

/** One fact by its id: what a reaction's job starts from. */
export async function findFact(ground: Pick<Ground, 'db'>, factId: string): Promise<Fact | null> {
  const row = await selectFact(ground.db.read, factId)
  return row ? factOf(row) : null
}

/** Reads a chain and says whether it is whole. */
export async function checkHistory(ground: Pick<Ground, 'db'>, chain: string): Promise<ChainCheck> {
  return checkChain(await selectChain(ground.db.read, chain))
}

/** The kinds of all facts, or of one chain's, in the order in which they happened. */
export function factKinds(ground: Pick<Ground, 'db'>, chain?: string): Promise<string[]> {
  return selectKinds(ground.db.read, chain)
}

function factOf(row: FactRow): Fact {
  return {
    id: row.id,
    chain: row.chain,
    seq: row.seq,
    kind: row.kind,
    at: row.at,
    payload: JSON.parse(row.payload),
  } as Fact
}
