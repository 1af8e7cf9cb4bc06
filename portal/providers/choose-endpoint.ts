/** An endpoint that works, as far as the choice looks at it. */
export interface Serving {
  id: string
  /** The networks it is bound to; none: it serves what no other does. */
  networks: readonly string[]
}

/** For each item of a delivery the networks it stands in, the narrowest first; null where one of them stands in none. */
export type StandsIn = string | null

/** The same way for the same networks: items in the same ones count once, in one order. */
export function standsInOf(items: readonly (readonly string[])[]): StandsIn {
  if (items.length === 0 || items.some((networks) => networks.length === 0)) return null
  return [...new Set(items.map((networks) => networks.join(',')))].sort().join(' ')
}

/**
 * Which endpoint a delivery goes to: pure. The one that is bound most narrowly to what its items stand in, where one serves
 * them all; else one that is bound to nothing; else none, and its contacts are written to. Of equals the oldest, which is
 * the first that is given.
 */
export function chooseEndpoint<E extends Serving>(endpoints: readonly E[], standsIn: StandsIn): E | null {
  const items = standsIn === null ? [] : standsIn.split(' ').map((networks) => networks.split(','))
  let best: { endpoint: E; rank: number } | null = null
  for (const endpoint of endpoints) {
    const rank = rankOf(endpoint, items)
    if (rank !== null && (best === null || rank < best.rank)) best = { endpoint, rank }
  }
  return best?.endpoint ?? null
}

/** How many networks wider than it could be; null: it does not serve them all. */
function rankOf({ networks }: Serving, items: readonly string[][]): number | null {
  if (networks.length === 0) return Number.MAX_SAFE_INTEGER
  const places = items.map((around) => around.findIndex((network) => networks.includes(network)))
  return places.length === 0 || places.includes(-1) ? null : Math.max(...places)
}
