import { genesis, hashOfLink } from '@noticeline/sdk/protocol'
import type { RecordedFact, Tx } from '../ground/ground.ts'
import { canonicalJson } from './canonical-json.ts'
import { appendFacts, type FactRow, lockHeads, oweReactions } from './fact-store.server.ts'
import type { FactKind, Facts } from './facts.ts'
import { newId } from './id.ts'

/** A fact before it has its place: what `recordAll` takes. */
export type NewFact = { [K in FactKind]: { kind: K; payload: Facts[K] } }[FactKind]

/**
 * Appends a fact to a chain, queues one job for each reaction to it, and keeps the projections true: all in the
 * caller's transaction. Call it late: the chain's head stays locked until the transaction ends.
 */
export async function record<K extends FactKind>(
  tx: Tx,
  chain: string,
  kind: K,
  payload: Facts[K],
): Promise<RecordedFact> {
  const [fact] = await recordAll(tx, chain, [{ kind, payload } as NewFact])
  if (!fact) throw new Error('A fact was not recorded')
  return fact
}

/** Several facts of one chain at once, in this order. */
export function recordAll(tx: Tx, chain: string, facts: readonly NewFact[]): Promise<RecordedFact[]> {
  return recordIn(tx, new Map([[chain, facts]]))
}

/**
 * Facts of many chains at once, each chain's in its order: every head is locked by one statement, in the order of the
 * chains' names everywhere, and every link written by one more.
 */
export async function recordIn(tx: Tx, histories: ReadonlyMap<string, readonly NewFact[]>): Promise<RecordedFact[]> {
  const made = [...histories]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([chain, facts]) => facts.map((fact) => ({ ...fact, chain, id: newId('fct') })))
  if (made.length === 0) return []
  // Jobs before the heads: whatever can be done without the locks is done without them.
  const owed = made.flatMap(({ id, kind }) => tx.reactionsTo(kind).map((reaction) => ({ factId: id, reaction })))
  await oweReactions(tx.db, owed)
  for (const { factId, reaction } of owed) await tx.enqueue(`reaction.${reaction}`, { factId })
  const unknown = [...new Set(made.map(({ chain }) => chain))].filter((chain) => !tx.heads.has(chain))
  for (const { chain, seq, hash } of await lockHeads(tx.db, unknown, genesis)) tx.heads.set(chain, { seq, hash })
  const recorded: RecordedFact[] = []
  const rows: FactRow[] = []
  for (const { chain, id, kind, payload } of made) {
    const head = tx.heads.get(chain)
    if (!head) throw new Error('A chain without a head')
    const link = {
      chain,
      seq: head.seq + 1,
      id,
      kind,
      at: tx.now,
      payload: canonicalJson(payload),
      previous: head.hash,
    }
    const row = { ...link, hash: hashOfLink(link) }
    tx.heads.set(chain, row)
    rows.push(row)
    recorded.push({ id, chain, seq: row.seq, kind, at: tx.now, payload })
  }
  await appendFacts(tx.db, rows)
  for (const fact of recorded) tx.project(fact)
  return recorded
}
