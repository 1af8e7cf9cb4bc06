import { createHash } from 'node:crypto'

/** The newest link of one chain. */
export interface Head {
  chain: string
  seq: number
  hash: Uint8Array
}

/**
 * One root over the heads of all chains, in the order of their names. Leaves and nodes are hashed under different first
 * bytes, so that no node can pass for a leaf; an odd one is carried up as it is, so that no tree has two readings.
 */
export function merkleRoot(heads: readonly Head[]): Buffer {
  let level = inOrder(heads).map(leafOf)
  if (level.length === 0) return createHash('sha256').update('noticeline.root.empty').digest()
  while (level.length > 1) level = levelAbove(level)
  return level[0] as Buffer
}

/** One step on the way from a leaf to the root. */
export interface PathStep {
  side: 'left' | 'right'
  hash: Buffer
}

/** What one chain's holder needs to come from its head to the root, or null where the chain is not among the heads. */
export function inclusionPath(heads: readonly Head[], chain: string): PathStep[] | null {
  const sorted = inOrder(heads)
  let index = sorted.findIndex((head) => head.chain === chain)
  if (index < 0) return null
  const path: PathStep[] = []
  for (let level = sorted.map(leafOf); level.length > 1; level = levelAbove(level)) {
    const neighbour = level[index % 2 === 0 ? index + 1 : index - 1]
    if (neighbour) path.push({ side: index % 2 === 0 ? 'right' : 'left', hash: neighbour })
    index = Math.floor(index / 2)
  }
  return path
}

/** The root that a head and its path lead to. */
export function rootOfPath(head: Head, path: readonly PathStep[]): Buffer {
  return path.reduce(
    (hash, step) => (step.side === 'right' ? node(hash, step.hash) : node(step.hash, hash)),
    leafOf(head),
  )
}

function inOrder(heads: readonly Head[]): Head[] {
  return [...heads].sort((left, right) => (left.chain < right.chain ? -1 : 1))
}

function levelAbove(level: readonly Buffer[]): Buffer[] {
  const above: Buffer[] = []
  for (let index = 0; index < level.length; index += 2) {
    const left = level[index] as Buffer
    const right = level[index + 1]
    above.push(right ? node(left, right) : left)
  }
  return above
}

function leafOf(head: Head): Buffer {
  return createHash('sha256')
    .update(Buffer.from([0]))
    .update(`${head.chain} ${head.seq} `)
    .update(head.hash)
    .digest()
}

function node(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256')
    .update(Buffer.from([1]))
    .update(left)
    .update(right)
    .digest()
}
