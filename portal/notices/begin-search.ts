import type { ChainFinding } from '../attribution/chain.ts'
import { isSought } from '../attribution/seek-chain.ts'
import type { NewFact } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import type { Regime } from './notice.ts'
import { insertSearches } from './search-store.server.ts'

/** The first question follows from the fact at once; should that come to nothing, the clock asks after so long. */
const firstLookMs = 60_000

/** Whether the registries are asked about an item. A rehearsal never is: it must not leave the sandbox. */
export function seeks(ground: Pick<Ground, 'config'>, regime: Regime, finding: ChainFinding): boolean {
  return ground.config.rdapBootstrap !== null && regime !== 'test' && isSought(finding)
}

/** Inside the caller's transaction, which sets the items waiting; the fact that comes back is the caller's to record. */
export async function beginSearch(tx: Tx, noticeId: string, itemIds: string[]): Promise<NewFact> {
  await insertSearches(tx.db, itemIds, tx.now, new Date(tx.now.getTime() + firstLookMs))
  return { kind: 'holder.sought', payload: { noticeId, itemIds } }
}
