import { newId } from '../facts/id.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import type { HolderFindings, SeenObject } from './ask-holder.ts'
import { insertAttributions, selectNewestAttributions } from './attribution-store.server.ts'
import type { ChainFinding, ChainLink, Confidence, UnattributedCode } from './chain.ts'
import { keepDelegated } from './delegation-store.server.ts'

export interface NewAttribution {
  itemId: string
  /** The item's own data key: what was seen on the way is erased with the item. */
  dataKey: Uint8Array
  finding: ChainFinding
  /** Why a person decided so. */
  reason?: string
  /** What the registry and the routing table said. */
  search?: SearchNotes
}

/** The answers that an attribution rests on, or that a person has to decide between. */
export interface SearchNotes {
  findings: HolderFindings[]
  /** As they came, compressed: base64 of raw deflate. */
  answers: { about: SeenObject['about']; standing: SeenObject['standing']; registry: string; raw: string }[]
}

/** What is sealed in a snapshot. */
export interface AttributionNotes {
  addresses: string[]
  code: UnattributedCode | null
  reason: string | null
  search?: SearchNotes
}

/** Keeps dated snapshots of who answers for items; the newest holds. Ids come back in the order of the items. */
export async function keepAttributions(
  tx: Tx,
  vault: Ground['vault'],
  attributions: readonly NewAttribution[],
): Promise<string[]> {
  const rows = attributions.map(({ itemId, dataKey, finding, reason, search }) => {
    const id = newId('att')
    const attributed = finding.result === 'attributed'
    const notes: AttributionNotes = {
      addresses: finding.seenAddresses,
      code: attributed ? null : finding.code,
      reason: reason ?? null,
      ...(search && { search }),
    }
    return {
      id,
      itemId,
      at: tx.now,
      confidence: attributed ? finding.confidence : ('low' as const),
      chain: attributed ? finding.chain : [],
      sealed: Buffer.from(vault.seal(dataKey, `attribution:${id}`, JSON.stringify(notes))),
    }
  })
  await insertAttributions(tx.db, rows)
  for (const { itemId, chain, at } of rows) {
    const delegationId = chain.find(({ delegation }) => delegation !== undefined)?.delegation
    if (delegationId !== undefined) await keepDelegated(tx.db, itemId, delegationId, at, { anew: true })
  }
  return rows.map((row) => row.id)
}

export interface Attribution {
  id: string
  itemId: string
  at: Date
  confidence: Confidence
  chain: ChainLink[]
  sealed: Buffer | null
}

/** The newest snapshot of each of these items. Takes `ground.db.read` or the `db` of a transaction. */
export async function findAttributions(
  db: Ground['db']['read'],
  itemIds: readonly string[],
): Promise<Map<string, Attribution>> {
  const rows = await selectNewestAttributions(db, itemIds)
  return new Map(rows.map((row) => [row.itemId, row]))
}

/** What was noted on the way to a snapshot, for the desk. Null after erasure. */
export function openAttribution(
  ground: Pick<Ground, 'vault'>,
  attribution: Pick<Attribution, 'id' | 'sealed'>,
  dataKey: Uint8Array | null,
): AttributionNotes | null {
  if (!dataKey || !attribution.sealed) return null
  return JSON.parse(ground.vault.open(dataKey, `attribution:${attribution.id}`, attribution.sealed).toString('utf8'))
}
