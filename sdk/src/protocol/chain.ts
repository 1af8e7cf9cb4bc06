import { hash } from 'node:crypto'

/** What the first link of every chain names as the one before it. */
export const genesis = /* @__PURE__ */ Buffer.alloc(32)

/** One fact of a chain. */
export interface Link {
  chain: string
  seq: number
  id: string
  kind: string
  at: Date
  /** The stored text: its bytes are hashed, never a value parsed from it. */
  payload: string
  previous: Uint8Array
}

/** Every field stands behind its length, so that no two different facts are the same bytes. */
export function hashOfLink(link: Link): Buffer {
  const fields = [
    'noticeline.fact.v1',
    link.chain,
    String(link.seq),
    link.id,
    link.kind,
    link.at.toISOString(),
    link.payload,
  ]
  // One piece after the other into one buffer: hashing many small ones costs more in calls than in bytes.
  const lengths = fields.map((text) => Buffer.byteLength(text, 'utf8'))
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + 4 + length, 4 + link.previous.length))
  let at = 0
  for (const [index, text] of fields.entries()) {
    at = bytes.writeUInt32BE(lengths[index] ?? 0, at)
    at += bytes.write(text, at, 'utf8')
  }
  at = bytes.writeUInt32BE(link.previous.length, at)
  bytes.set(link.previous, at)
  return hash('sha256', bytes, 'buffer')
}

/** Whether a chain is whole, and where it breaks. */
export type ChainCheck =
  | { result: 'whole'; length: number; head: Buffer }
  | { result: 'broken'; seq: number; reason: 'missing' | 'foreign' | 'previous' | 'hash' }

/** Walks a chain from its first link and names the first one that does not follow from the one before it. */
export function checkChain(rows: readonly (Link & { hash: Uint8Array })[]): ChainCheck {
  let previous: Buffer = genesis
  let seq = 0
  for (const row of rows) {
    seq += 1
    if (row.seq !== seq) return { result: 'broken', seq, reason: 'missing' }
    if (row.chain !== rows[0]?.chain) return { result: 'broken', seq, reason: 'foreign' }
    if (!previous.equals(row.previous)) return { result: 'broken', seq, reason: 'previous' }
    const hash = hashOfLink(row)
    if (!hash.equals(row.hash)) return { result: 'broken', seq, reason: 'hash' }
    previous = hash
  }
  return { result: 'whole', length: rows.length, head: previous }
}
