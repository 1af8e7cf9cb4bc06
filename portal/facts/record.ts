import type { RecordedFact, Tx } from '../ground/ground.ts'
import { canonicalJson, genesis, hashOfLink } from './chain.ts'
import { appendFacts, type FactRow, lockHead, oweReactions } from './fact-store.server.ts'
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
export async function recordAll(tx: Tx, chain: string, facts: readonly NewFact[]): Promise<RecordedFact[]> {
  if (facts.length === 0) return []
  // Jobs before the head: whatever can be done without the lock is done without it.
  const made = facts.map((fact) => ({ ...fact, id: newId('fct') }))
  const owed = made.flatMap(({ id, kind }) => tx.reactionsTo(kind).map((reaction) => ({ factId: id, reaction })))
  await oweReactions(tx.db, owed)
  for (const { factId, reaction } of owed) await tx.enqueue(`reaction.${reaction}`, { factId })
  const head = tx.heads.get(chain) ?? (await lockHead(tx.db, chain, genesis))
  let previous = head.hash
  let seq = head.seq
  const rows: FactRow[] = made.map((fact) => {
    seq += 1
    const link = {
      chain,
      seq,
      id: fact.id,
      kind: fact.kind,
      at: tx.now,
      payload: canonicalJson(fact.payload),
      previous,
    }
    const hash = hashOfLink(link)
    previous = hash
    return { ...link, hash }
  })
  await appendFacts(tx.db, rows)
  tx.heads.set(chain, { seq, hash: previous })
  const recorded = rows.map(({ id, seq: place, kind, at }, index) => {
    return { id, chain, seq: place, kind, at, payload: made[index]?.payload }
  })
  for (const fact of recorded) tx.project(fact)
  return recorded
}
